package io.thalweg.pipeline;

import java.util.Map;
import reactor.core.publisher.Flux;

/** Port: where operators ask for something. */
public interface ControlSource {
  /** Nobody asks for anything. */
  ControlSource NONE =
      new ControlSource() {
        @Override
        public Map<String, String> topicIds() {
          return Map.of();
        }

        @Override
        public long unanswered() {
          return 0;
        }

        @Override
        public Flux<ControlRead> records(long from) {
          return Flux.never();
        }
      };

  /**
   * What tells the topic from one that is deleted and made anew under the same name.
   *
   * @return its name to the broker's id of it; may block
   */
  Map<String, String> topicIds();

  /**
   * Where a job begins that has no checkpoint to say it: what was answered in an earlier life is
   * not for it, what was asked since is.
   *
   * @return offset of the first command after the last one that was answered, the end when there is
   *     none; may block
   */
  long unanswered();

  /**
   * Where a job goes on that has a checkpoint: at its place, as long as the topic is the one that
   * the checkpoint knew. Of another one of the same name it is at {@link #unanswered}; that what
   * was not answered in the old one is lost is said, and stops nothing.
   *
   * @param next offset of the record to read next, as the checkpoint says
   * @param ids topic to id, as the checkpoint knew them; of earlier versions without this topic,
   *     and then it is taken for the same
   * @return offset of the record to read next; may block
   */
  default long resume(long next, Map<String, String> ids) {
    return next;
  }

  /**
   * The records from a place on, in order. One item is what came together, of bounded size, or that
   * the place has moved without anything asked for; nothing is read without demand. Cancelling
   * closes what was opened.
   *
   * @param from offset of the first one
   * @return what is read, on a thread of the source
   */
  Flux<ControlRead> records(long from);
}
