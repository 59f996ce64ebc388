package io.thalweg.pipeline;

/**
 * How often a method refused a step, and whether that is how it stands.
 *
 * @param total refused steps since the job began
 * @param inRow how many of them were the last ones; 0 when the last step advanced
 * @param reason why the last one was refused, empty before the first
 * @param method id of the method
 */
public record Refusals(long total, long inRow, String reason, String method) {
  /** Before any step. */
  public static final Refusals NONE = new Refusals(0, 0, "", "");

  /**
   * Whether a run that ends here ends diverged: its last step was refused, and no fewer steps were
   * refused than advanced. A long run that meets one bad batch at its end has not diverged.
   *
   * @param steps attempted, refused ones included
   * @return true when what the run leaves behind is no result
   */
  public boolean prevail(long steps) {
    return inRow > 0 && total >= steps - total;
  }

  /**
   * The end of a run that diverged.
   *
   * @return names the last reason and what may help
   */
  public DivergedException diverged() {
    return new DivergedException(
        inRow
            + (inRow == 1
                ? " step was refused because "
                : " steps in a row were refused, the last because ")
            + reason
            + "; smaller step sizes (thalweg methods "
            + method
            + " lists them) or a smaller upper box may help");
  }
}
