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
 * Robust phase retrieval with a fifth of the measurements wrong: geometrically decaying steps
 * converge linearly where a constant step stops. One sample per step; a seed draws x*, the start at
 * distance 1/2 from it and the samples.
 */
final class PhaseRetrievals implements Experiment {
  private static final String DISTANCE = "distance";
  private static final int D = 20;
  private static final double OUTLIERS = 0.2;
  private static final int STAGES = 16;
  private static final int STAGE = 3000;
  private static final int SAMPLES = STAGES * STAGE;

  /** Five times R0 / (L sqrt(K + 1)), R0 = (1 - 2 p) / 2, L = sqrt d. */
  private static final double STEP = 5 * 0.5 * (1 - 2 * OUTLIERS) / Math.sqrt(D * (STAGE + 1.0));

  /** One run is published; the median over draws comes within this factor of it. */
  private static final double SPREAD = 3;

  PhaseRetrievals() {}

  @Override
  public String name() {
    return "phase-retrieval";
  }

  @Override
  public String summary() {
    return "Robust phase retrieval with a fifth of the measurements wrong: linear convergence by"
        + " geometric step decay, one sample per step.";
  }

  @Override
  public String source() {
    return "arXiv 1907.09547; d 20, 16 stages of 3000 samples, five times the step of theory";
  }

  @Override
  public String duration() {
    return "10 s";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (String model : List.of("subgradient", "prox-linear", "proximal")) {
      out.add(arm(model, model, STAGES, STAGE));
    }
    out.add(arm("constant-step", "subgradient", 1, SAMPLES));
    return out;
  }

  private static Arm arm(String name, String model, int stages, int stage) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "geometric-step-decay");
    keys.put("model", model);
    keys.put("alpha0", STEP);
    keys.put("K", stage);
    keys.put("T", stages);
    return new Arm(name, keys);
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(DISTANCE, "min |x ± x*| / |x*|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.SAMPLES, quick ? 3000 : SAMPLES, 100, quick ? 1.5 : 1.05, quick ? 2 : 10, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(DISTANCE, 1e-2), new Target(DISTANCE, 1e-4));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    end(out, "subgradient", "5.0e-6", 5.0e-6);
    end(out, "prox-linear", "3.2e-6", 3.2e-6);
    end(out, "proximal", "3.2e-6", 3.2e-6);
    end(out, "constant-step", "0.167: no convergence", 0.167);
    return out;
  }

  private static void end(List<Expectation> out, String arm, String published, double distance) {
    out.add(
        new Expectation(
            arm + ": distance after 48 000 samples, median",
            published + " in one run; three times either way",
            List.of(arm),
            SAMPLES,
            10,
            Statistic.medianAt(arm, DISTANCE, SAMPLES),
            distance / SPREAD,
            distance * SPREAD));
  }

  @Override
  public Trials open(Shelf shelf) {
    return PhaseRetrievals::start;
  }

  private static Trial start(Arm arm, long seed) {
    Problem problem =
        Problems.create(
            Settings.of(
                "problem", Map.of("type", "phase-retrieval", "d", D, "outlier-rate", OUTLIERS)));
    SplitMix64 rng = new SplitMix64(seed);
    double[] truth = new double[D];
    rng.sphere(1, truth);
    double[] x = new double[D];
    rng.sphere(0.5, x);
    Kernels.axpy(1, truth, x);
    double[] a = new double[D];
    Samples samples =
        Samples.generated(
            1,
            1,
            Map.of(Level.UPPER, new Batch(problem.schema(Level.UPPER), 1)),
            (level, into) -> sample(into, a, truth, rng));
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            x,
            new double[problem.lowerDim()],
            Constraint.NONE,
            samples,
            (xt, yt, out) -> out[0] = distance(xt, truth)),
        seed);
  }

  private static void sample(Batch into, double[] a, double[] truth, SplitMix64 rng) {
    for (int j = 0; j < D; j++) {
      a[j] = rng.gaussian();
    }
    double along = Kernels.dot(a, truth);
    double b = along * along;
    if (rng.uniform() < OUTLIERS) {
      double wrong = rng.gaussian();
      b = 10 * wrong * wrong;
    }
    into.openRow();
    Tables.put(into, "a", a, 0, D);
    into.set(into.schema().column("b"), 0, b);
    into.commitRow();
  }

  private static double distance(double[] x, double[] truth) {
    double[] away = new double[D];
    Kernels.add(x, -1, truth, away);
    double there = Kernels.norm2(away);
    Kernels.add(x, 1, truth, away);
    return Math.min(there, Kernels.norm2(away));
  }
}
