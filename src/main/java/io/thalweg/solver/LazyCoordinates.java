package io.thalweg.solver;

import java.util.Arrays;

/**
 * The lower-level state of a method, four numbers per coordinate side by side: y, v (its
 * direction), z and r (its direction), each valid at a step of its own. A step gathers the
 * coordinates its rows touch into a short table, brought to the present, works there, and writes
 * them back only when it holds: so there is no second copy of the state, and a refused step leaves
 * no trace. All coordinates are brought to the present once per window, at a step that depends on
 * nothing but the number of steps.
 */
final class LazyCoordinates {
  /** Numbers per coordinate: y, v, z, r. */
  static final int CELL = 4;

  /** Numbers per touched coordinate: y, v, z, r, and y and z before the step; a cache line. */
  static final int TOUCHED = 8;

  /** Places of y and z before the step. */
  static final int OLD_Y = 4;

  static final int OLD_Z = 5;

  /** Bytes of products a window may take. */
  private static final long MOST_TABLE_BYTES = 64L << 20;

  /** Coordinates per step that the sweep once a window may cost. */
  private static final int SWEPT_PER_STEP = 64;

  private final int features;
  private final int groups;
  private final int[] groupOf;
  private final CatchUp catchUp;
  private final double[] cells;

  /** Steps since the base at which a coordinate is valid; while touched, ~ its place there. */
  private final int[] validAt;

  private int count;
  private int gathered;
  private int[] coordinate = new int[256];
  private int[] wasValidAt = new int[256];
  private double[] touched = new double[256 * TOUCHED];

