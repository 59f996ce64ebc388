package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Linear regression from a stream of windows of 40 records of which a tenth are bad: an adversary
 * repeats one far record with one wrong answer. Stochastic steps on the mean gradient follow the
 * adversary; on the robust mean of the gradients they do not. The model is the lower level of ridge
 * regression with a negligible penalty; the aggregator stands in front of the method.
 */
final class RobustStream implements Experiment {
  private static final String ERROR = "parameter-error";
  private static final double[] TRUTH = {1, -2, 0.5};
  private static final int WINDOW = 40;
  private static final double BAD = 0.1;
  private static final int STEPS = 401;
  private static final int SEEDS = 10;

  RobustStream() {}

  @Override
  public String name() {
    return "robust-mean";
  }

  @Override
  public String summary() {
    return "Regression from a stream with a tenth of bad records: mean gradients against robust means of"
        + " gradients.";
  }

  @Override
  public String source() {
    return "arXiv 2005.14073 (generalised quasi-gradients) in front of stochastic steps; windows of 40"
        + " records";
  }

  @Override
  public String duration() {
    return "10 s";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    out.add(arm("mean", "soba", null));
    for (String variant : List.of("filter", "low-regret", "gradient")) {
      out.add(arm(variant, "soba", variant));
    }
    out.add(arm("mean-without-bad", "soba", null));
    return out;
  }

  private static Arm arm(String name, String method, @Nullable String variant) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    keys.put("rho", 0.3);
    keys.put("gamma", 1e-12);
    keys.put("decay", 0.5);
    if (variant != null) {
      keys.put("robust", Map.of("aggregator", variant, "contamination", 0.15));
    }
    return new Arm(name, keys, Map.of("bad", name.equals("mean-without-bad") ? 0 : BAD));
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(ERROR, "|y − y*|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 50 : STEPS, quick ? 5 : 20, 1.06, quick ? 2 : SEEDS, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(ERROR, 0.1), new Target(ERROR, 0.02));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    end(out, "mean", "7.55: goes where the bad records pull", 1, Double.POSITIVE_INFINITY);
    end(out, "filter", ".006", 0, 0.02);
    for (String arm : List.of("low-regret", "gradient")) {
      end(out, arm, "none; far below the plain mean", 0, 1);
    }
    return out;
  }

  private static void end(
      List<Expectation> out, String arm, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": |y − y*| after 400 windows, median",
            published,
            List.of(arm),
            STEPS,
            SEEDS,
            Statistic.medianAt(arm, ERROR, STEPS),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return RobustStream::start;
  }

  private static Trial start(Arm arm, long seed) {
    int d = TRUTH.length;
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "ridge-regression",
                    "features",
                    d,
                    "bias",
                    false,
                    "hyperparameters",
                    Map.of("l2", Map.of("per", "global", "init", -12)))));
    SplitMix64 rng = new SplitMix64(seed);
    double bad = arm.options().number("bad");
    Map<Level, Batch> like =
        Map.of(
            Level.LOWER,
            new Batch(problem.schema(Level.LOWER), 1),
            Level.UPPER,
            new Batch(problem.schema(Level.UPPER), 1));
    Samples samples =
        Samples.generated(
            WINDOW,
            WINDOW,
            like,
            (level, into) -> {
              while (!into.isFull()) {
                record(into, rng, bad);
              }
            });
    double[] start = new double[problem.upperDim()];
    Arrays.fill(start, -12);
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            start,
            new double[d],
            Constraint.NONE,
            samples,
            (x, y, out) -> {
              double square = 0;
              for (int j = 0; j < d; j++) {
                square += (y[j] - TRUTH[j]) * (y[j] - TRUTH[j]);
              }
              out[0] = Math.sqrt(square);
            }),
        seed);
  }

  private static void record(Batch into, SplitMix64 rng, double bad) {
    boolean wrong = rng.uniform() < bad;
    double[] a = Starts.gaussian(TRUTH.length, 1, rng);
    double answer = 0.1 * rng.gaussian();
    for (int j = 0; j < a.length; j++) {
      if (wrong) {
        a[j] = 2;
      }
      answer += a[j] * TRUTH[j];
    }
    into.openRow();
    Tables.put(into, "x", a, 0, a.length);
    into.set(into.schema().column("y"), 0, wrong ? -30 : answer);
    into.commitRow();
  }
}
