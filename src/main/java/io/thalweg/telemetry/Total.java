package io.thalweg.telemetry;

/** The sum over all lives of a count that begins anew with each of them. */
final class Total {
  private long before;
  private long last;

  /** Takes the count as it stands now; gives the sum. */
  long of(long now) {
    if (now < last) {
      before += last;
    }
    last = now;
    return before + now;
  }
}
