package io.thalweg.sample;

import java.util.ArrayList;
import java.util.List;

/**
 * Records whose label comes later, apart from them, joined by their id. Both travel in one batch,
 * in the order in which they were there: a row has the columns of a sample and one more, which says
 * whether it is a record (its label is not known yet) or a label (its other columns mean nothing),
 * whose it is, and where it was read.
 *
 * <p>An id is the 64-bit hash of its text. Two of n ids that are in use together are the same with
 * probability below n^2 / 2^65: 3e-10 for a hundred thousand. They are then taken for a duplicate,
 * which is counted.
 */
public final class LateLabels {
  /** The field that a label brings. */
  public static final String LABEL = "y";

  private static final int IS_LABEL = 0;
  private static final int ID_HIGH = 1;
  private static final int ID_LOW = 2;
  private static final int LANE = 3;
  private static final int OFFSET = 4;
  private static final int INDEX = 5;
  private static final int WIDTH = 6;

  /** No key of a record: a sample cannot write it. */
  private static final Field ROW =
      new Field("\u0000row", Field.Kind.VECTOR, WIDTH, false, 0, Field.Rule.FINITE);

  private LateLabels() {}

  /**
   * What a batch of records and labels holds.
   *
   * @param sample a whole sample, with the field {@link #LABEL}
   * @return its fields in their places, and the row's own behind them
   */
  public static SampleSchema joined(SampleSchema sample) {
    List<Field> fields = new ArrayList<>(records(sample).fields());
    fields.add(ROW);
    return new SampleSchema(fields, sample.sparse());
  }

  /**
   * Whether a batch holds records and labels.
   *
   * @param schema of the batch
   * @return false for whole samples
   */
  public static boolean isJoined(SampleSchema schema) {
    List<Field> fields = schema.fields();
    return !fields.isEmpty() && fields.get(fields.size() - 1).equals(ROW);
  }

  /**
   * What a record holds: a sample whose label may be absent, and is passed over where it is not.
   *
   * @param sample a whole sample
   * @return its fields in their places
   */
  public static SampleSchema records(SampleSchema sample) {
    List<Field> fields = new ArrayList<>(sample.fields());
    int column = label(sample);
    Field label = fields.get(column);
    fields.set(
        column,
        new Field(
            label.name(), label.kind(), label.width(), false, 0, label.rule(), label.below()));
    return new SampleSchema(fields, sample.sparse());
  }

  /**
   * What a label holds.
   *
   * @param sample a whole sample
   * @return its label alone
   */
  public static SampleSchema labels(SampleSchema sample) {
    return new SampleSchema(List.of(sample.fields().get(label(sample))), false);
  }

  /**
   * The column of the label.
   *
   * @param sample a whole sample
   * @return its place
   * @throws IllegalArgumentException when samples have no label of one number
   */
  public static int label(SampleSchema sample) {
    int column = sample.column(LABEL);
    if (column < 0 || sample.fields().get(column).kind() != Field.Kind.SCALAR) {
      throw new IllegalArgumentException(
          "labels that come later need samples with one label y, but their fields are "
              + sample.fields().stream().map(Field::name).toList());
    }
    return column;
  }

  /**
   * Says whose the last row of a batch is.
   *
   * @param batch of a joined schema
   * @param isLabel whether it is a label
   * @param id hash of the id
   */
  public static void mark(Batch batch, boolean isLabel, long id) {
    int at = place(batch.size() - 1);
    double[] row = column(batch);
    row[at + IS_LABEL] = isLabel ? 1 : 0;
    row[at + ID_HIGH] = (int) (id >>> 32);
    row[at + ID_LOW] = (int) id;
  }

  /**
   * Says where the last row of a batch was read.
   *
   * @param batch of a joined schema
   * @param lane number of the lane
   * @param offset of the record, below 2^53
   * @param index of the sample in the record
   */
  public static void address(Batch batch, int lane, long offset, int index) {
    int at = place(batch.size() - 1);
    double[] row = column(batch);
    row[at + LANE] = lane;
    row[at + OFFSET] = offset;
    row[at + INDEX] = index;
  }

  /**
   * Whether a row is a label.
   *
   * @param batch of a joined schema
   * @param r the row
   * @return false for a record
   */
  public static boolean isLabel(Batch batch, int r) {
    return column(batch)[place(r) + IS_LABEL] != 0;
  }

  /**
   * Labels among the rows.
   *
   * @param batch of a joined schema
   * @return how many
   */
  public static int count(Batch batch) {
    int labels = 0;
    for (int r = 0; r < batch.size(); r++) {
      labels += isLabel(batch, r) ? 1 : 0;
    }
    return labels;
  }

  /**
   * Whose a row is.
   *
   * @param batch of a joined schema
   * @param r the row
   * @return hash of the id
   */
  public static long id(Batch batch, int r) {
    double[] row = column(batch);
    int at = place(r);
    return ((long) row[at + ID_HIGH] << 32) | ((long) row[at + ID_LOW] & 0xffff_ffffL);
  }

  /**
   * Where a row was read.
   *
   * @param batch of a joined schema
   * @param r the row
   * @return number of the lane
   */
  public static int lane(Batch batch, int r) {
    return (int) column(batch)[place(r) + LANE];
  }

  /**
   * Where a row was read.
   *
   * @param batch of a joined schema
   * @param r the row
   * @return offset of its record
   */
  public static long offset(Batch batch, int r) {
    return (long) column(batch)[place(r) + OFFSET];
  }

  /**
   * Where a row was read.
   *
   * @param batch of a joined schema
   * @param r the row
   * @return its number in the record
   */
  public static int index(Batch batch, int r) {
    return (int) column(batch)[place(r) + INDEX];
  }

  private static double[] column(Batch batch) {
    return batch.column(batch.schema().fields().size() - 1);
  }

  private static int place(int r) {
    return r * WIDTH;
  }
}
