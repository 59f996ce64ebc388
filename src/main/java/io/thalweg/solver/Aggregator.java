package io.thalweg.solver;

import io.thalweg.robust.RobustRule;
import io.thalweg.robust.RobustRule.Variant;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part {@code robust} of a job: weights on the records of a batch, before any method. It
 * reaches the methods as a map of that name within the solver settings.
 */
final class Aggregator {
  static final String KEY = "robust";

  private static final List<String> VARIANTS = List.of("filter", "low-regret", "gradient", "none");
  private static final double EPS = 0.1;
  private static final Range SHARE = new Range(0, true, RobustRule.MOST_BAD, true);

  private static final Range TOLERANCES = new Range(0, false, 1, true);

  static final Parameter PARAMETER =
      Parameter.tree(
          KEY,
          List.of(
              Parameter.choice(
                  "aggregator",
                  VARIANTS,
                  VARIANTS.get(0),
                  "what a round does to the weights of the records; none: off"),
              Parameter.number(
                  "contamination", SHARE, EPS, "share of records that may be bad, below 1/3"),
              new Parameter(
                  "xi",
                  Parameter.Kind.NUMBER,
                  Range.NON_NEGATIVE,
                  List.of(),
                  null,
                  false,
                  "largest variance of the gradients in any direction that is let through; from the"
                      + " records of each batch when absent"),
              new Parameter(
                  "step",
                  Parameter.Kind.NUMBER,
                  Range.UNIT,
                  List.of(),
                  null,
                  false,
                  "how much of its weight the worst record loses in a round; 0.5 for low-regret,"
                      + " else 1, when absent"),
              Parameter.integer(
                  "max-rounds",
                  new Range(1, false, Double.POSITIVE_INFINITY, true),
                  RobustRule.DEFAULT_ROUNDS,
                  "most rounds per batch"),
              Parameter.number(
                  "tolerance",
                  TOLERANCES,
                  RobustRule.DEFAULT_TOLERANCE,
                  "a round that changes the largest variance by no more than this share is the"
                      + " last"),
              Parameter.of(
                  "dead-letters",
                  Parameter.Kind.FLAG,
                  false,
                  "send records that lost all their weight to the dead letters")),
          "weighs the records of every batch by their gradients, so that a share of bad ones does"
              + " no harm; off when absent");

  private Aggregator() {}

  /** The rule a job asks for, null without an aggregator. */
  static @Nullable RobustRule rule(Settings solver) {
    if (!solver.has(KEY)) {
      return null;
    }
    Settings own = solver.child(KEY);
    List<String> known = new ArrayList<>();
    PARAMETER.keys().forEach(key -> known.add(key.key()));
    Keys.allow(own, known);
    own.flag("dead-letters", false);
    double eps = own.number("contamination", EPS, SHARE);
    int rounds = Keys.atLeast(own, "max-rounds", RobustRule.DEFAULT_ROUNDS, 1);
    Variant variant = variant(own);
    if (variant == null) {
      return null;
    }
    RobustRule rule = RobustRule.aggregate(variant, eps);
    return new RobustRule(
        variant,
        eps,
        optional(own, "xi", Range.NON_NEGATIVE, rule.xi()),
        optional(own, "step", Range.UNIT, rule.step()),
        rounds,
        own.number("tolerance", rule.tolerance(), TOLERANCES),
        rule.budget());
  }

  private static @Nullable Variant variant(Settings own) {
    return switch (Keys.choice(own, "aggregator", VARIANTS, VARIANTS.get(0))) {
      case "low-regret" -> Variant.LOW_REGRET;
      case "gradient" -> Variant.GRADIENT;
      case "none" -> null;
      default -> Variant.FILTER;
    };
  }

  private static double optional(Settings own, String key, Range range, double otherwise) {
    return own.has(key) ? own.number(key, otherwise, range) : otherwise;
  }

  /**
   * Refuses batches that cannot be weighed: too few records to tell good from bad, or more
   * gradients than there is room for when the method joins batches into one.
   */
  static void checkBatch(Settings solver, String key, int rows, int joins, long gradient) {
    RobustRule rule = rule(solver);
    if (rule == null) {
      return;
    }
    if (rows < rule.fewestRows()) {
      throw new SettingException(
          solver.pathOf(key),
          "must be at least 2 / robust.contamination = "
              + rule.fewestRows()
              + " records, else no bad one can be told from a good one, but was "
              + rows);
    }
    long together = (long) rows * joins;
    if (gradient > 0 && together > RobustOracle.MOST_ENTRIES / gradient) {
      throw new SettingException(
          solver.pathOf(KEY),
          "keeps a gradient of "
              + gradient
              + " numbers for each of "
              + together
              + " records, more than the "
              + RobustOracle.MOST_ENTRIES
              + " it has room for: smaller batches, or a shorter model");
    }
  }
}
