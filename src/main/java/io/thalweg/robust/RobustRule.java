package io.thalweg.robust;

/**
 * How rows are reweighted, and when it is enough.
 *
 * @param variant what a round does
 * @param eps share of rows that may be bad, in (0, 1/3)
 * @param xi largest variance in any direction that is let through, not negative; NaN takes three
 *     times the median squared distance to the coordinate-wise median, per coordinate
 * @param step factor on the scores, in (0, 1]; NaN takes the variant's own: 1, 1/2 for {@link
 *     Variant#LOW_REGRET}
 * @param maxRounds most rounds, at least 0
 * @param tolerance a round that changes the largest variance by no more than this share is the
 *     last; 0 goes on
 * @param budget removed weight beyond which {@link Variant#FILTER} stops; 1 never stops it
 */
public record RobustRule(
    Variant variant,
    double eps,
    double xi,
    double step,
    int maxRounds,
    double tolerance,
    double budget) {
  /** Shares of bad rows that the method is meant for end here; itself outside. */
  public static final double MOST_BAD = 1.0 / 3;

  /** Most rounds where nothing else is said. */
  public static final int DEFAULT_ROUNDS = 500;

  /** Relative change that counts as none where nothing else is said. */
  public static final double DEFAULT_TOLERANCE = 1e-6;

  /** What a round does with the scores s_i, B being the largest among rows that have weight. */
  public enum Variant {
    /** q_i (1 - s_i / B), renormalised: the worst row goes in every round. */
    FILTER,
    /** q_i (1 - s_i / 2B), then the nearest point of the capped simplex in relative entropy. */
    LOW_REGRET,
    /** q - s / (n B), then the nearest point of the capped simplex. */
    GRADIENT
  }

  /**
   * Checks the ranges, so that NaN is only where it means something.
   *
   * @param variant what a round does
   * @param eps share of rows that may be bad, in (0, 1/3)
   * @param xi largest variance in any direction that is let through, not negative; NaN takes three
   *     times the median squared distance to the coordinate-wise median, per coordinate
   * @param step factor on the scores, in (0, 1]; NaN takes the variant's own: 1, 1/2 for {@link
   *     Variant#LOW_REGRET}
   * @param maxRounds most rounds, at least 0
   * @param tolerance a round that changes the largest variance by no more than this share is the
   *     last; 0 goes on
   * @param budget removed weight beyond which {@link Variant#FILTER} stops; 1 never stops it
   */
  public RobustRule {
    check(eps > 0 && eps < MOST_BAD, "eps", "in (0, 1/3)", eps);
    check(Double.isNaN(xi) || (xi >= 0 && xi <= Double.MAX_VALUE), "xi", "at least 0", xi);
    check(Double.isNaN(step) || (step > 0 && step <= 1), "step", "in (0, 1]", step);
    check(maxRounds >= 0, "max-rounds", "at least 0", maxRounds);
    check(tolerance >= 0 && tolerance < 1, "tolerance", "in [0, 1)", tolerance);
    check(budget > 0 && budget <= 1, "budget", "in (0, 1]", budget);
    if (Double.isNaN(step)) {
      step = variant == Variant.LOW_REGRET ? 0.5 : 1;
    }
  }

  /**
   * For the mean of one set of rows: rounds go on until the variance is small enough.
   *
   * @param variant what a round does
   * @param eps share of rows that may be bad
   * @param xi largest variance in any direction that is let through
   * @return the rule
   */
  public static RobustRule mean(Variant variant, double eps, double xi) {
    return new RobustRule(variant, eps, xi, Double.NaN, DEFAULT_ROUNDS, DEFAULT_TOLERANCE, 1);
  }

  /**
   * For the gradients of one mini-batch after the other: {@link Variant#FILTER} removes no more
   * than about 2 eps, and the variance that is let through comes from the rows.
   *
   * @param variant what a round does
   * @param eps share of rows that may be bad
   * @return the rule
   */
  public static RobustRule aggregate(Variant variant, double eps) {
    return new RobustRule(
        variant, eps, Double.NaN, Double.NaN, DEFAULT_ROUNDS, DEFAULT_TOLERANCE, 2 * eps);
  }

  /**
   * Rows below which nothing can be told: with fewer, less than two bad ones are expected.
   *
   * @return 2 / eps, rounded up
   */
  public int fewestRows() {
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(2 / eps));
  }

  private static void check(boolean holds, String name, String expected, double found) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + expected + ", but was " + found);
    }
  }
}
