package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
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

/**
 * Relaxed and safe gradient flows on a toy with a convex and with a nonconvex lower level:
 * deterministic, so that one seed tells all. Measures are the residual |gy| and the upper value,
 * which comes from below where the lower level is not yet solved.
 */
final class RelaxedFlows implements Experiment {
  private static final String RESIDUAL = "lower-gradient";
  private static final String VALUE = "upper-value";
  private static final int STEPS = 8001;

  /** The flows are deterministic; published figures have six or seven digits. */
  private static final double NEAR = 1e-5;

  RelaxedFlows() {}

  @Override
  public String name() {
    return "rxgf-toy";
  }

  @Override
  public String summary() {
    return "Flows that follow the upper gradient within a relaxed lower stationarity, on a convex and a"
        + " nonconvex lower level.";
  }

  @Override
  public String source() {
    return "arXiv 2504.17215, 2501.16520, 2505.14647; toy with n = 5";
  }

  @Override
  public String duration() {
    return "10 s";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (String shape : List.of("convex", "nonconvex")) {
      out.add(arm("rxgf-qp1", shape, "K: 8000, ca: 1, cg: 0.5"));
      out.add(arm("rxgf-qp2", shape, "K: 8000, ca: 1, cg: 5"));
      out.add(arm("sgf", shape, "alpha: 0.1, gamma: 0.02, eps: 0.1"));
      out.add(arm("sequential-qcqp", shape, "alpha: 0.1, eps: 0.1, w: 0.01, t0: 1, const: 0.1"));
    }
    return out;
  }

  private static Arm arm(String method, String shape, String keys) {
    Map<String, Object> solver = SettingsText.read(keys);
    solver.put("method", method);
    solver.put("lower-batches", 1);
    return new Arm(method + "-" + shape, solver, Map.of("shape", shape));
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(RESIDUAL, "|gy|"), Measure.plain(VALUE, "f"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 301 : STEPS, quick ? 10 : 50, quick ? 1.2 : 1.03, 1, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(RESIDUAL, 0.1), new Target(RESIDUAL, 0.05));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    end(out, "rxgf-qp1-convex", 8001, 1.896495, 0.0645667);
    end(out, "rxgf-qp2-convex", 8001, 1.993996, 0.0307803);
    end(out, "sgf-convex", 5001, 1.789005, 0.1);
    for (String method : List.of("rxgf-qp1", "rxgf-qp2", "sgf", "sequential-qcqp")) {
      out.add(
          figure(
              method + "-nonconvex: f at the end",
              "−1",
              method + "-nonconvex",
              STEPS,
              VALUE,
              -1 - NEAR,
              -1 + NEAR));
    }
    return out;
  }

  private static void end(List<Expectation> out, String arm, int step, double f, double gy) {
    out.add(
        figure(
            arm + ": f after " + (step - 1) + " moves",
            Double.toString(f),
            arm,
            step,
            VALUE,
            f - NEAR,
            f + NEAR));
    out.add(
        figure(
            arm + ": |gy| after " + (step - 1) + " moves",
            Double.toString(gy),
            arm,
            step,
            RESIDUAL,
            gy - NEAR,
            gy + NEAR));
  }

  private static Expectation figure(
      String what,
      String published,
      String arm,
      int at,
      String measure,
      double least,
      double most) {
    return new Expectation(
        what, published, List.of(arm), at, 1, Statistic.medianAt(arm, measure, at), least, most);
  }

  @Override
  public Trials open(Shelf shelf) {
    double[][] toy = Tables.load("rxgf-toy");
    return (arm, seed) -> start(toy, arm, seed);
  }

  private static Trial start(double[][] toy, Arm arm, long seed) {
    int n = toy[0].length;
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("type", "rxgf-toy");
    keys.put("shape", arm.options().text("shape"));
    keys.put("c", list(toy[0]));
    keys.put("d", list(toy[1]));
    keys.put("b", list(toy[2]));
    Problem problem = Problems.create(Settings.of("problem", keys));
    double[] z0 = toy[arm.options().text("shape").equals("convex") ? 3 : 4];
    Samples samples = Samples.noiseless(problem);
    Batch lower = samples.next(Level.LOWER, 1).get(0);
    Batch upper = samples.next(Level.UPPER, 1).get(0);
    double[] gy = new double[n];
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            Arrays.copyOfRange(z0, 0, n),
            Arrays.copyOfRange(z0, n, 2 * n),
            Constraint.NONE,
            samples,
            (x, y, out) -> {
              problem.gradLowerY(x, y, lower, gy);
              out[0] = Kernels.norm2(gy);
              out[1] = problem.upperValue(x, y, upper);
            }),
        seed);
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
