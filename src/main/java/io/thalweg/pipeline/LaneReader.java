package io.thalweg.pipeline;

import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.List;

/**
 * Port: the log once more, lane by lane, as it is asked for. Used by one thread, which it blocks.
 */
public interface LaneReader {
  /**
   * All lanes, sorted.
   *
   * @return the lanes; the numbers below are places in this list
   */
  List<Lane> lanes();

  /**
   * Goes to the first record of every lane that is not fully taken in.
   *
   * @param positions where to begin
   */
  void seek(Positions positions);

  /**
   * The next records of one lane.
   *
   * @param lane number of the lane
   * @return at least one record of this lane and of no other; empty when the log has no more now
   */
  RecordBatch next(int lane);
}
