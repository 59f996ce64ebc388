package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.watch.DriftDetector;
import io.thalweg.watch.Ladder;
import io.thalweg.watch.Slots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A method under the eyes of a drift detector, a guard, or both. All they know is part of the
 * state, so what they do is as reproducible as a step.
 *
 * <p>To restart, the method begins again at the point where it is: its schedules at t = 0, its
 * estimators on the next batches, its generator further on; x and y stay. That means the same for
 * every method and asks nothing of it. Halving the steps is the same state under a method of half
 * the step sizes.
 *
 * <p>The detector hears the prequential loss where the problem predicts, else the loss of the upper
 * batch; the guard hears the loss of the upper batch. Without a guard a refused step changes
 * nothing; with one it is counted.
 */
final class WatchedSolver extends ForwardingSolver {
  private static final String PREFIX = "watch.";
  private static final String COUNTS = "watch.counts";
  private static final String SCALE = "watch.scale";
  private static final String BEST_X = "watch.best-x";
  private static final String BEST_Y = "watch.best-y";
  private static final int STEPS_BEFORE = 0;
  private static final int DRIFTS = 1;
  private static final int LIVES = 2;

  private final Solver solver;

  /** The same; null for a method that knows how to begin anew itself. */
  private final @Nullable SteeredSolver steered;

  private final BilevelOracle oracle;
  private final @Nullable DriftDetector detector;
  private final boolean restarts;
  private final @Nullable Ladder ladder;
  private long drifts;

  /** The present point while it is judged beside the best one; empty without a guard. */
  private final double[] x;

  private final double[] y;
  private final double[] bestX;
  private final double[] bestY;
  private final List<Noticed> noticed = new ArrayList<>();
  private @Nullable String end;

  /** An event that nobody has asked for yet. */
  private record Noticed(long step, String kind, String reason, Map<String, Double> figures) {}

  WatchedSolver(Watch watch, Solver solver, BilevelOracle oracle) {
    this.solver = solver;
    this.steered = solver instanceof SteeredSolver s ? s : null;
    this.oracle = oracle;
    this.detector = watch.create();
    this.restarts = watch.restarts();
    Ladder.Rungs rungs = watch.rungs();
    this.ladder = rungs == null ? null : new Ladder(rungs);
    x = new double[ladder == null ? 0 : solver.upperDim()];
    y = new double[ladder == null ? 0 : solver.lowerDim()];
    bestX = new double[x.length];
    bestY = new double[y.length];
    keepBest();
  }

  @Override
  Solver solver() {
    return solver;
  }

  @Override
  public boolean costGrowsWithModel() {
    return ladder != null || solver.costGrowsWithModel();
  }

  @Override
  public Verdict step(StepInput input) {
    end = null;
    double present = Double.NaN;
    double best = Double.NaN;
    Batch judged = input.upper().isEmpty() ? null : input.upper().get(0);
    if (ladder != null && judged != null && judged.size() > 0 && ladder.isAlarmed()) {
      solver.upper(x);
      solver.lower(y);
      present = oracle.upperValue(x, y, judged);
      best = oracle.upperValue(bestX, bestY, judged);
    }
    Verdict verdict = solver.step(input);
    if (verdict instanceof Verdict.Refused refused) {
      refused(refused.reason());
    } else {
      taken(judged, present, best);
    }
    return verdict;
  }

  private void refused(String reason) {
    if (ladder == null) {
      return;
    }
    Ladder.Measure measure = ladder.skipped();
    notice("step-skipped", reason, Map.of());
    take(measure, "steps cannot be taken: " + reason);
  }

  private void taken(@Nullable Batch judged, double present, double best) {
    if (ladder != null && judged != null) {
      Ladder.Measure measure = ladder.taken(figures().upperLoss(), present, best);
      take(
          measure,
          measure == Ladder.Measure.NONE || measure == Ladder.Measure.NOTE
              ? ""
              : "the smoothed validation loss is "
                  + brief(ladder.heard())
                  + ", "
                  + brief(ladder.against())
                  + " at its best");
    }
    if (detector != null) {
      listen(detector, judged);
    }
  }

