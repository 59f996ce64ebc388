package io.thalweg.pipeline;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;

/** Port: where records come from. */
public interface SampleSource {
  /**
   * All lanes of all feeds, sorted; fixed for the run. Record batches number lanes by this list.
   *
   * @return the lanes
   */
  List<Lane> lanes();

  /**
   * The identity of each topic, so that one deleted and made anew is noticed.
   *
   * @return topic to id, empty where there is no such thing
   */
  Map<String, String> topicIds();

  /**
   * Where a first start begins: the earliest record of every lane.
   *
   * @return positions of all lanes
   */
  Positions beginning();

  /**
   * Where a checkpoint's run goes on, when these are still the topics it was made from.
   *
   * @param checkpoint the last committed one
   * @return its positions, or later ones where lost records are to be passed over
   * @throws ResumeException when lanes or topics are not what the checkpoint knew
   */
  default Positions resume(Checkpoint checkpoint) {
    if (!checkpoint.positions().lanes().equals(lanes())) {
      throw new ResumeException(
          "the checkpoint covers the partitions "
              + checkpoint.positions().lanes()
              + ", but the topics now have "
              + lanes());
    }
    Set<String> mine = new HashSet<>();
    lanes().forEach(lane -> mine.add(lane.topic()));
    for (Map.Entry<String, String> topic : checkpoint.topicIds().entrySet()) {
      if (!mine.contains(topic.getKey())) {
        continue; // that of commands is not read here
      }
      String now = topicIds().get(topic.getKey());
      if (!topic.getValue().equals(now)) {
        throw new ResumeException(
            "topic "
                + topic.getKey()
                + " was deleted and made anew since the last checkpoint: its id was "
                + topic.getValue()
                + ", now it is "
                + now
                + "; the offsets of the checkpoint mean nothing in it");
      }
    }
    return checkpoint.positions();
  }

  /**
   * How many records one batch of {@link #records} holds at the most.
   *
   * @return a number of records, 0 where it is not known
   */
  default int mostPerBatch() {
    return 0;
  }

  /**
   * Whether a feed holds records that it has not handed over yet, or may hold such for all that is
   * known: while it does it is worth waiting for it, and not only for a while. Where a log ends in
   * offsets that are no records, what counts is whether reading has passed them. May be asked from
   * any thread.
   *
   * @param feed which topic
   * @return false where it is read to its end, where a source cannot tell, and where it tells by
   *     completing {@link #records}
   */
  default boolean mayHoldMore(Feed feed) {
    return false;
  }

  /**
   * The records of one feed. One item is one poll; nothing is polled without demand; empty batches
   * are emitted while demand stands and nothing arrives, at least twenty times a second. Cancelling
   * closes what was opened. Completes only where the source is finite.
   *
   * @param feed which topic
   * @param start where its lanes begin
   * @return the batches, on a thread of the source
   */
  Flux<RecordBatch> records(Feed feed, Positions start);
}
