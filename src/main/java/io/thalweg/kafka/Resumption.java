package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's positions are worth now.
 *
 * @param positions where to go on, lane by lane of the topics as they are now
 * @param losses what differs from the day the checkpoint was written; empty when nothing does
 */
record Resumption(Positions positions, List<DataLoss> losses) {
  /**
   * Compares a checkpoint with the topics.
   *
   * @param ids topic to id, as they are now
   * @param lanes all lanes, as they are now
   * @param first per lane the earliest offset there is
   * @param end per lane the offset after the last
   */
  static Resumption of(
      Checkpoint checkpoint, Map<String, String> ids, List<Lane> lanes, long[] first, long[] end) {
    Map<Lane, Integer> before = new HashMap<>();
    Positions then = checkpoint.positions();
    Set<String> topicsBefore = new TreeSet<>();
    for (int i = 0; i < then.lanes().size(); i++) {
      before.put(then.lanes().get(i), i);
      topicsBefore.add(then.lanes().get(i).topic());
    }
    List<DataLoss> losses = new ArrayList<>();
    List<Position> lower = new ArrayList<>();
    List<Position> upper = new ArrayList<>();
    List<Position> rejected = new ArrayList<>();
    for (int lane = 0; lane < lanes.size(); lane++) {
      Lane name = lanes.get(lane);
      Integer old = before.remove(name);
      String idBefore = checkpoint.topicIds().get(name.topic());
      String idNow = ids.get(name.topic());
      Position floor = new Position(first[lane], 0);
      if (old == null) {
        losses.add(added(name, first[lane], topicsBefore.contains(name.topic())));
        addAll(floor, lower, upper, rejected);
      } else if (idBefore != null && !idBefore.equals(idNow)) {
        long wanted = then.resumeOffset(old);
        losses.add(new DataLoss(name, wanted, first[lane], 0, madeAnew(idBefore, idNow)));
        addAll(floor, lower, upper, rejected);
      } else {
        long wanted = then.resumeOffset(old);
        Position ceiling = new Position(end[lane], 0);
        if (wanted < first[lane] || wanted > end[lane]) {
          losses.add(
              new DataLoss(
                  name,
                  wanted,
                  Math.max(first[lane], Math.min(wanted, end[lane])),
                  Math.max(0, first[lane] - wanted),
                  LaneLosses.outOfRange(wanted, first[lane], end[lane])));
        }
        lower.add(clamp(then.lower().get(old), floor, ceiling));
        upper.add(clamp(then.upper().get(old), floor, ceiling));
        rejected.add(clamp(then.rejected().get(old), floor, ceiling));
      }
    }
    for (Lane gone : new TreeSet<>(before.keySet())) {
      long wanted = then.resumeOffset(then.lanes().indexOf(gone));
      losses.add(new DataLoss(gone, wanted, 0, 0, "the partition does not exist any more"));
    }
    return new Resumption(new Positions(lanes, lower, upper, rejected), losses);
  }

  /** One failure that names every loss. */
  KafkaFailure refusal() {
    StringBuilder message =
        new StringBuilder("the topics are not what they were at the last checkpoint:");
    for (DataLoss loss : losses) {
      message
          .append("\n  ")
          .append(loss.lane())
          .append('@')
          .append(loss.wanted())
          .append(": ")
          .append(loss.reason());
    }
    message.append("\nto go on nevertheless, with each loss reported: on-data-loss: continue");
    return new KafkaFailure(Category.DATA_LOSS, message.toString());
  }

  private static DataLoss added(Lane lane, long first, boolean topicKnown) {
    return new DataLoss(
        lane,
        first,
        first,
        0,
        topicKnown
            ? "the partition was added since, so keys may have moved to it from others"
            : "the topic was not read before");
  }

  /** What to say of a topic that is another one of the same name. */
  static String madeAnew(String before, @Nullable String now) {
    return "the topic was deleted and made anew (id was "
        + before
        + ", is "
        + now
        + "): equal offsets are other records";
  }

  private static Position clamp(Position at, Position floor, Position ceiling) {
    return at.compareTo(floor) < 0 ? floor : at.compareTo(ceiling) > 0 ? ceiling : at;
  }

  @SafeVarargs
  private static void addAll(Position at, List<Position>... lists) {
    for (List<Position> list : lists) {
      list.add(at);
    }
  }
}
