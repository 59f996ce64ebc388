package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import io.thalweg.watch.Adwin;
import io.thalweg.watch.DriftDetector;
import io.thalweg.watch.Ladder;
import io.thalweg.watch.PageHinkley;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts {@code drift} and {@code guard} of a job. They reach the methods as maps within {@code
 * watch} of the solver settings: a method may have a key {@code guard} of its own.
 *
 * @param detector which one, empty without
 * @param restarts whether a drift restarts the method's schedules and estimators
 * @param tolerance of the test of Page and Hinkley
 * @param threshold of the test of Page and Hinkley
 * @param confidence of ADWIN
 * @param rungs of the guard, null without one
 */
record Watch(
    String detector,
    boolean restarts,
    double tolerance,
    double threshold,
    double confidence,
    Ladder.@Nullable Rungs rungs) {
  static final String KEY = "watch";

  /** Entries of x and y together of which a guard keeps a copy: 128 MiB. */
  static final long MOST_ENTRIES = 1L << 24;

  private static final String DRIFT_KEY = "drift";
  private static final String GUARD_KEY = "guard";
  private static final String NONE = "none";
  private static final String PAGE_HINKLEY = "page-hinkley";
  private static final String ADWIN = "adwin";
  private static final List<String> DETECTORS = List.of(PAGE_HINKLEY, ADWIN, NONE);
  private static final String RESTART = "restart-schedule";
  private static final String REPORT = "report";
  private static final List<String> REACTIONS = List.of(RESTART, REPORT);
  private static final Range OPEN_UNIT = new Range(0, true, 1, true);
  private static final Range COUNT = new Range(1, false, Double.POSITIVE_INFINITY, true);

  static final double SMOOTHING = 0.02;
  static final double WORSENING = 0.2;
  static final int PATIENCE = 50;
  static final int SKIPS = 3;
  static final int ROLLBACKS = 5;
  static final int RECOVERY = 2000;

  static final Parameter DRIFT =
      Parameter.tree(
          DRIFT_KEY,
          List.of(
              Parameter.choice(
                  "detector",
                  DETECTORS,
                  PAGE_HINKLEY,
                  "what decides that losses of samples not yet learned have risen for good; none:"
                      + " off"),
              new Parameter(
                  "on-drift",
                  Parameter.Kind.CHOICE,
                  Range.ANY,
                  REACTIONS,
                  null,
                  false,
                  "restart-schedule: step sizes begin anew and estimators forget, x and y stay;"
                      + " report: an event, nothing else. When absent, restart-schedule, but report"
                      + " for auto"),
              Parameter.number(
                  "tolerance",
                  Range.NON_NEGATIVE,
                  PageHinkley.TOLERANCE,
                  "page-hinkley: rise, in standard deviations of a step's loss, that is let pass"),
              Parameter.number(
                  "threshold",
                  Range.POSITIVE,
                  PageHinkley.THRESHOLD,
                  "page-hinkley: sum of rises beyond it that is a drift; higher is later and surer"),
              Parameter.number(
                  "confidence",
                  OPEN_UNIT,
                  Adwin.CONFIDENCE,
                  "adwin: bound on the chance of a false alarm at a step; lower is later and"
                      + " surer")),
          "watches the losses for a drift of the stream; off when absent");

  static final Parameter GUARD =
      Parameter.tree(
          GUARD_KEY,
          List.of(
              Parameter.number(
                  "smoothing",
                  Range.UNIT,
                  SMOOTHING,
                  "weight of the newest validation loss in the smoothed one"),
              Parameter.number(
                  "worsening",
                  Range.POSITIVE,
                  WORSENING,
                  "share of the least smoothed validation loss that it may rise above it"),
              Parameter.integer(
                  "patience",
                  COUNT,
                  PATIENCE,
                  "steps in a row above it before something is done, on which the best point so far"
                      + " is compared"),
              Parameter.integer(
                  "skips", COUNT, SKIPS, "steps in a row that are skipped before steps are halved"),
              Parameter.integer(
                  "rollbacks",
                  Range.NON_NEGATIVE,
                  ROLLBACKS,
                  "how often the best point is taken up again before the run ends"),
              Parameter.integer(
                  "recovery",
                  COUNT,
                  RECOVERY,
                  "steps without trouble after which halved steps are doubled and the ladder begins"
                      + " at its foot")),
          "keeps the best point so far; skips steps that are not finite, halves the steps, goes back"
              + " to that point and at last ends the run when a method goes wrong; off when absent");

  /** What a job asks for, null when that is nothing. */
  static @Nullable Watch of(Settings solver, Method method) {
    Settings watch = solver.child(KEY);
    Settings drift = watch.child(DRIFT_KEY);
    Keys.allow(drift, DRIFT.keys().stream().map(Parameter::key).toList());
    String detector =
        watch.has(DRIFT_KEY) ? Keys.choice(drift, "detector", DETECTORS, PAGE_HINKLEY) : NONE;
    String usual = method.startsItself() ? REPORT : RESTART;
    boolean restarts = Keys.choice(drift, "on-drift", REACTIONS, usual).equals(RESTART);
    Watch out =
        new Watch(
            detector,
            restarts,
            drift.number("tolerance", PageHinkley.TOLERANCE, Range.NON_NEGATIVE),
            drift.number("threshold", PageHinkley.THRESHOLD, Range.POSITIVE),
            drift.number("confidence", Adwin.CONFIDENCE, OPEN_UNIT),
            watch.has(GUARD_KEY) ? rungs(watch.child(GUARD_KEY)) : null);
    return out.detects() || out.rungs != null ? out : null;
  }

  private static Ladder.Rungs rungs(Settings guard) {
    Keys.allow(guard, GUARD.keys().stream().map(Parameter::key).toList());
    return new Ladder.Rungs(
        guard.number("smoothing", SMOOTHING, Range.UNIT),
        guard.number("worsening", WORSENING, Range.POSITIVE),
        Keys.count(guard, "patience", PATIENCE),
        Keys.count(guard, "skips", SKIPS),
        Keys.atLeast(guard, "rollbacks", ROLLBACKS, 0),
        Keys.count(guard, "recovery", RECOVERY));
  }

  boolean detects() {
    return !detector.equals(NONE);
  }

  /** The detector at its beginning, null without one. */
  @Nullable DriftDetector create() {
    return switch (detector) {
      case PAGE_HINKLEY -> new PageHinkley(tolerance, threshold);
      case ADWIN -> new Adwin(confidence);
      default -> null;
    };
  }

  /** Refuses a guard that could do nothing, or would take too much room. */
  void check(Settings solver, MethodInfo info, boolean startsItself, long entries) {
    if (rungs == null) {
      return;
    }
    String path = solver.child(KEY).pathOf(GUARD_KEY);
    if (startsItself) {
      throw new SettingException(
          path,
          "has no meaning for "
              + info.id()
              + ", which keeps the reference alive and trusts whichever member predicts best;"
              + " drift is what can watch it");
    }
    if (entries > MOST_ENTRIES) {
      throw new SettingException(
          path,
          "keeps a copy of x and y of at most "
              + MOST_ENTRIES
              + " entries together, but they have "
              + entries);
    }
    if (StepSizes.scaled(solver, info, 1) == null) {
      throw new SettingException(
          path,
          "halves step sizes, but "
              + info.id()
              + " takes its own from the problem: give solver."
              + String.join(" or solver.", StepSizes.of(info.id())));
    }
  }
}
