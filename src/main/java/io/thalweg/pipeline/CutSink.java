package io.thalweg.pipeline;

import io.thalweg.stream.Cut;
import reactor.core.publisher.Mono;

/**
 * Port: where cuts become visible, all of a cut or nothing of it, in order. An implementation may
 * gather cuts that arrive while an earlier commit is under way and commit them together.
 */
public interface CutSink {
  /**
   * Takes a cut.
   *
   * @param cut the next cut
   * @return completes when the next cut may come (which may be before this one is durable), fails
   *     when this or an earlier cut could not be committed
   */
  Mono<Void> accept(Cut cut);

  /**
   * Waits for everything accepted.
   *
   * @return completes when the last cut is durable
   */
  Mono<Void> flush();

  /**
   * Cuts that were accepted and are not durable yet.
   *
   * @return their number now
   */
  default int waiting() {
    return 0;
  }

  /**
   * How many may be so before the next one has to wait.
   *
   * @return a number of cuts, 0 where it is not known
   */
  default int mostWaiting() {
    return 0;
  }

  /**
   * What a commit costs, for a cadence that adapts.
   *
   * @return smoothed nanoseconds of the last commits, 0 before the first
   */
  default long commitNanos() {
    return 0;
  }
}
