package io.thalweg.portfolio;

import java.util.Arrays;

/**
 * Labels that came before their records, oldest first, at most so many. A label that is taken out
 * leaves a gap, which is closed when room runs out. Allocates only to grow beyond what it held.
 */
public final class EarlyLabels {
  private static final int FIRST = 16;

  private final int most;
  private final IdIndex index = new IdIndex();
  private long[] ids = new long[FIRST];
  private double[] values = new double[FIRST];
  private long[] since = new long[FIRST];
  private int[] lanes = new int[FIRST];
  private long[] offsets = new long[FIRST];
  private int[] indexes = new int[FIRST];
  private boolean[] gone = new boolean[FIRST];
  private int head;
  private int length;
  private int size;

  /** One that was let go. */
  interface Unmatched {
    void label(int lane, long offset, int index);
  }

  /**
   * None.
   *
   * @param most how many are kept, at least 1
   */
  EarlyLabels(int most) {
    this.most = most;
  }

  /**
   * How many there are.
   *
   * @return 0 to the most; more where more were restored, until the next one comes
   */
  public int size() {
    return size;
  }

  boolean holds(long id) {
    return index.find(id) >= 0;
  }

  /**
   * Puts one behind the others; the oldest goes when there is no room. More than one go where those
   * restored were more than are kept now.
   */
  void add(long id, double value, long taken, int lane, long offset, int at, Unmatched unmatched) {
    while (size >= most) {
      unmatched.label(lanes[head], offsets[head], indexes[head]);
      drop(head);
    }
    restore(id, value, taken, lane, offset, at);
  }

  /**
   * Puts one behind the others as it was when it was saved.
   *
   * @param id its hash
   * @param value the label
   * @param taken records taken in when it came
   * @param lane where it was read
   * @param offset where it was read
   * @param at where it was read
   */
  public void restore(long id, double value, long taken, int lane, long offset, int at) {
    if (length == ids.length) {
      close();
      if (2 * length > ids.length) {
        grow();
      }
    }
    int place = place(length);
    set(place, id, value, taken, lane, offset, at);
    index.put(id, place);
    length++;
    size++;
  }

  private int place(int i) {
    return (head + i) % ids.length;
  }

  private void set(int place, long id, double value, long taken, int lane, long offset, int at) {
    ids[place] = id;
    values[place] = value;
    since[place] = taken;
    lanes[place] = lane;
    offsets[place] = offset;
    indexes[place] = at;
    gone[place] = false;
  }

  /** Closes the gaps: at least half are such where there is all the room there may be. */
  private void close() {
    int n = 0;
    index.clear();
    for (int i = 0; i < length; i++) {
      int p = place(i);
      if (!gone[p]) {
        int to = place(n++);
        set(to, ids[p], values[p], since[p], lanes[p], offsets[p], indexes[p]);
        index.put(ids[to], to);
      }
    }
    length = n;
  }

  /** Twice the room, the oldest first. */
  private void grow() {
    int shift = head;
    ids = turned(ids, shift);
    values = turned(values, shift);
    since = turned(since, shift);
    lanes = turned(lanes, shift);
    offsets = turned(offsets, shift);
    indexes = turned(indexes, shift);
    gone = new boolean[ids.length];
    head = 0;
    index.clear();
    for (int i = 0; i < length; i++) {
      index.put(ids[i], i);
    }
  }

  private static long[] turned(long[] from, int shift) {
    long[] out = Arrays.copyOfRange(from, shift, shift + 2 * from.length);
    System.arraycopy(from, 0, out, from.length - shift, shift);
    return out;
  }

  private static int[] turned(int[] from, int shift) {
    int[] out = Arrays.copyOfRange(from, shift, shift + 2 * from.length);
    System.arraycopy(from, 0, out, from.length - shift, shift);
    return out;
  }

  private static double[] turned(double[] from, int shift) {
    double[] out = Arrays.copyOfRange(from, shift, shift + 2 * from.length);
    System.arraycopy(from, 0, out, from.length - shift, shift);
    return out;
  }

  /** The label of an id that is there, taken out. */
  double take(long id) {
    int place = index.find(id);
    drop(place);
    return values[place];
  }

  /** Lets those go that came when no more than so many records had been taken in. */
  void expire(long taken, Unmatched unmatched) {
    while (length > 0 && since[head] <= taken) {
      unmatched.label(lanes[head], offsets[head], indexes[head]);
      drop(head);
    }
  }

  /** The head is never a gap. */
  private void drop(int place) {
    index.remove(ids[place]);
    gone[place] = true;
    size--;
    while (length > 0 && gone[head]) {
      head = (head + 1) % ids.length;
      length--;
    }
  }

  /**
   * Those that are there, oldest first.
   *
   * @return their places
   */
  public int[] places() {
    int[] out = new int[size];
    int n = 0;
    for (int i = 0; i < length; i++) {
      int place = place(i);
      if (!gone[place]) {
        out[n++] = place;
      }
    }
    return out;
  }

  /**
   * Whose one is.
   *
   * @param place where it is kept
   * @return hash of the id
   */
  public long id(int place) {
    return ids[place];
  }

  /**
   * The label.
   *
   * @param place where it is kept
   * @return its value
   */
  public double value(int place) {
    return values[place];
  }

  /**
   * When it came.
   *
   * @param place where it is kept
   * @return records taken in before it
   */
  public long since(int place) {
    return since[place];
  }

  /**
   * Where it was read.
   *
   * @param place where it is kept
   * @return number of the lane
   */
  public int lane(int place) {
    return lanes[place];
  }

  /**
   * Where it was read.
   *
   * @param place where it is kept
   * @return offset of its record
   */
  public long offset(int place) {
    return offsets[place];
  }

  /**
   * Where it was read.
   *
   * @param place where it is kept
   * @return its number in the record
   */
  public int index(int place) {
    return indexes[place];
  }

  /** Forgets all. */
  public void clear() {
    Arrays.fill(gone, false);
    index.clear();
    head = 0;
    length = 0;
    size = 0;
  }
}
