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
 * Methods that unroll the lower level or follow its value, on the strict saddle problem entered
 * beside the saddle, at x = (0.7, -0.3) and y = 0: how near the minimum their truncation, barrier
 * or penalty lets them come. Deterministic, so that one seed tells all.
 */
final class StrictSaddleDescent implements Experiment {
  private static final String GAP = "upper-gap";
  private static final String RESIDUAL = "lower-gradient";

  /** F at the two minimisers. */
  private static final double MINIMUM = -0.1470255843901347;

  private static final int STEPS = 601;

  StrictSaddleDescent() {}

  @Override
  public String name() {
    return "strict-saddle";
  }

  @Override
  public String summary() {
    return "Unrolling and value-function methods from beside a strict saddle: what truncation, barrier"
        + " and penalty leave of F − F*.";
  }

  @Override
  public String source() {
    return "BGS-Opt (Arbel, Mairal, NeurIPS 2022), BVFIM (Liu et al., ICML 2021), both reconstructed, and"
        + " the papers of the other arms; test problem P1 from (0.7, −0.3)";
  }

  @Override
  public String duration() {
    return "5 s";
  }

  @Override
  public List<Arm> arms() {
    String bgs = "method: bgs-opt, alpha: 0.2, beta: 0.4, rho: 0.15, delta: 1e-3, N: 5";
    String values = ", lr-x: 0.05, lr-y: 0.05, lr-z: 0.3, kz: 20, ky: 20";
    return List.of(
        arm("bgs-opt", bgs + ", M: 10"),
        arm("bgs-opt-unrolled", bgs + ", M: 0"),
        arm("bvfim", "method: bvfim" + values),
        arm("bvfsm", "method: bvfsm" + values + ", sigma: 1"),
        arm("bome", "method: bome, lr-x: 0.05, lr-y: 0.05, lr-inner: 0.3, T: 20"),
        arm("v-pbgd", "method: v-pbgd, gamma: 10, alpha: 0.02, beta: 0.4, T: 10"),
        arm("galet", "method: galet, alpha: 0.2, beta: 0.4, rho: 0.15, N: 5, T: 5, warm: true"));
  }

  private static Arm arm(String name, String solver) {
    return new Arm(name, SettingsText.read(solver));
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(GAP, "F − F*"), Measure.decades(RESIDUAL, "|gy|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 101 : STEPS, quick ? 10 : 50, quick ? 1.2 : 1.05, 1, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(GAP, 1e-2), new Target(GAP, 2e-3), new Target(GAP, 1e-6));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    // step 1 is the start, so that move k is step k + 1
    gap(out, "bgs-opt", 200, "F −.147025, 5.4e-7 above the minimum", 5e-7, 6e-7);
    gap(out, "bvfim", 600, "F −.14567, 1.35e-3 above the minimum", 1.3e-3, 1.4e-3);
    gap(out, "galet", 600, "none; no bias when warm", -1e-12, 1e-10);
    return out;
  }

  private static void gap(
      List<Expectation> out, String arm, int moves, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": F − F* after " + moves + " moves",
            published,
            List.of(arm),
            moves + 1L,
            1,
            Statistic.medianAt(arm, GAP, moves + 1L),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return StrictSaddleDescent::start;
  }

  private static Trial start(Arm arm, long seed) {
    Problem problem = Problems.create(Settings.of("problem", Map.of("type", "strict-saddle")));
    Truth truth = Truth.withoutNoise(problem);
    Samples samples = Samples.noiseless(problem);
    Batch lower = samples.next(Level.LOWER, 1).get(0);
    double[] gy = new double[problem.lowerDim()];
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            new double[] {0.7, -0.3},
            new double[problem.lowerDim()],
            Constraint.NONE,
            samples,
            (x, y, out) -> {
              out[0] = truth.value(x) - MINIMUM;
              problem.gradLowerY(x, y, lower, gy);
              out[1] = Kernels.norm2(gy);
            }),
        seed);
  }
}
