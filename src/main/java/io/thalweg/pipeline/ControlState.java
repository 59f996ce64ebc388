package io.thalweg.pipeline;

/**
 * What operators have done to a run.
 *
 * @param pausedBy offset of the command that paused it, -1 where it is not paused
 * @param applied commands of this run that were obeyed
 * @param rejected commands of this run that were not
 * @param steered what is in force of them, whichever run took them
 */
public record ControlState(long pausedBy, long applied, long rejected, Steered steered) {
  /** Nobody asked for anything. */
  public static final ControlState NONE = new ControlState(-1, 0, 0);

  /**
   * Of a run whose method is as the job says.
   *
   * @param pausedBy offset of the command that paused it, -1 where it is not paused
   * @param applied commands of this run that were obeyed
   * @param rejected commands of this run that were not
   */
  public ControlState(long pausedBy, long applied, long rejected) {
    this(pausedBy, applied, rejected, Steered.NONE);
  }

  /**
   * Whether samples wait for an operator.
   *
   * @return true from {@code pause} to {@code resume}
   */
  public boolean isPaused() {
    return pausedBy >= 0;
  }
}
