package io.thalweg.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one poll brought: records in log order within each lane, not yet decoded. An empty batch
 * says that nothing arrived and lets time-bound decisions be made. Read by one thread; the arrays
 * belong to the source and are not changed.
 */
public interface RecordBatch {
  /**
   * Number of records.
   *
   * @return 0 or more
   */
  int size();

  /**
   * The lane of a record.
   *
   * @param i record, 0 to size - 1
   * @return number of the lane in the source's list of lanes
   */
  int lane(int i);

  /**
   * The offset of a record.
   *
   * @param i record
   * @return its number within the lane
   */
  long offset(int i);

  /**
   * The timestamp of a record.
   *
   * @param i record
   * @return milliseconds since 1970, or -1
   */
  long timestamp(int i);

  /**
   * The key of a record.
   *
   * @param i record
   * @return its bytes, or null
   */
  byte @Nullable [] key(int i);

  /**
   * The value of a record.
   *
   * @param i record
   * @return its bytes, or null for a tombstone
   */
  byte @Nullable [] value(int i);

  /**
   * The headers of a record.
   *
   * @param i record
   * @return in the order written, usually empty
   */
  List<Header> headers(int i);
}