  /**
   * All zero.
   *
   * @param features number of coordinates
   * @param groups number of groups
   * @param groupOf group by coordinate
   */
  LazyCoordinates(int features, int groups, int[] groupOf) {
    this.features = features;
    this.groups = groups;
    this.groupOf = groupOf;
    catchUp = new CatchUp(groups, block(features, groups));
    cells = new double[Math.multiplyExact(CELL, features)];
    validAt = new int[features];
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

  private int group(int j) {
    return groups == 1 ? 0 : groupOf[j];
  }

  /** Sets y of every coordinate at the base and makes the sums. */
  void start(double[] y, double[] sums) {
    for (int j = 0; j < features; j++) {
      cells[CELL * j] = y[j];
    }
    sum(sums);
  }

  /**
   * Gives every entry of a batch the place of its coordinate in the table.
   *
   * @param index coordinates of the entries
   * @param from first entry
   * @param to entry after the last
   * @param place receives the places, at 0 and on
   */
  void touch(int[] index, int from, int to, int[] place) {
    int n = count;
    if (n + to - from >= coordinate.length) {
      grow(n + to - from + 1);
    }
    for (int k = from; k < to; k++) {
      int j = index[k];
      int was = validAt[j];
      // whether j was touched before cannot be guessed, so there is no branch on it
      int known = was >> 31; // -1 or 0
      coordinate[n] = j;
      wasValidAt[n] = was;
      int is = (was & known) | (~n & ~known);
      validAt[j] = is;
      n += 1 + known;
      place[k - from] = TOUCHED * ~is;
    }
    count = n;
  }

  private void grow(int needed) {
    int length = Math.max(needed, 2 * coordinate.length);
    coordinate = Arrays.copyOf(coordinate, length);
    wasValidAt = Arrays.copyOf(wasValidAt, length);
    touched = Arrays.copyOf(touched, TOUCHED * length);
  }

  /** Brings what was touched to the present, into the table. */
  void gather() {
    // the copies alone, so that the processor waits for many of them at once
    for (int i = gathered; i < count; i++) {
      int c = CELL * coordinate[i];
      int at = TOUCHED * i;
      touched[at] = cells[c];
      touched[at + 1] = cells[c + 1];
      touched[at + 2] = cells[c + 2];
      touched[at + 3] = cells[c + 3];
    }
    for (int i = gathered; i < count; i++) {
      int at = TOUCHED * i;
      catchUp.apply(group(coordinate[i]), wasValidAt[i], touched, at, touched, at);
      touched[at + OLD_Y] = touched[at];
      touched[at + OLD_Z] = touched[at + 2];
    }
    gathered = count;
  }

  /** The table: y, v, z, r, y before, z before of every touched coordinate. */
  double[] table() {
    return touched;
  }

  /**
   * Moves the table by a step, and takes out of the sums what rows may change.
   *
   * @param step M and N of every group
   * @param sums by group
   */
  void advance(double[] step, double[] sums) {
    for (int i = 0; i < count; i++) {
      int k = group(coordinate[i]);
      int at = TOUCHED * i;
      CatchUp.multiply(step, CatchUp.ENTRY * k, touched, at, touched, at);
    }
    addChanging(-1, sums);
  }

  /** Puts back into the sums what rows have changed. */
  void settle(double[] sums) {
    addChanging(1, sums);
  }

  private void addChanging(double sign, double[] sums) {
    PairSums.addChanging(sign, touched, TOUCHED, count, groupOf, coordinate, sums);
  }

  /** Leaves the state as it was. */
  void refuse() {
    for (int i = 0; i < count; i++) {
      validAt[coordinate[i]] = wasValidAt[i];
    }
    count = 0;
    gathered = 0;
  }

  /**
   * Writes the table back.
   *
   * @param step M and N of every group, which untouched coordinates still owe
   * @param sums made anew when the window is full
   */
  void hold(double[] step, double[] sums) {
    catchUp.push(step);
    int now = catchUp.now();
    for (int i = 0; i < count; i++) {
      int c = CELL * coordinate[i];
      int at = TOUCHED * i;
      cells[c] = touched[at];
      cells[c + 1] = touched[at + 1];
      cells[c + 2] = touched[at + 2];
      cells[c + 3] = touched[at + 3];
      validAt[coordinate[i]] = now;
    }
    count = 0;
    gathered = 0;
    if (catchUp.isFull()) {
      for (int j = 0; j < features; j++) {
        catchUp.apply(group(j), validAt[j], cells, CELL * j, cells, CELL * j);
        validAt[j] = 0;
      }
      sum(sums);
      catchUp.rebase();
    }
  }

  private void sum(double[] sums) {
    Arrays.fill(sums, 0);
    for (int j = 0; j < features; j++) {
      PairSums.add(cells, CELL * j, sums, PairSums.COUNT * group(j));
    }
  }

  /** Copies y as it is now; changes nothing, so that looking leaves no trace in later bits. */
  void lower(double[] out) {
    double[] one = new double[CELL];
    for (int j = 0; j < features; j++) {
      catchUp.apply(group(j), validAt[j], cells, CELL * j, one, 0);
      out[j] = one[0];
    }
  }

  void save(Solver.StateSink sink, double[] sums) {
    sink.doubles("sums", sums, 0, sums.length);
    sink.doubles("cells", cells, 0, cells.length);
    long[] packed = new long[(features + 1) / 2];
    for (int j = 0; j < features; j++) {
      packed[j / 2] |= (long) validAt[j] << (32 * (j % 2));
    }
    sink.longs("valid-at", packed);
    sink.longs("grouping", grouping());
    catchUp.save(sink);
  }

  /** A number that tells one grouping of the coordinates from another. */
  private long grouping() {
    long hash = groups;
    for (int j = 0; j < features; j++) {
      hash = 31 * hash + group(j);
    }
    return hash;
  }

  /** Reads what {@link #save} wrote. */
  void restore(Solver.StateSource source, double[] sums) {
    source.doubles("sums", sums, 0, sums.length);
    source.doubles("cells", cells, 0, cells.length);
    long[] packed = new long[(features + 1) / 2];
    source.longs("valid-at", packed);
    // what a coordinate still owes, and the sums, belong to the group it was in
    long[] saved = {grouping()};
    if (source.has("grouping")) {
      source.longs("grouping", saved);
    }
    if (saved[0] != grouping()) {
      throw new IllegalArgumentException(
          "the state must have the features in the groups of this problem, but it has them in"
              + " others");
    }
    catchUp.restore(source);
    for (int j = 0; j < features; j++) {
      int step = (int) (packed[j / 2] >>> (32 * (j % 2)));
      if (step < 0 || step > catchUp.now()) {
        throw new IllegalArgumentException(
            "valid-at must be in [0, " + catchUp.now() + "], but entry " + j + " was " + step);
      }
      validAt[j] = step;
    }
  }

  /** Takes over one number of every coordinate, valid at the base. */
  void column(int place, double[] column) {
    for (int j = 0; j < features; j++) {
      cells[CELL * j + place] = column[j];
    }
  }

  /** Makes the sums of what {@link #column} took over. */
  void restart(double[] sums) {
    sum(sums);
  }
}
