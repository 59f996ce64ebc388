package io.thalweg.solver;

import java.util.Arrays;

/**
 * The lower-level state of a method, four numbers per coordinate side by side: y, v (its
 * direction), z and r (its direction), each valid at a step of its own. A coordinate is brought to
 * the present when a sample needs it, and all of them once per window. A step notes what it changes
 * and can take it back, so there is no second copy of the state.
 */
final class LazyCoordinates {
  /** Numbers per coordinate. */
  static final int CELL = 4;

  /** Bytes of products a window may take. */
  private static final long MOST_TABLE_BYTES = 64L << 20;

  /** Coordinates per step that the sweep once a window may cost. */
  private static final int SWEPT_PER_STEP = 64;

  private final int features;
  private final int length;
  private final int groups;
  private final int[] groupOf;
  private final CatchUp catchUp;

  /** y, v, z, r of coordinate j at 4 j; the bias, when there is one, comes last. */
  final double[] cells;

  /** Steps since the base at which a coordinate is valid; one more than now when touched. */
  private final int[] stamp;

  private int mark = 1;
  private int touchedCount;
  private int[] touched = new int[256];
  private int[] oldStamp = new int[256];
  private double[] oldCells = new double[256 * CELL];

  /**
   * All zero.
   *
   * @param features coordinates that rows may touch
   * @param bias whether one more follows that every row touches
   * @param groups number of groups
   * @param groupOf group by feature
   */
  LazyCoordinates(int features, boolean bias, int groups, int[] groupOf) {
    this.features = features;
    this.length = bias ? features + 1 : features;
    this.groups = groups;
    this.groupOf = groupOf;
    catchUp = new CatchUp(groups, block(features, groups));
    cells = new double[Math.multiplyExact(CELL, length)];
    stamp = new int[features];
  }

  /** A power of two whose square is the window. */
  static int block(int features, int groups) {
    long window = Math.max(1024, (long) features / SWEPT_PER_STEP);
    window = Math.min(window, MOST_TABLE_BYTES / (8L * CatchUp.ENTRY * groups));
    int block = 8;
    while (4L * block * block <= window) {
      block *= 2;
    }
    return block;
  }

  int features() {
    return features;
  }

  int length() {
    return length;
  }

  /** Where the bias lies in {@link #cells}. */
  int biasAt() {
    return CELL * features;
  }

  int group(int j) {
    return groups == 1 ? 0 : groupOf[j];
  }

  /** Begins a step. */
  void begin() {
    touchedCount = 0;
    mark = catchUp.now() + 1;
    if (length > features) {
      note(features, 0);
    }
  }

  /** Brings the coordinates of sparse entries to the present and notes them for undoing. */
  void touch(int[] index, int from, int to) {
    int present = mark;
    for (int k = from; k < to; k++) {
      int j = index[k];
      if (stamp[j] != present) {
        note(j, stamp[j]);
        catchUp.apply(group(j), stamp[j], cells, CELL * j);
        stamp[j] = present;
      }
    }
  }

  private void note(int j, int validAt) {
    if (touchedCount == touched.length) {
      touched = Arrays.copyOf(touched, 2 * touchedCount);
      oldStamp = Arrays.copyOf(oldStamp, 2 * touchedCount);
      oldCells = Arrays.copyOf(oldCells, 2 * CELL * touchedCount);
    }
    touched[touchedCount] = j;
    oldStamp[touchedCount] = validAt;
    System.arraycopy(cells, CELL * j, oldCells, CELL * touchedCount, CELL);
    touchedCount++;
  }

  /** Moves the touched coordinates by a step, and takes what samples may change out of the sums. */
  void advance(double[] step, double[] sums) {
    for (int i = firstTouched(); i < touchedCount; i++) {
      int j = touched[i];
      int k = group(j);
      multiply(step, CatchUp.ENTRY * k, CELL * j);
      PairSums.addChanging(-1, cells, CELL * j, sums, PairSums.COUNT * k);
    }
  }

  /** Moves the bias by a step. */
  void advanceBias(double[] step) {
    multiply(step, 0, biasAt());
  }

