package io.thalweg.stream;

/**
 * Address of the <em>next</em> sample of a lane: a record may carry many samples.
 *
 * @param offset number of the record
 * @param index number of the sample within it
 */
public record Position(long offset, int index) implements Comparable<Position> {
  /** The first sample of the first record. */
  public static final Position START = new Position(0, 0);

  @Override
  public int compareTo(Position other) {
    int byOffset = Long.compare(offset, other.offset);
    return byOffset != 0 ? byOffset : Integer.compare(index, other.index);
  }

  @Override
  public String toString() {
    return index == 0 ? Long.toString(offset) : offset + "." + index;
  }
}