  private void take(Ladder.Measure measure, String why) {
    switch (measure) {
      case NONE -> {}
      case NOTE -> keepBest();
      case RENEW -> {
        keepBest();
        notice(
            "best-renewed", why + "; it would do no better now: the stream has changed", sizes());
      }
      case HALVE -> {
        rescale();
        notice("step-halved", why, sizes());
      }
      case DOUBLE -> {
        rescale();
        notice("step-doubled", "no trouble for long", sizes());
      }
      case ROLL_BACK -> {
        rollBack();
        notice("rolled-back", why, sizes());
      }
      case STOP -> {
        rollBack();
        notice("diverged", why, sizes());
        end = history(why);
      }
    }
  }

  private Map<String, Double> sizes() {
    Map<String, Double> out = new LinkedHashMap<>();
    if (ladder != null) {
      out.put("step-scale", ladder.scale());
      out.put("best-step", (double) ladder.bestStep());
      if (Double.isFinite(ladder.best())) {
        out.put("best-upper-loss", ladder.best());
      }
    }
    return out;
  }

  private String history(String why) {
    Ladder l = ladder;
    return l == null
        ? why
        : "the guard has come to the end of its ladder at step "
            + steps()
            + ": "
            + l.skips()
            + " steps skipped, steps halved "
            + l.halvings()
            + " times, the point of step "
            + l.bestStep()
            + " taken up again "
            + l.rollbacks()
            + " times, and still "
            + why;
  }

  private void keepBest() {
    if (ladder != null) {
      solver.upper(bestX);
      solver.lower(bestY);
      ladder.noted(steps());
    }
  }

  private void rescale() {
    if (ladder != null && steered != null) {
      steered.pace(ladder.scale());
    }
  }

  private void rollBack() {
    if (ladder != null && steered != null) {
      steered.begin(bestX, bestY, ladder.scale());
    }
  }

  private void restart() {
    if (steered != null) {
      steered.restart();
    } else if (solver instanceof Restartable own) {
      own.restart();
    }
    forgetBest();
  }

  private void forgetBest() {
    if (ladder != null) {
      ladder.restart();
      keepBest();
    }
  }

  /**
   * A method that was told to begin anew is judged anew, from where it then is; bounds hold for the
   * best point too, which may be taken up again.
   */
  @Override
  public @Nullable String steer(Command command, Command.Units units) {
    String refused = solver.steer(command, units);
    if (refused != null) {
      return refused;
    }
    if (command instanceof Command.ResetEstimators || command instanceof Command.RollBack) {
      forgetBest();
    } else if (ladder != null && steered != null) {
      steered.hold(bestX);
    }
    return null;
  }

  private void listen(DriftDetector ear, @Nullable Batch judged) {
    double[] scores = figures().scores();
    boolean predicts = scores[2] > 0;
    double loss = predicts ? scores[0] / scores[2] : figures().upperLoss();
    double samples = predicts ? scores[2] : judged == null ? 0 : judged.size();
    if (!(samples > 0) || !Double.isFinite(loss) || !ear.add(loss, samples)) {
      return;
    }
    drifts++;
    Map<String, Double> of = new LinkedHashMap<>();
    of.put("loss-before", ear.before());
    of.put("loss-after", ear.after());
    notice(
        "drift",
        (predicts ? "the prequential loss" : "the validation loss")
            + " has risen from "
            + brief(ear.before())
            + " to "
            + brief(ear.after())
            + (restarts ? ": schedules and estimators begin anew" : ""),
        of);
    if (restarts) {
      restart();
    }
  }

  /** For people: the figures of an event have every digit. */
  private static String brief(double loss) {
    return Float.toString((float) loss);
  }

  private void notice(String kind, String reason, Map<String, Double> of) {
    noticed.add(new Noticed(steps(), kind, reason, of));
  }

