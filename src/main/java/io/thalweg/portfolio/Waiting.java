package io.thalweg.portfolio;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;

/**
 * Records that were predicted and wait for their label, each with its number in the stream, its
 * roles, its id where it has one, and the scores it was predicted by. At most so many of the newest
 * records are kept; they may leave in any order. Room is made for as many as ever wait together;
 * beyond that nothing is allocated.
 *
 * <p>A record that was left out waits as a blank one, without roles, content or scores: all that it
 * does is to take its label along.
 */
public final class Waiting {
  private static final int FIRST = 16;

  private final SampleSchema schema;
  private final int window;
  private final int width;
  private final boolean keyed;

  /** One more than the slot of record number n at n mod window; 0 when it does not wait. */
  private final int[] ring;

  /** Fenwick tree over the ring: how many of a range wait; of length 1 where nobody asks. */
  private final int[] tree;

  private final IdIndex index = new IdIndex();
  private Batch[] rows = new Batch[0];
  private double[][] scores = new double[0][];
  private int[] roles = new int[0];
  private long[] numbers = new long[0];
  private long[] ids = new long[0];
  private int[] free = new int[0];
  private int freeSlots;
  private int made;
  private int size;
  private int blanks;
  private long taken;

  /**
   * Nobody waits.
   *
   * @param schema of the records
   * @param window newest records that may wait, at least 1
   * @param width numbers that a record was predicted by
   * @param keyed whether records have ids
   */
  Waiting(SampleSchema schema, int window, int width, boolean keyed) {
    this.schema = schema;
    this.window = window;
    this.width = width;
    this.keyed = keyed;
    ring = new int[window];
    tree = new int[keyed ? window + 1 : 1];
  }

  /**
   * Records that wait, blank ones included.
   *
   * @return 0 to the window
   */
  public int size() {
    return size;
  }

  /**
   * Records that wait and were predicted.
   *
   * @return 0 to the size
   */
  public int predicted() {
    return size - blanks;
  }

  /** Whether a record was left out: it was not predicted, and nothing is learned from it. */
  boolean isBlank(int slot) {
    return roles[slot] == 0;
  }

  /**
   * Records taken in so far.
   *
   * @return the number that the next one gets
   */
  public long taken() {
    return taken;
  }

  /**
   * Whether records have ids.
   *
   * @return false where labels are late by a fixed number of records
   */
  public boolean keyed() {
    return keyed;
  }

  /** The slot of the record that leaves the window when the next one comes, -1 for none. */
  int leaving() {
    return taken < window ? -1 : ring[place(taken)] - 1;
  }

  /** The slot of an id, -1 when none such waits. */
  int find(long id) {
    return index.find(id);
  }

  /** Takes a record in; the one that {@link #leaving()} tells must have left. */
  int add(Batch batch, int row, int itsRoles, long id, double[] predicted) {
    int slot = slot();
    rows[slot].clear();
    rows[slot].appendRow(batch, row);
    System.arraycopy(predicted, 0, scores[slot], 0, width);
    enter(slot, itsRoles, taken, id);
    taken++;
    return slot;
  }

  /** Takes a blank record in; the one that {@link #leaving()} tells must have left. */
  int addBlank(long id) {
    int slot = slot();
    Batch row = rows[slot];
    row.clear();
    row.openRow();
    for (int f = 0; f < schema.fields().size(); f++) {
      Arrays.fill(row.column(f), 0);
    }
    row.commitRow();
    Arrays.fill(scores[slot], 0);
    enter(slot, 0, taken, id);
    taken++;
    return slot;
  }

  private void enter(int slot, int itsRoles, long number, long id) {
    roles[slot] = itsRoles;
    numbers[slot] = number;
    ids[slot] = id;
    ring[place(number)] = slot + 1;
    if (keyed) {
      index.put(id, slot);
    }
    count(slot, 1);
    size++;
  }

  /** Lets a record go; what its slot holds stays until the next one is added. */
  void remove(int slot) {
    int place = place(numbers[slot]);
    ring[place] = 0;
    if (keyed) {
      index.remove(ids[slot]);
    }
    count(slot, -1);
    free[freeSlots++] = slot;
    size--;
  }