  private void multiply(double[] step, int of, int c) {
    double y = cells[c];
    double v = cells[c + 1];
    double z = cells[c + 2];
    double r = cells[c + 3];
    cells[c] = step[of] * y + step[of + 1] * v;
    cells[c + 1] = step[of + 2] * y + step[of + 3] * v;
    cells[c + 2] = step[of + 4] * z + step[of + 5] * r;
    cells[c + 3] = step[of + 6] * z + step[of + 7] * r;
  }

  /** Puts what samples have changed back into the sums. */
  void settle(double[] sums) {
    for (int i = firstTouched(); i < touchedCount; i++) {
      int j = touched[i];
      PairSums.addChanging(1, cells, CELL * j, sums, PairSums.COUNT * group(j));
    }
  }

  /** The first touched coordinate that is no bias. */
  private int firstTouched() {
    return length > features ? 1 : 0;
  }

  /** Takes everything back that was done since {@link #begin()}. */
  void undo() {
    for (int i = touchedCount - 1; i >= 0; i--) {
      int j = touched[i];
      System.arraycopy(oldCells, CELL * i, cells, CELL * j, CELL);
      if (j < features) {
        stamp[j] = oldStamp[i];
      }
    }
    touchedCount = 0;
  }

  /**
   * Ends a step that holds.
   *
   * @param step M and N of every group, which untouched coordinates still owe
   * @param sums made anew when the window is full
   */
  void end(double[] step, double[] sums) {
    catchUp.push(step);
    if (catchUp.isFull()) {
      rebase(sums);
    }
  }

  private void rebase(double[] sums) {
    Arrays.fill(sums, 0);
    for (int j = 0; j < features; j++) {
      int k = group(j);
      catchUp.apply(k, stamp[j], cells, CELL * j);
      stamp[j] = 0;
      PairSums.add(cells, CELL * j, sums, PairSums.COUNT * k);
    }
    catchUp.rebase();
  }

  /** Makes the sums anew from coordinates that are all valid at the base. */
  void sum(double[] sums) {
    Arrays.fill(sums, 0);
    for (int j = 0; j < features; j++) {
      PairSums.add(cells, CELL * j, sums, PairSums.COUNT * group(j));
    }
  }

  private void column(Solver.StateSource source, String name, int place) {
    double[] column = new double[length];
    source.doubles(name, column, 0, length);
    for (int j = 0; j < length; j++) {
      cells[CELL * j + place] = column[j];
    }
  }

  /** Copies y as it is now; changes nothing, so that looking leaves no trace in later bits. */
  void lower(double[] out) {
    double[] one = new double[CELL];
    for (int j = 0; j < features; j++) {
      if (stamp[j] == catchUp.now()) {
        out[j] = cells[CELL * j];
      } else {
        System.arraycopy(cells, CELL * j, one, 0, CELL);
        catchUp.apply(group(j), stamp[j], one, 0);
        out[j] = one[0];
      }
    }
    if (length > features) {
      out[features] = cells[biasAt()];
    }
  }

  void save(Solver.StateSink sink, double[] sums) {
    sink.doubles("sums", sums, 0, sums.length);
    sink.doubles("cells", cells, 0, cells.length);
    long[] packed = new long[(features + 1) / 2];
    for (int j = 0; j < features; j++) {
      packed[j / 2] |= (long) stamp[j] << (32 * (j % 2));
    }
    sink.longs("stamps", packed);
    catchUp.save(sink);
  }

  /** Reads what {@link #save} wrote, or the arrays of the dense form, which versions before had. */
  void restore(Solver.StateSource source, double[] sums) {
    if (!source.has("cells")) {
      column(source, "y", 0);
      column(source, "v", 1);
      column(source, "z", 2);
      column(source, "r", 3);
      sum(sums);
      return;
    }
    source.doubles("sums", sums, 0, sums.length);
    source.doubles("cells", cells, 0, cells.length);
    long[] packed = new long[(features + 1) / 2];
    source.longs("stamps", packed);
    catchUp.restore(source);
    for (int j = 0; j < features; j++) {
      int validAt = (int) (packed[j / 2] >>> (32 * (j % 2)));
      if (validAt < 0 || validAt > catchUp.now()) {
        throw new IllegalArgumentException(
            "stamps must be in [0, " + catchUp.now() + "], but entry " + j + " was " + validAt);
      }
      stamp[j] = validAt;
    }
  }
}
