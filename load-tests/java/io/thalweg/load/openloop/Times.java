package io.thalweg.load.openloop;

import io.thalweg.load.openloop.SentLog.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * When each record was due, acknowledged, consumed and covered, all in microseconds of the shared
 * clock. Worked out after the run, so that nothing of it disturbs the run.
 */
final class Times {
  /** A time that never came. */
  static final long NEVER = Long.MAX_VALUE;

  private final List<LaneTimes> lanes = new ArrayList<>();

  private record LaneTimes(Lane lane, long[] consumed, long[] covered) {}

  /**
   * One record.
   *
   * @param due when it was to be sent
   * @param ack when it was acknowledged
   * @param consumed when the solver had it, or {@link #NEVER}
   * @param covered when the reader had a snapshot that covers it, or {@link #NEVER}
   */
  record Moments(long due, long ack, long consumed, long covered) {}

  Times(Recording recording) {
    List<Seen> snapshots =
        recording.snapshots().stream().map(s -> new Seen(s.micros(), s.next())).toList();
    recording
        .sent()
        .lanes()
        .forEach(
            (partition, lane) ->
                lanes.add(
                    new LaneTimes(
                        lane,
                        reached(lane.size(), partition, recording.consumed()),
                        reached(lane.size(), partition, snapshots))));
  }

  /** For each offset the first time that somebody had got beyond it; nobody goes back. */
  private static long[] reached(int size, TopicPartition partition, List<Seen> events) {
    long[] at = new long[size];
    int cursor = 0;
    for (Seen event : events) {
      long next = event.next().getOrDefault(partition, 0L);
      for (; cursor < size && cursor < next; cursor++) {
        at[cursor] = event.micros();
      }
    }
    for (; cursor < size; cursor++) {
      at[cursor] = NEVER;
    }
    return at;
  }

  /** All acknowledged records, partition by partition. */
  void forEach(Consumer<Moments> each) {
    for (LaneTimes times : lanes) {
      Lane lane = times.lane();
      for (int i = 0; i < lane.size(); i++) {
        if (lane.due(i) != 0) {
          each.accept(
              new Moments(
                  lane.due(i), lane.due(i) + lane.ack(i), times.consumed()[i], times.covered()[i]));
        }
      }
    }
  }
}
