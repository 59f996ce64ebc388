package io.thalweg.kafka;

/**
 * The newest stretch of the snapshot topic that holds nothing but what one sink has written. Who
 * looks for records of others, such as a pin, need not read it: a job at saturation writes
 * megabytes a second.
 *
 * @param from offset of its first record
 * @param end offset after its last one
 */
public record OwnTail(long from, long end) {
  /** Nothing is known. */
  public static final OwnTail NONE = new OwnTail(0, 0);

  /**
   * With the records of one more commit.
   *
   * @param first lowest offset of them
   * @param last highest offset
   * @param count how many they are
   * @param markers offsets that the end of a commit takes up itself: 1 for a transaction, else 0
   */
  OwnTail plus(long first, long last, long count, int markers) {
    boolean together = last - first + 1 == count;
    boolean next = end > 0 && first == end + markers;
    long begin = together ? first : last + 1;
    return new OwnTail(together && next ? from : begin, last + 1);
  }
}
