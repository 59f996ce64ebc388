package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.SettingException;
import java.util.Arrays;
import java.util.Locale;

/**
 * The SAGA estimate of a direction that is the mean of n terms, one for every record of a level.
 * The table T holds the direction of each record as last evaluated, m is the mean of its rows; both
 * start at 0. For a batch of b rows with the records i_1 ... i_b and their fresh directions D_r:
 *
 * <pre>
 * e = m + 1/b sum_r (D_r - T[i_r])        m += 1/n sum_{i in batch} (D_i - T[i])        T[i] = D_i
 * </pre>
 *
 * the table and the mean after e was formed. Every row counts in e, also where a record occurs
 * twice, as it does in the mean over a batch for any other method; in m and T a record counts once,
 * by its last row. With rows drawn uniformly e is unbiased.
 *
 * <p>With a first pass the table is not used until it holds every record: up to then e is the mean
 * of the fresh directions alone, while m and T are filled.
 *
 * <p>The new rows of the table need no check of their own: where one of them is not finite, m is
 * not either, for good, and the step does not stand.
 */
final class SagaTable {
  private static final String INDEX = "index";

  /** Entries of one table above which none is made: 8 GB of doubles. */
  private static final long MOST_ENTRIES = 1L << 30;

  private final int records;
  private final int width;
  private final int column;
  private final int table;
  private final int mean;
  private final boolean firstPass;

  /** 1 for records that the table holds, and how many it does not, for a first pass. */
  private final int held;

  private final int missing;
  private final int[] owner;
  private double[] fresh = new double[0];

  /**
   * Declares table and mean.
   *
   * @param context the problem and the layout
   * @param level whose records it is about
   * @param name of the slots
   * @param width length of the direction
   * @param firstPass whether all records must have been seen before the table is used
   * @throws SettingException when samples of the level carry no number, or the table is too large
   */
  SagaTable(MethodContext context, Level level, String name, int width, boolean firstPass) {
    SampleSchema schema = context.oracle().schema(level);
    records = records(context, level, schema);
    this.width = width;
    column = schema.column(INDEX);
    long entries = (long) records * width;
    if (entries > MOST_ENTRIES) {
      throw new SettingException(
          context.settings().pathOf("method"),
          "saba keeps "
              + width
              + " numbers for each of "
              + records
              + " "
              + name
              + " records: that is more than "
              + MOST_ENTRIES
              + " in one table");
    }
    table = context.layout().table("table-" + name, (int) entries);
    mean = context.layout().slot("mean-" + name, width);
    this.firstPass = firstPass;
    held = firstPass ? context.layout().table("held-" + name, records) : -1;
    missing = firstPass ? context.layout().counter("records-missing-" + name) : -1;
    owner = new int[records];
    Arrays.fill(owner, -1);
  }

  private static int records(MethodContext context, Level level, SampleSchema schema) {
    for (Field field : schema.fields()) {
      if (field.name().equals(INDEX) && field.below() > 0) {
        return field.below();
      }
    }
    throw new SettingException(
        context.settings().pathOf("method"),
        "saba needs a finite sum: every "
            + level.name().toLowerCase(Locale.ROOT)
            + " sample must carry the number of its record in a field "
            + INDEX
            + " of known range, but the problem's samples hold "
            + schema.fields().stream().map(Field::name).toList());
  }

  /** Before step 1: no record has been seen. */
  void begin(State initial) {
    if (firstPass) {
      initial.counters[missing] = records;
    }
  }

  /** Whether the table is used. */
  boolean isReady(State now) {
    return !firstPass || now.counters[missing] == 0;
  }

  /** Makes room for the directions of the rows of a batch. */
  void open(Batch batch) {
    int needed = Math.multiplyExact(batch.size(), width);
    if (fresh.length < needed) {
      fresh = new double[needed];
    }
  }

  /** Notes a part of the direction of one row, from entry {@code at} on. */
  void put(int row, int at, double[] part) {
    System.arraycopy(part, 0, fresh, row * width + at, part.length);
  }

  /**
   * Forms e and the new mean.
   *
   * @param now holds the table and the mean
   * @param next receives the new mean, and the count of missing records
   * @param batch the rows whose directions were put
   * @param e receives the estimate, length width
   */
  void estimate(State now, State next, Batch batch, double[] e) {
    double[] rows = now.slots[table];
    double[] past = now.slots[mean];
    double[] renewed = next.slots[mean];
    int size = batch.size();
    boolean ready = isReady(now);
    Kernels.copy(past, renewed);
    Arrays.fill(e, 0);
    for (int r = 0; r < size; r++) {
      owner[record(batch, r)] = r;
    }
    for (int r = 0; r < size; r++) {
      int i = record(batch, r);
      boolean owns = owner[i] == r;
      if (owns && !ready && now.slots[held][i] == 0) {
        next.counters[missing]--;
      }
      for (int j = 0; j < width; j++) {
        double difference = fresh[r * width + j] - rows[i * width + j];
        e[j] += ready ? difference : fresh[r * width + j];
        if (owns) {
          renewed[j] += difference / records;
        }
      }
    }
    for (int j = 0; j < width; j++) {
      e[j] = ready ? e[j] / size + past[j] : e[j] / size;
    }
  }

  /** The step stands: the rows of its batch go into the table. */
  void keep(State now, Batch batch) {
    for (int r = 0; r < batch.size(); r++) {
      int i = record(batch, r);
      System.arraycopy(fresh, r * width, now.slots[table], i * width, width);
      if (firstPass) {
        now.slots[held][i] = 1;
      }
    }
  }

  private int record(Batch batch, int row) {
    int i = (int) batch.column(column)[row];
    if (i < 0 || i >= records) {
      throw new IllegalArgumentException(
          INDEX + " must be in [0, " + records + "), but row " + row + " had " + i);
    }
    return i;
  }
}
