package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Weights of four points whose mean is to come near a target that no weights reach: F tends to 4.5
 * as all weight goes to one point, x to infinity, and every method is the slower the nearer it is.
 * Deterministic, from equal weights and their mean.
 */
final class CoresetSelection implements Experiment {
  private static final String VALUE = "upper-value";
  private static final String RESIDUAL = "lower-gradient";
  private static final String GAP = "upper-gap";
  private static final double INFIMUM = 4.5;
  private static final int STEPS = 25_001;

  CoresetSelection() {}

  @Override
  public String name() {
    return "coreset";
  }

  @Override
  public String summary() {
    return "Weights of four points towards a target outside their hull: relaxed flows, which leave a"
        + " residual, beside hypergradients, at a limit that is not attained.";
  }

  @Override
  public String source() {
    return "arXiv 2504.17215, coreset example; alpha and gamma 0.01, 25 000 steps";
  }

  @Override
  public String duration() {
    return "10 s";
  }

  @Override
  public List<Arm> arms() {
    return List.of(
        arm("rxgf-qp1", "alpha: 0.01, gamma: 0.01, lower-batches: 1"),
        arm("rxgf-qp2", "alpha: 0.01, gamma: 0.01, lower-batches: 1"),
        arm("sgf", "alpha: 0.1, gamma: 0.01, eps: 0.015, lower-batches: 1"),
        arm("soba", "rho: 0.5, gamma: 0.01, decay: 0"),
        arm("bgs-opt", "alpha: 0.01, beta: 0.5, rho: 0.5, delta: 1e-3, N: 1, M: 1"),
        arm("f2sa", "T: 1, alpha: 0.5, gamma: 0.5, xi: 0.02, growth: linear, delta: 0.01"));
  }

  private static Arm arm(String method, String keys) {
    return new Arm(method, SettingsText.read("method: " + method + ", " + keys));
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.decades(GAP, "F − 4.5"),
        Measure.decades(RESIDUAL, "|gy|"),
        Measure.plain(VALUE, "f"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 501 : STEPS, quick ? 10 : 50, quick ? 1.2 : 1.03, 1, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(GAP, 0.1), new Target(GAP, 0.01));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    // it ends in a cycle: where in it depends on the last bit of the start
    end(out, "rxgf-qp1", "f", VALUE, "4.4574", 4.4574 - 1e-2, 4.4574 + 1e-2);
    end(out, "rxgf-qp1", "|gy|", RESIDUAL, ".0152", 0.95 * 0.0152, 1.05 * 0.0152);
    for (String arm : List.of("soba", "bgs-opt")) {
      end(out, arm, "F − 4.5", GAP, "none; as near as the flow, 3e-3", 0, 5e-3);
    }
    return out;
  }

  private static void end(
      List<Expectation> out,
      String arm,
      String what,
      String measure,
      String published,
      double least,
      double most) {
    out.add(
        new Expectation(
            arm + ": " + what + " after 25 000 moves",
            published,
            List.of(arm),
            STEPS,
            1,
            Statistic.medianAt(arm, measure, STEPS),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return CoresetSelection::start;
  }

  private static Trial start(Arm arm, long seed) {
    Problem problem = Problems.create(Settings.of("problem", Map.of("type", "coreset")));
    Truth truth = Truth.withoutNoise(problem);
    Samples samples = Samples.noiseless(problem);
    Batch lower = samples.next(Level.LOWER, 1).get(0);
    Batch upper = samples.next(Level.UPPER, 1).get(0);
    double[] gy = new double[problem.lowerDim()];
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraint.NONE,
            samples,
            (x, y, out) -> {
              out[0] = truth.value(x) - INFIMUM;
              problem.gradLowerY(x, y, lower, gy);
              out[1] = Kernels.norm2(gy);
              out[2] = problem.upperValue(x, y, upper);
            }),
        seed);
  }
}
