package io.thalweg.pipeline;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Number and total time of steps, written by the thread that steps and read by any. */
public final class StepTimes {
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private volatile LongConsumer listener = took -> {};

  StepTimes() {}

  /**
   * Somebody who is told of every step, on the thread that steps.
   *
   * @param each hears how many nanoseconds a step took
   */
  public void tell(LongConsumer each) {
    listener = each;
  }

  /** One writer: no need to compare and swap. */
  void add(long took) {
    listener.accept(took);
    nanos.lazySet(nanos.get() + took);
    count.lazySet(count.get() + 1);
  }

  /**
   * Steps so far.
   *
   * @return their number
   */
  public long count() {
    return count.get();
  }

  /**
   * Time they took.
   *
   * @return nanoseconds, all of them together
   */
  public long nanos() {
    return nanos.get();
  }
}
