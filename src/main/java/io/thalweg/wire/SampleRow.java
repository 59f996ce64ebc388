package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sample on its way into a record, filled in by hand and checked against the schema with the
 * words of the decoders: what passes here is no dead letter later. Used again and again, by one
 * thread; allocates nothing once warm.
 *
 * <pre>
 * row.clear().features(x).set("y", 1).id("customer-17");
 * String complaint = row.complaint(); // null: it can be sent
 * </pre>
 */
public final class SampleRow {
  private final SampleSchema schema;
  private final int features;
  private final Batch batch;
  private final Answers answers;
  private final SparseRow sparse;
  private final char[] digits = new char[20];

  /** Bit f: field f has been given. */
  private int given;

  private boolean finished;

  /**
   * An empty row.
   *
   * @param schema what a sample holds, at most 31 fields
   */
  public SampleRow(SampleSchema schema) {
    if (schema.fields().size() >= Integer.SIZE) {
      throw new IllegalArgumentException(
          "a binary sample has at most 31 fields, but had " + schema.fields().size());
    }
    this.schema = schema;
    this.features = schema.featuresColumn();
    this.batch = new Batch(schema, 1);
    this.answers = new Answers(schema);
    this.sparse = new SparseRow(answers);
    clear();
  }

  /**
   * Forgets what was given.
   *
   * @return this
   */
  public SampleRow clear() {
    batch.clear();
    batch.openRow();
    answers.reset();
    given = 0;
    finished = false;
    return this;
  }

  /**
   * A dense feature row.
   *
   * @param x one number per feature
   * @return this
   */
  public SampleRow features(double[] x) {
    Field field = field(requireFeatures());
    if (begin(features) && fits(field, x) && finite(field, x)) {
      if (schema.sparse()) {
        for (int k = 0; k < x.length; k++) {
          if (x[k] != 0) {
            batch.append(k, x[k]);
          }
        }
      } else {
        System.arraycopy(x, 0, batch.column(features), 0, x.length);
      }
    }
    return this;
  }

  /**
   * A sparse feature row: numbers in any order, values of one feature add up.
   *
   * @param index feature numbers from 0 on
   * @param value their values
   * @param count how many of both to take
   * @return this
   */
  public SampleRow features(int[] index, double[] value, int count) {
    requireFeatures();
    if (count < 0 || count > index.length || count > value.length) {
      throw new IllegalArgumentException(
          "count must be in [0, " + Math.min(index.length, value.length) + "], but was " + count);
    }
    if (begin(features)) {
      sparse.place(schema, index, value, count, batch);
    }
    return this;
  }

  /**
   * A scalar field, the label for example.
   *
   * @param name key of the field
   * @param number its value
   * @return this
   * @throws IllegalArgumentException when samples have no scalar of that name
   */
  public SampleRow set(String name, double number) {
    int f = column(name);
    Field field = field(f);
    if (field.kind() != Field.Kind.SCALAR) {
      throw new IllegalArgumentException(
          name + " must be an array of " + field.width() + " numbers, but was a number");
    }
    if (begin(f)) {
      if (!(Math.abs(number) <= Double.MAX_VALUE)) {
        answers.reject(name + " must be finite, but was " + number);
      } else {
        String misfit = SampleReader.misfit(field, number);
        if (misfit != null) {
          answers.reject(name + misfit);
        }
      }
      batch.set(f, 0, number);
    }
    return this;
  }

  /**
   * A vector field, or the features under their name.
   *
   * @param name key of the field
   * @param numbers its entries
   * @return this
   * @throws IllegalArgumentException when samples have no field of that name
   */
  public SampleRow set(String name, double[] numbers) {
    int f = column(name);
    if (f == features) {
      return features(numbers);
    }
    Field field = field(f);
    if (begin(f) && fits(field, numbers) && finite(field, numbers)) {
      System.arraycopy(numbers, 0, batch.column(f), 0, numbers.length);
    }
    return this;
  }

  /**
   * A number that names the sample; it decides the level where a topic is split by hash.
   *
   * @param id any number; the same as its decimal digits as a text
   * @return this
   */
  public SampleRow id(long id) {
    answers.id(IdHash.of(id, digits));
    return this;
  }

  /**
   * A text that names the sample. Binary records keep its hash, which is all a job needs of it.
   *
   * @param id any text
   * @return this
   */
  public SampleRow id(CharSequence id) {
    answers.id(IdHash.of(id));
    return this;
  }

  /**
   * Event time.
   *
   * @param millis milliseconds since 1970
   * @return this
   */
  public SampleRow time(long millis) {
    answers.readTime((double) millis);
    return this;
  }

  /**
   * Ends the row and says what stands in the way of sending it.
   *
   * @return what was expected and what was found; null when the sample is good
   */
  public @Nullable String complaint() {
    if (!finished) {
      finished = true;
      for (int f = 0; f < schema.fields().size(); f++) {
        if ((given & 1 << f) == 0 && field(f).required()) {
          answers.reject(field(f).name() + " is missing");
        }
      }
      if (answers.accepted()) {
        batch.commitRow();
      }
    }
    return answers.accepted() ? null : answers.rejection();
  }

  /** The batch whose only row this is, once {@link #complaint} is null. */
  Batch batch() {
    return batch;
  }

  boolean hasId() {
    return answers.hasId();
  }

  long idHash() {
    return answers.idHash();
  }

  long eventTime() {
    return answers.eventTime();
  }

  /** Notes that a field is given; false when it was before, which is refused. */
  private boolean begin(int f) {
    if (finished) {
      throw new IllegalStateException("the sample has ended: clear() begins the next one");
    }
    if ((given & 1 << f) != 0) {
      answers.reject("must hold the key " + field(f).name() + " once, but has it twice");
      return false;
    }
    given |= 1 << f;
    return true;
  }

  private boolean fits(Field field, double[] numbers) {
    if (numbers.length != field.width()) {
      answers.reject(
          field.name() + " must have length " + field.width() + ", but had " + numbers.length);
      return false;
    }
    return true;
  }

  private boolean finite(Field field, double[] numbers) {
    for (int k = 0; k < numbers.length; k++) {
      if (!(Math.abs(numbers[k]) <= Double.MAX_VALUE)) {
        answers.reject(field.name() + "[" + k + "] must be finite, but was " + numbers[k]);
        return false;
      }
    }
    return true;
  }

  private int requireFeatures() {
    if (features < 0) {
      throw new IllegalArgumentException("samples have no features; their fields are " + names());
    }
    return features;
  }

  private int column(String name) {
    int f = schema.column(name);
    if (f < 0) {
      throw new IllegalArgumentException(
          "samples have no field " + name + "; their fields are " + names());
    }
    return f;
  }

  private String names() {
    return String.join(", ", schema.fields().stream().map(Field::name).toList());
  }

  private Field field(int f) {
    return schema.fields().get(f);
  }

  /** The answers and the words of a reader, without anything to read. */
  private static final class Answers extends SampleReader {
    Answers(SampleSchema schema) {
      super(Map.of(Level.LOWER, schema, Level.UPPER, schema), SampleOptions.DEFAULT);
    }

    @Override
    int open(byte[] record) {
      return 0;
    }

    @Override
    boolean decode(int index, Level as, Batch into) {
      return false;
    }
  }
}
