package io.thalweg.pipeline;

import java.util.List;
import reactor.core.publisher.Flux;

/** Port: where operators ask for something. */
public interface ControlSource {
  /** Nobody asks for anything. */
  ControlSource NONE =
      new ControlSource() {
        @Override
        public long unanswered() {
          return 0;
        }

        @Override
        public Flux<List<ControlRecord>> records(long from) {
          return Flux.never();
        }
      };

  /**
   * Where a job begins that has no checkpoint to say it: what was answered in an earlier life is
   * not for it, what was asked since is.
   *
   * @return offset of the first command after the last one that was answered, the end when there is
   *     none; may block
   */
  long unanswered();

  /**
   * The records from a place on, in order. One item is what came together, at least one record and
   * of bounded size; nothing is read without demand. Cancelling closes what was opened.
   *
   * @param from offset of the first one
   * @return the records, on a thread of the source
   */
  Flux<List<ControlRecord>> records(long from);
}
