package io.thalweg.pipeline;

import java.util.Map;

/**
 * A look at the loop while it runs; immutable, renewed with every cut and tick.
 *
 * @param step t of the method
 * @param version of the last snapshot taken
 * @param samples taken in since the job began
 * @param steps attempted since the job began
 * @param rejected samples refused in this run
 * @param leftOut samples of a level that the method does not read, in this run
 * @param waitingLower records and samples of the lower level read and not yet in a step
 * @param waitingUpper the same of the upper level
 * @param metrics the last published figures
 */
public record Progress(
    long step,
    long version,
    long samples,
    long steps,
    long rejected,
    long leftOut,
    long waitingLower,
    long waitingUpper,
    Map<String, Double> metrics) {
  /** Before anything happened. */
  public static final Progress NONE = new Progress(0, 0, 0, 0, 0, 0, 0, 0, Map.of());

  /**
   * Whether nothing has come in yet. The steps do not tell: step 1 of most methods is the initial
   * point, which takes no batches.
   *
   * @return true before the first sample of the job
   */
  public boolean isIdle() {
    return samples + rejected + leftOut + waitingLower + waitingUpper == 0;
  }
}
