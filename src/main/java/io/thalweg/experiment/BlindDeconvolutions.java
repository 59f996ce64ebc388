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
 * Robust blind deconvolution with a fifth of the products wrong: w and x are found, up to a factor,
 * from b = (l'w)(r'x). One sample per step; a seed draws w*, x*, a start at distance 1/4 from each,
 * and the samples.
 */
final class BlindDeconvolutions implements Experiment {
  private static final String DISTANCE = "distance";
  private static final int D = 10;
  private static final double OUTLIERS = 0.2;
  private static final double OFF = 0.25;
  private static final int STAGES = 16;
  private static final int STAGE = 3000;
  private static final int SAMPLES = STAGES * STAGE;
  private static final int SEEDS = 10;

  /** Five times R0 / (L sqrt(K + 1)), R0 = (1 - 2 p) / 2, L = sqrt(2 d): the gradient has 2 d. */
  private static final double STEP =
      5 * 0.5 * (1 - 2 * OUTLIERS) / Math.sqrt(2 * D * (STAGE + 1.0));

  BlindDeconvolutions() {}

  @Override
  public String name() {
    return "blind-deconvolution";
  }

  @Override
  public String summary() {
    return "Robust blind deconvolution with a fifth of the products wrong: linear convergence by"
        + " geometric step decay, one sample per step.";
  }

  @Override
  public String source() {
    return "arXiv 1907.09547; d 10 + 10, 16 stages of 3000 samples, steps as in phase-retrieval";
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
    return List.of(Measure.decades(DISTANCE, "|wx' − w*x*'| / |w*x*'|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.SAMPLES,
        quick ? 3000 : SAMPLES,
        100,
        quick ? 1.5 : 1.05,
        quick ? 2 : SEEDS,
        0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(DISTANCE, 1e-2), new Target(DISTANCE, 1e-4));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    for (String model : List.of("subgradient", "prox-linear", "proximal")) {
      end(out, model, "no figure; like phase-retrieval, 3e-6 to 5e-6", 0, 1.5e-5);
    }
    end(out, "constant-step", "no figure; no convergence", 0.05, 0.5);
    return out;
  }

  private static void end(
      List<Expectation> out, String arm, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": distance after 48 000 samples, median",
            published,
            List.of(arm),
            SAMPLES,
            SEEDS,
            Statistic.medianAt(arm, DISTANCE, SAMPLES),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return BlindDeconvolutions::start;
  }

  private static Trial start(Arm arm, long seed) {
    Problem problem =
        Problems.create(
            Settings.of("problem", Map.of("type", "blind-deconvolution", "d1", D, "d2", D)));
    SplitMix64 rng = new SplitMix64(seed);
    double[] truth = new double[2 * D];
    double[] start = new double[2 * D];
    double[] part = new double[D];
    for (int from = 0; from < 2 * D; from += D) {
      rng.sphere(1, part);
      System.arraycopy(part, 0, truth, from, D);
      rng.sphere(OFF, part);
      for (int j = 0; j < D; j++) {
        start[from + j] = truth[from + j] + part[j];
      }
    }
    double[] l = new double[D];
    double[] r = new double[D];
    Samples samples =
        Samples.generated(
            1,
            1,
            Map.of(Level.UPPER, new Batch(problem.schema(Level.UPPER), 1)),
            (level, into) -> sample(into, l, r, truth, rng));
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            start,
            new double[problem.lowerDim()],
            Constraint.NONE,
            samples,
            (wx, y, out) -> out[0] = distance(wx, truth)),
        seed);
  }

  private static void sample(Batch into, double[] l, double[] r, double[] truth, SplitMix64 rng) {
    double left = 0;
    double right = 0;
    for (int j = 0; j < D; j++) {
      l[j] = rng.gaussian();
      left += l[j] * truth[j];
    }
    for (int j = 0; j < D; j++) {
      r[j] = rng.gaussian();
      right += r[j] * truth[D + j];
    }
    double b = left * right;
    if (rng.uniform() < OUTLIERS) {
      b = 10 * rng.gaussian();
    }
    into.openRow();
    Tables.put(into, "l", l, 0, D);
    Tables.put(into, "r", r, 0, D);
    into.set(into.schema().column("b"), 0, b);
    into.commitRow();
  }

  /** Of the outer products, which do not see the factor that may go from w to x; |w*x*'| is 1. */
  private static double distance(double[] wx, double[] truth) {
    double[] away = new double[D * D];
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        away[i * D + j] = wx[i] * wx[D + j] - truth[i] * truth[D + j];
      }
    }
    return Kernels.norm2(away);
  }
}
