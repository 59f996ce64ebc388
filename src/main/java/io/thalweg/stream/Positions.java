package io.thalweg.stream;

import io.thalweg.sample.Level;
import java.util.List;

/**
 * How far each lane has been taken in, separately for the samples of either level and for what was
 * rejected: the two levels of one lane may be at different places when roles are mixed in a topic.
 * Everything before all three is done; what lies between is told apart by its role when it is read
 * again.
 *
 * @param lanes the lanes, sorted
 * @param lower per lane the next sample for the lower level
 * @param upper per lane the next sample for the upper level
 * @param rejected per lane the next sample not yet judged
 */
public record Positions(
    List<Lane> lanes, List<Position> lower, List<Position> upper, List<Position> rejected) {
  /**
   * Copies the lists and checks that they agree.
   *
   * @param lanes the lanes, sorted
   * @param lower per lane the next sample for the lower level
   * @param upper per lane the next sample for the upper level
   * @param rejected per lane the next sample not yet judged
   */
  public Positions {
    lanes = List.copyOf(lanes);
    lower = List.copyOf(lower);
    upper = List.copyOf(upper);
    rejected = List.copyOf(rejected);
    if (lower.size() != lanes.size()
        || upper.size() != lanes.size()
        || rejected.size() != lanes.size()) {
      throw new IllegalArgumentException(
          "positions must cover " + lanes.size() + " lanes for both levels and rejections");
    }
  }

  /**
   * Every lane at one place for all purposes.
   *
   * @param lanes the lanes, sorted
   * @param at per lane the next record
   * @return the positions
   */
  public static Positions at(List<Lane> lanes, List<Position> at) {
    return new Positions(lanes, at, at, at);
  }

  /**
   * The next sample of one level in one lane.
   *
   * @param lane number of the lane in {@link #lanes()}
   * @param level which level
   * @return its position
   */
  public Position of(int lane, Level level) {
    return level == Level.LOWER ? lower.get(lane) : upper.get(lane);
  }

  /**
   * Where reading of a lane resumes: the earliest of the three.
   *
   * @param lane number of the lane
   * @return offset of the record to read first
   */
  public long resumeOffset(int lane) {
    return Math.min(
        rejected.get(lane).offset(), Math.min(lower.get(lane).offset(), upper.get(lane).offset()));
  }
}
