package io.thalweg.kafka;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a source treats what it cannot read.
 *
 * @param continueOnDataLoss false: missing records, a topic made anew or another partition count
 *     end the stream with an explanation; true: reading goes on at the earliest record there is
 * @param onDataLoss is told of every loss before reading goes on; called on a thread of the source
 * @param watchEvery how often topics are compared with what they were at the start
 * @param timeOrder whether the partitions of a topic come in the order of their timestamps, as far
 *     as they are there; else as they are fetched
 */
public record SourceOptions(
    boolean continueOnDataLoss,
    Consumer<DataLoss> onDataLoss,
    Duration watchEvery,
    boolean timeOrder) {
  /** Stop at any loss; look at the topics every ten seconds. */
  public static final SourceOptions DEFAULTS =
      new SourceOptions(false, loss -> {}, Duration.ofSeconds(10), false);

  /**
   * Checks the interval.
   *
   * @param continueOnDataLoss false: missing records, a topic made anew or another partition count
   *     end the stream with an explanation; true: reading goes on at the earliest record there is
   * @param onDataLoss is told of every loss before reading goes on; called on a thread of the
   *     source
   * @param watchEvery how often topics are compared with what they were at the start
   * @param timeOrder whether the partitions of a topic come in the order of their timestamps, as
   *     far as they are there; else as they are fetched
   */
  public SourceOptions {
    if (watchEvery.isNegative() || watchEvery.isZero()) {
      throw new IllegalArgumentException("watchEvery must be positive, but was " + watchEvery);
    }
  }

  /**
   * Go on at the earliest record there is, and say so.
   *
   * @param listener is told of every loss
   * @return a copy
   */
  public SourceOptions continuing(Consumer<DataLoss> listener) {
    return new SourceOptions(true, listener, watchEvery, timeOrder);
  }

  /**
   * Another interval between looks at the topics.
   *
   * @param interval positive
   * @return a copy
   */
  public SourceOptions watching(Duration interval) {
    return new SourceOptions(continueOnDataLoss, onDataLoss, interval, timeOrder);
  }

  /**
   * The partitions of a topic in the order of their timestamps.
   *
   * @return a copy
   */
  public SourceOptions inTimeOrder() {
    return new SourceOptions(continueOnDataLoss, onDataLoss, watchEvery, true);
  }
}
