package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Descent on the maximum over y, from a strict saddle and from near the flat saddle of a W-shaped
 * valley. The seed is that of the perturbations.
 */
final class MinimaxEscape implements Experiment {
  private static final String GAP = "upper-gap";
  private static final String AWAY = "distance-from-saddle";
  private static final double SADDLE_MINIMUM = -0.18792557610167387;
  private static final double VALLEY_MINIMUM = -0.016 / 3;
  private static final int STEPS = 6001;
  private static final int SEEDS = 10;

  MinimaxEscape() {}

  @Override
  public String name() {
    return "minimax";
  }

  @Override
  public String summary() {
    return "Perturbed multi-step gradient descent with ascent leaves saddles of minimax problems on"
        + " which the plain method stands.";
  }

  @Override
  public String source() {
    return "arXiv 2202.03684 (minimax part); test problems P2 and the W shape";
  }

  @Override
  public String duration() {
    return "20 s";
  }

  @Override
  public List<Arm> arms() {
    return List.of(
        new Arm("saddle-plain", gdmax(0.2, 0.4, 5, "off"), Map.of("problem", "minimax-saddle")),
        new Arm(
            "saddle-shift",
            gdmax(0.2, 0.4, 5, perturbation(0.01, 0.01, 60)),
            Map.of("problem", "minimax-saddle")),
        new Arm("valley-plain", gdmax(0.04, 0.1, 20, "off"), Map.of("problem", "w-shape")),
        new Arm(
            "valley-shift",
            gdmax(0.04, 0.1, 20, perturbation(1e-3, 0.05, 200)),
            Map.of("problem", "w-shape")));
  }

  private static Map<String, Object> perturbation(double eps, double r, int spacing) {
    return Map.of("mode", "shift", "eps", eps, "threshold", 0.8, "r", r, "spacing", spacing);
  }

  private static Map<String, Object> gdmax(double eta, double tau, int inner, Object perturbation) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "perturbed-gdmax");
    keys.put("eta", eta);
    keys.put("tau", tau);
    keys.put("inner-steps", inner);
    keys.put("perturbation", perturbation);
    return keys;
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(GAP, "Φ − Φ*"), Measure.decades(AWAY, "|x|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 300 : STEPS, quick ? 10 : 50, 1.05, quick ? 2 : SEEDS, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(GAP, 1e-3), new Target(GAP, 1e-6));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    out.add(
        new Expectation(
            "saddle-plain: largest |x|",
            "stays at 0",
            List.of("saddle-plain"),
            STEPS,
            1,
            Statistic.worstAt("saddle-plain", AWAY, STEPS),
            0,
            0));
    out.add(
        new Expectation(
            "valley-plain: largest |x|",
            "ends in the saddle, Φ = 0",
            List.of("valley-plain"),
            STEPS,
            1,
            Statistic.worstAt("valley-plain", AWAY, STEPS),
            0,
            1e-20));
    // perturbations go on at the minimum, by 2e-3 of x each: some 1e-5 of Φ
    gap(out, "saddle-shift", "6e-17 for generator 1 after 400 steps", 1e-5);
    gap(out, "valley-shift", "1.6e-8 for generator 1: |x2| = .59959", 1e-5);
    return out;
  }

  private static void gap(List<Expectation> out, String arm, String published, double most) {
    out.add(
        new Expectation(
            arm + ": Φ − Φ*, worst of ten generators",
            published,
            List.of(arm),
            STEPS,
            SEEDS,
            Statistic.worstAt(arm, GAP, STEPS),
            -1e-12,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return MinimaxEscape::start;
  }

  private static Trial start(Arm arm, long seed) {
    String type = arm.options().text("problem");
    boolean valley = type.equals("w-shape");
    Problem problem = Problems.create(Settings.of("problem", Map.of("type", type)));
    Truth truth = Truth.withoutNoise(problem);
    double minimum = valley ? VALLEY_MINIMUM : SADDLE_MINIMUM;
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            valley ? new double[] {0.01, 0.01, 0} : new double[2],
            new double[problem.lowerDim()],
            Constraint.NONE,
            Samples.noiseless(problem),
            (x, y, out) -> {
              out[0] = truth.value(x) - minimum;
              out[1] = Kernels.norm2(x);
            }),
        seed);
  }
}
