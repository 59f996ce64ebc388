package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Descent from a strict saddle of F, started exactly there with y and v at 0: without a
 * perturbation nothing moves. The seed is that of the perturbations; noisy arms also draw their
 * noise from it.
 */
final class SaddleEscape implements Experiment {
  private static final String GAP = "upper-gap";
  private static final String AWAY = "distance-from-saddle";

  /** F at the two minimisers. */
  private static final double MINIMUM = -0.1470255843901347;

  private static final int STEPS = 401;
  private static final int SEEDS = 50;

  SaddleEscape() {}

  @Override
  public String name() {
    return "saddle-escape";
  }

  @Override
  public String summary() {
    return "Perturbed implicit descent leaves a strict saddle of the value function on which plain"
        + " descent stands for ever.";
  }

  @Override
  public String source() {
    return "arXiv 2202.03684 (perturbed AID); test problem P1: strict saddle at 0 with curvature −0.42";
  }

  @Override
  public String duration() {
    return "15 s";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    out.add(new Arm("plain", aid("off", "cg", 2)));
    out.add(new Arm("shift", aid("shift", "cg", 2)));
    out.add(new Arm("folded", aid("folded", "cg", 2)));
    out.add(new Arm("shift-neumann", aid("shift", "neumann", 20)));
    out.add(
        new Arm(
            "stocbio-noise",
            SettingsText.read(
                "method: stocbio, alpha: 0.4, beta: 0.1, inner-steps: 5, neumann-terms: 8, eta: 0.4"),
            Map.of("noise", true, "batch", 64)));
    out.add(
        new Arm(
            "stocbio-ineon-noise",
            SettingsText.read(
                "method: stocbio-ineon, eta: 0.1, tau: 0.4, inner-steps: 5, neumann-terms: 8, eta-n:"
                    + " 0.4, eps: 0.05, step-nc: 0.3, big-batch: 32"),
            Map.of("noise", true, "batch", 16)));
    return out;
  }

  private static Map<String, Object> aid(String mode, String solver, int rounds) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "perturbed-aid");
    keys.put("eta", 0.2);
    keys.put("tau", 0.4);
    keys.put("inner-steps", 5);
    keys.put("solver", solver);
    keys.put("solver-steps", rounds);
    if (solver.equals("neumann")) {
      keys.put("eta-n", 0.4);
    }
    keys.put(
        "perturbation",
        mode.equals("off")
            ? mode
            : Map.of("mode", mode, "eps", 0.01, "threshold", 0.8, "r", 0.01, "spacing", 60));
    return keys;
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(GAP, "F − F*"), Measure.decades(AWAY, "|x|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 150 : STEPS, quick ? 20 : 150, 1.05, quick ? 3 : SEEDS, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(GAP, 0.0070255844), new Target(GAP, 1e-6));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    out.add(
        new Expectation(
            "plain: largest |x|",
            "stays at exactly 0",
            List.of("plain"),
            STEPS,
            1,
            Statistic.worstAt("plain", AWAY, STEPS),
            0,
            0));
    // step 1 is the start, so that move k is step k + 1
    first(out, "shift", 101);
    first(out, "folded", 102);
    for (String arm : List.of("shift", "folded", "shift-neumann")) {
      out.add(
          new Expectation(
              arm + ": F − F* after 400 moves, worst of 50 generators",
              arm.equals("shift") ? "2.4e-8" : "like shift",
              List.of(arm),
              STEPS,
              SEEDS,
              Statistic.worstAt(arm, GAP, STEPS),
              -1e-12,
              1e-7));
    }
    out.add(
        new Expectation(
            "stocbio-noise: steps to F < −0.14, median",
            "leaves by its own noise, at move 130 to 190; marks are 5 % apart",
            List.of("stocbio-noise"),
            STEPS,
            10,
            Statistic.medianTo("stocbio-noise", GAP, 0.0070255844),
            130,
            200));
    out.add(
        new Expectation(
            "stocbio-ineon-noise: F − F* after 400 moves, worst of 50 seeds",
            "F ≤ −0.143 in 20 runs: at most 4e-3",
            List.of("stocbio-ineon-noise"),
            STEPS,
            20,
            Statistic.worstAt("stocbio-ineon-noise", GAP, STEPS),
            0,
            4e-3));
    return out;
  }

  private static void first(List<Expectation> out, String arm, int move) {
    out.add(
        new Expectation(
            arm + ", generator 1: move at which F < −0.14",
            Integer.toString(move),
            List.of(arm),
            STEPS,
            1,
            r -> r.reached(arm, GAP, 0.0070255844)[0] - 1,
            move,
            move));
  }

  @Override
  public Trials open(Shelf shelf) {
    return SaddleEscape::start;
  }

  private static Trial start(Arm arm, long seed) {
    Problem problem = Problems.create(Settings.of("problem", Map.of("type", "strict-saddle")));
    Truth truth = Truth.withoutNoise(problem);
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            new double[2],
            new double[2],
            Constraint.NONE,
            arm.options().flag("noise", false)
                ? noise(problem, arm.options().integer("batch"), new SplitMix64(seed))
                : Samples.noiseless(problem),
            (x, y, out) -> {
              out[0] = truth.value(x) - MINIMUM;
              out[1] = Kernels.norm2(x);
            }),
        seed);
  }

  private static Samples noise(Problem problem, int batch, SplitMix64 rng) {
    Map<Level, Batch> like =
        Map.of(
            Level.LOWER,
            new Batch(problem.schema(Level.LOWER), 1),
            Level.UPPER,
            new Batch(problem.schema(Level.UPPER), 1));
    return Samples.generated(
        batch,
        batch,
        like,
        (level, into) -> {
          int length = level == Level.LOWER ? 6 : 4;
          while (!into.isFull()) {
            into.openRow();
            Tables.put(into, "z", Starts.gaussian(length, 1, rng), 0, length);
            into.commitRow();
          }
        });
  }
}
