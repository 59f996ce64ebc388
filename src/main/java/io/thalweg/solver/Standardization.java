package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.RowModel;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;

/**
 * How features are brought to unit size on their way to a method. The statistics are part of the
 * method's state, so that a run that is taken up again, or recomputed, scales as the first one did.
 *
 * @param clip how many standard deviations from its mean an entry may lie; those further out count
 *     as lying there, in the statistics as if twice as far
 * @param halfLife records that hold a feature after which one of its records counts half; infinite
 *     to forget nothing
 */
public record Standardization(double clip, double halfLife) {
  /** Range of {@link #clip}. */
  public static final Range CLIPS = Range.closed(1, 1e6);

  /** Range of {@link #halfLife}. */
  public static final Range HALF_LIVES = new Range(10, false, Double.POSITIVE_INFINITY, false);

  /** Leaves what is normally distributed alone and forgets nothing. */
  public static final Standardization DEFAULTS = new Standardization(5, Double.POSITIVE_INFINITY);

  /** Where a job asks for it. */
  private static final String KEY = "samples.standardize";

  /**
   * Checks the ranges.
   *
   * @param clip how many standard deviations from its mean an entry may lie
   * @param halfLife records that hold a feature after which one of its records counts half
   */
  public Standardization {
    check(CLIPS, "clip", clip);
    check(HALF_LIVES, "half-life", halfLife);
  }

  private static void check(Range range, String key, double value) {
    if (!range.contains(value)) {
      throw new SettingException(
          KEY + "." + key, "expected a number in " + range + ", found " + value);
    }
  }

  /**
   * A solver that is given standardised features and hands out models of the features as they come.
   *
   * @param solver fresh, at its starting point
   * @param oracle the problem it works on
   * @return the two together
   * @throws SettingException when the problem's model is not a linear one of its features, so that
   *     it cannot be told in their own units
   */
  public Solver around(Solver solver, BilevelOracle oracle) {
    RowModel model = oracle.as(RowModel.class);
    SampleSchema lower = oracle.schema(Level.LOWER);
    if (model == null || lower.featuresColumn() != 0) {
      throw new SettingException(
          KEY,
          "needs a problem whose model is linear in its features: logistic-regression,"
              + " softmax-regression or ridge-regression");
    }
    boolean centred = model.hasBias() && !lower.sparse();
    FeatureScale scale = new FeatureScale(model.features(), lower.sparse(), centred, this);
    return new StandardisingSolver(solver, model, scale);
  }
}
