package io.thalweg.portfolio;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;

/**
 * Records that were predicted and wait for their label, oldest first, each with its roles and the
 * scores it was predicted by. A ring of single rows, so that taking the oldest out moves nothing.
 */
public final class Waiting {
  private final Batch[] rows;
  private final double[][] scores;
  private final int[] roles;

  /** The place that is not in use: the record that was taken out last. */
  private int due;

  private int size;

  /**
   * An empty queue.
   *
   * @param schema of the records
   * @param records most it holds
   * @param scores numbers that a record was predicted by
   */
  Waiting(SampleSchema schema, int records, int scores) {
    rows = new Batch[records + 1];
    this.scores = new double[records + 1][scores];
    roles = new int[records + 1];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new Batch(schema, 1);
    }
  }

  /**
   * Records that wait.
   *
   * @return 0 to the delay
   */
  public int size() {
    return size;
  }

  boolean isFull() {
    return size == rows.length - 1;
  }

  /** Puts a record behind the others. */
  void add(Batch batch, int row, int itsRoles, double[] predicted) {
    int at = place(size);
    rows[at].clear();
    rows[at].appendRow(batch, row);
    roles[at] = itsRoles;
    System.arraycopy(predicted, 0, scores[at], 0, predicted.length);
    size++;
  }

  /** Puts a record behind the others and takes the oldest out; only when full. */
  void exchange(Batch batch, int row, int itsRoles, double[] predicted) {
    add(batch, row, itsRoles, predicted);
    due = place(0);
    size--;
  }

  /** The record taken out last, as the one row of a batch. */
  Batch due() {
    return rows[due];
  }

  int dueRoles() {
    return roles[due];
  }

  /** What it was predicted by; not a copy. */
  double[] dueScores() {
    return scores[due];
  }

  /** Record number i from the oldest on lies behind the place that is not in use. */
  private int place(int i) {
    return (due + 1 + i) % rows.length;
  }

  /**
   * A record.
   *
   * @param i its number from the oldest on
   * @return the one row of a batch; not a copy
   */
  public Batch row(int i) {
    return rows[place(i)];
  }

  /**
   * What a record was predicted by.
   *
   * @param i its number from the oldest on
   * @return scores and weights; not a copy
   */
  public double[] scores(int i) {
    return scores[place(i)];
  }

  /**
   * The roles of a record.
   *
   * @param i its number from the oldest on
   * @return {@link Portfolio#UPPER}, {@link Portfolio#LOWER} or both
   */
  public int roles(int i) {
    return roles[place(i)];
  }

  /** Forgets all. */
  public void clear() {
    due = 0;
    size = 0;
  }

  /**
   * Puts a record behind the others as it was when it was saved.
   *
   * @param record the one row of a batch
   * @param itsRoles its roles
   * @param predicted what it was predicted by
   */
  public void restore(Batch record, int itsRoles, double[] predicted) {
    add(record, 0, itsRoles, predicted);
  }
}