  /** Predicted records that wait and came after one that has just been let go. */
  int newer(int slot) {
    int from = place(numbers[slot]);
    int to = place(taken - 1);
    return to >= from ? below(to + 1) - below(from) : predicted() - (below(from) - below(to + 1));
  }

  /** Records taken in since one. */
  long age(int slot) {
    return taken - 1 - numbers[slot];
  }

  private int place(long number) {
    return (int) (number % window);
  }

  private void count(int slot, int change) {
    if (isBlank(slot)) {
      blanks += change;
      return;
    }
    for (int i = keyed ? place(numbers[slot]) + 1 : tree.length; i < tree.length; i += i & -i) {
      tree[i] += change;
    }
  }

  private int below(int place) {
    int sum = 0;
    for (int i = place; i > 0; i -= i & -i) {
      sum += tree[i];
    }
    return sum;
  }

  private int slot() {
    if (freeSlots > 0) {
      return free[--freeSlots];
    }
    if (made == rows.length) {
      int room = (int) Math.min(window, Math.max(FIRST, 2L * made));
      rows = Arrays.copyOf(rows, room);
      scores = Arrays.copyOf(scores, room);
      roles = Arrays.copyOf(roles, room);
      numbers = Arrays.copyOf(numbers, room);
      ids = Arrays.copyOf(ids, room);
      free = Arrays.copyOf(free, room);
    }
    rows[made] = new Batch(schema, 1);
    scores[made] = new double[width];
    return made++;
  }

  /**
   * The records that wait, oldest first.
   *
   * @return their slots
   */
  public int[] slots() {
    int[] out = new int[size];
    int n = 0;
    for (long number = Math.max(0, taken - window); number < taken; number++) {
      int slot = ring[place(number)] - 1;
      if (slot >= 0) {
        out[n++] = slot;
      }
    }
    return out;
  }

  /**
   * What a record holds.
   *
   * @param slot where it is kept
   * @return the one row of a batch; not a copy
   */
  public Batch row(int slot) {
    return rows[slot];
  }

  /**
   * What a record was predicted by.
   *
   * @param slot where it is kept
   * @return scores and weights; not a copy
   */
  public double[] scores(int slot) {
    return scores[slot];
  }

  /**
   * How many numbers a record was predicted by.
   *
   * @return the length of {@link #scores}
   */
  public int width() {
    return width;
  }

  /**
   * The roles of a record.
   *
   * @param slot where it is kept
   * @return {@link Portfolio#UPPER}, {@link Portfolio#LOWER} or both; 0 for a blank one
   */
  public int roles(int slot) {
    return roles[slot];
  }

  /**
   * The number of a record.
   *
   * @param slot where it is kept
   * @return counted from 0
   */
  public long number(int slot) {
    return numbers[slot];
  }

  /**
   * The id of a record.
   *
   * @param slot where it is kept
   * @return its hash; 0 where records have none
   */
  public long id(int slot) {
    return ids[slot];
  }

  /**
   * Forgets all.
   *
   * @param records taken in so far
   */
  public void clear(long records) {
    Arrays.fill(ring, 0);
    Arrays.fill(tree, 0);
    index.clear();
    freeSlots = 0;
    for (int slot = made - 1; slot >= 0; slot--) {
      free[freeSlots++] = slot;
    }
    size = 0;
    blanks = 0;
    taken = records;
  }

  /**
   * Newest records that may wait.
   *
   * @return at least 1
   */
  public int window() {
    return window;
  }

  /**
   * Whether a record is still within the window: restored into a smaller one, the oldest are not.
   *
   * @param number its number
   * @return false where it has left
   */
  public boolean keeps(long number) {
    return number >= taken - window;
  }

  /**
   * Takes a record up again as it was when it was saved.
   *
   * @param number its number, within the window
   * @param id its hash
   * @param itsRoles its roles
   * @param predicted holds what it was predicted by
   * @param from where that begins
   * @return an open row for what it holds, to be committed
   */
  public Batch restore(long number, long id, int itsRoles, double[] predicted, int from) {
    int slot = slot();
    System.arraycopy(predicted, from, scores[slot], 0, width);
    enter(slot, itsRoles, number, id);
    rows[slot].clear();
    rows[slot].openRow();
    return rows[slot];
  }
}
