package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param lacking the level that has too few samples for the next step where the other one has
 *     enough; null where both have, or neither
 * @param refusals steps that were refused
 * @param metrics the last published figures
 * @param control what operators have done to this run
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
    @Nullable Level lacking,
    Refusals refusals,
    Map<String, Double> metrics,
    ControlState control) {
  /** Before anything happened. */
  public static final Progress NONE =
      new Progress(0, 0, 0, 0, 0, 0, 0, 0, null, Refusals.NONE, Map.of());

  /**
   * A look at a run that no operator has touched.
   *
   * @param step t of the method
   * @param version of the last snapshot taken
   * @param samples taken in since the job began
   * @param steps attempted since the job began
   * @param rejected samples refused in this run
   * @param leftOut samples of a level that the method does not read, in this run
   * @param waitingLower records and samples of the lower level read and not yet in a step
   * @param waitingUpper the same of the upper level
   * @param lacking the level that has too few samples for the next step, or null
   * @param refusals steps that were refused
   * @param metrics the last published figures
   */
  public Progress(
      long step,
      long version,
      long samples,
      long steps,
      long rejected,
      long leftOut,
      long waitingLower,
      long waitingUpper,
      @Nullable Level lacking,
      Refusals refusals,
      Map<String, Double> metrics) {
    this(
        step,
        version,
        samples,
        steps,
        rejected,
        leftOut,
        waitingLower,
        waitingUpper,
        lacking,
        refusals,
        metrics,
        ControlState.NONE);
  }

  /**
   * The level that the next step waits for.
   *
   * @return {@code train} or {@code validation}, empty where {@link #lacking} is null
   */
  public String lackingRole() {
    Level level = lacking;
    return level == null ? "" : level.role();
  }

  /**
   * Whether nothing has come in yet. The steps do not tell: step 1 of most methods is the initial
   * point, which takes no batches.
   *
   * @return true before the first sample of the job
   */
  public boolean isIdle() {
    return samples + rejected + leftOut + waitingLower + waitingUpper == 0;
  }

  /**
   * Records and samples of a level that were read and are in no step yet.
   *
   * @param level which level
   * @return their number
   */
  public long waiting(Level level) {
    return level == Level.LOWER ? waitingLower : waitingUpper;
  }
}
