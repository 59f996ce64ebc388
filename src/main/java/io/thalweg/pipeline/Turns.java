package io.thalweg.pipeline;

/**
 * In which order records and the labels that come apart from them are taken, where both are there.
 *
 * @param byCount whether a label is due after so many records, whatever their times
 * @param delay for that, how many records later than its own a label comes; not negative
 */
public record Turns(boolean byCount, int delay) {
  /**
   * As they came: by the timestamp of the record in its topic, else by event time; a record before
   * a label of the same time. Where either has no time, they take turns.
   */
  public static final Turns BY_TIME = new Turns(false, 0);

  /**
   * Label number i comes after record number i + delay, both in the order they are read in.
   *
   * @param delay records
   * @return the order
   */
  public static Turns afterRecords(int delay) {
    return new Turns(true, delay);
  }

  /**
   * Whether the label is next.
   *
   * @param recordTime of the next record, {@link Long#MIN_VALUE} when it has none
   * @param labelTime of the next label, likewise
   * @param records records read so far
   * @param labels labels read so far
   * @return false when the record is
   */
  boolean isLabelNext(long recordTime, long labelTime, long records, long labels) {
    if (byCount || recordTime == Long.MIN_VALUE || labelTime == Long.MIN_VALUE) {
      return labels + delay < records;
    }
    return labelTime < recordTime;
  }
}
