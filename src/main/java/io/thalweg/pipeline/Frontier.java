package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import java.util.ArrayList;
import java.util.List;

/** How far every lane is decoded, and how far it already was when this life began. */
final class Frontier {
  private final List<Lane> lanes;
  private final Positions start;
  private final long[] offsets;
  private final int[] indices;

  Frontier(List<Lane> lanes, Positions start) {
    this.lanes = lanes;
    this.start = start;
    this.offsets = new long[lanes.size()];
    this.indices = new int[lanes.size()];
    for (int lane = 0; lane < offsets.length; lane++) {
      offsets[lane] = start.resumeOffset(lane);
    }
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** The next sample to decode of a lane is at this place. */
  void move(int lane, long offset, int index) {
    offsets[lane] = offset;
    indices[lane] = index;
  }

  /** Whether an earlier life took this sample in for the level. */
  boolean wasTaken(int lane, long offset, int index, Level level) {
    return isBefore(offset, index, start.of(lane, level));
  }

  /** Whether an earlier life said of this sample that it is refused. */
  boolean wasRejected(int lane, long offset, int index) {
    return isBefore(offset, index, start.rejected().get(lane));
  }

  /** Where every lane stands when all that was drawn from the queues is done. */
  Positions positions(LevelQueues queues) {
    Position[] frontier = new Position[lanes.size()];
    for (int lane = 0; lane < frontier.length; lane++) {
      frontier[lane] = new Position(offsets[lane], indices[lane]);
    }
    Position[] lower = frontier.clone();
    Position[] upper = frontier.clone();
    queues.rewind(lower, upper);
    // what a restart re-read and skipped must not fall behind where it had been
    return new Positions(
        lanes,
        latest(lower, start.lower()),
        latest(upper, start.upper()),
        latest(frontier, start.rejected()));
  }

  private static List<Position> latest(Position[] now, List<Position> before) {
    List<Position> out = new ArrayList<>(now.length);
    for (int i = 0; i < now.length; i++) {
      out.add(now[i].compareTo(before.get(i)) >= 0 ? now[i] : before.get(i));
    }
    return out;
  }

  private static boolean isBefore(long offset, int index, Position position) {
    return offset < position.offset() || (offset == position.offset() && index < position.index());
  }
}
