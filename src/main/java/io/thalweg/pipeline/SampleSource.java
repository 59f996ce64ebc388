package io.thalweg.pipeline;

import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import java.util.Map;
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