  @Override
  public void events(EventSink sink) {
    for (Noticed event : noticed) {
      sink.event(event.step(), event.kind(), event.reason(), event.figures());
    }
    noticed.clear();
  }

  @Override
  public boolean judgesRefusals() {
    return ladder != null;
  }

  @Override
  public @Nullable String end() {
    return end;
  }

  @Override
  public void report(Report sink) {
    solver.report(sink);
    if (detector != null) {
      sink.figure("drift-events", (double) drifts);
    }
    if (ladder != null) {
      sink.figure("smoothed-upper-loss", ladder.smoothed());
      sink.figure("best-upper-loss", ladder.best());
      sink.figure("best-step", (double) ladder.bestStep());
      sink.figure("step-scale", ladder.scale());
      sink.figure("skipped-steps", (double) ladder.skips());
      sink.figure("halvings", (double) ladder.halvings());
      sink.figure("rollbacks", (double) ladder.rollbacks());
    }
  }

  @Override
  public void save(StateSink sink) {
    solver.save(sink);
    long[] counts = new long[3];
    counts[DRIFTS] = drifts;
    if (steered != null) {
      counts[STEPS_BEFORE] = steered.before();
      counts[LIVES] = steered.lives();
    }
    sink.longs(COUNTS, counts);
    state(
        new Slots() {
          @Override
          public void doubles(String name, double[] live) {
            sink.doubles(PREFIX + name, live, 0, live.length);
          }

          @Override
          public void longs(String name, long[] live) {
            sink.longs(PREFIX + name, live);
          }
        });
    if (ladder != null) {
      sink.doubles(SCALE, new double[] {steered == null ? 1 : steered.pace()}, 0, 1);
      sink.doubles(BEST_X, bestX, 0, bestX.length);
      sink.doubles(BEST_Y, bestY, 0, bestY.length);
    }
  }

  private void state(Slots slots) {
    if (detector != null) {
      detector.state(slots);
    }
    if (ladder != null) {
      ladder.state(slots);
    }
  }

  /** A state without detector or guard is that of a job that had none: it begins here. */
  @Override
  public void restore(StateSource source) {
    noticed.clear();
    end = null;
    if (!source.has(COUNTS)) {
      restore(source, steered == null ? 1 : steered.pace());
      keepBest();
      return;
    }
    boolean guarded = ladder != null && source.has(SCALE);
    Consumer<Slots> held =
        slots -> {
          if (detector != null && holds(source, detector)) {
            detector.state(slots);
          }
          if (ladder != null && guarded) {
            ladder.state(slots);
          }
        };
    // once for nothing, so that a source that lacks a piece leaves the state as it was
    held.accept(new Kept.Reading(source, PREFIX, true));
    long[] counts = new long[3];
    source.longs(COUNTS, counts);
    double[] scale = {1};
    if (guarded) {
      source.doubles(BEST_X, x, 0, x.length);
      source.doubles(BEST_Y, y, 0, y.length);
      source.doubles(SCALE, scale, 0, 1);
    }
    restore(source, scale[0]);
    held.accept(new Kept.Reading(source, PREFIX, false));
    drifts = counts[DRIFTS];
    if (steered != null) {
      steered.lived(counts[STEPS_BEFORE], counts[LIVES]);
    }
    if (guarded) {
      source.doubles(BEST_X, bestX, 0, x.length);
      source.doubles(BEST_Y, bestY, 0, y.length);
    } else {
      keepBest();
    }
  }

  /** Whether a state has anything of a detector. */
  private static boolean holds(StateSource source, DriftDetector ear) {
    boolean[] any = {false};
    ear.state(
        new Slots() {
          @Override
          public void doubles(String name, double[] live) {
            any[0] |= source.has(PREFIX + name);
          }

          @Override
          public void longs(String name, long[] live) {
            any[0] |= source.has(PREFIX + name);
          }
        });
    return any[0];
  }

  private void restore(StateSource source, double scale) {
    if (steered == null) {
      solver.restore(source);
    } else {
      steered.restore(source, scale);
    }
  }
}
