package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Constraints;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The leading principal component of a stream of N(0, diag(4, 3, 2, 1)), one sample per step, from
 * the second eigenvector, a saddle: momentum leaves it sooner and hovers further from the optimum,
 * unless it is annealed. The seed draws the samples.
 */
final class PrincipalComponents implements Experiment {
  private static final String AWAY = "share-of-other-directions";
  private static final double[] DEVIATIONS = {2, Math.sqrt(3), Math.sqrt(2), 1};
  private static final int STEPS = 20_001;
  private static final int SEEDS = 20;

  /** The hover is the mean from here to the end. */
  private static final int SETTLED = 12_000;

  /** Momentum has left the saddle by then. */
  private static final int CHANGE = 1500;

  PrincipalComponents() {}

  @Override
  public String name() {
    return "online-pca";
  }

  @Override
  public String summary() {
    return "Leading principal component of a stream from a saddle: momentum leaves sooner and hovers"
        + " further off, annealing has both.";
  }

  @Override
  public String source() {
    return "arXiv 1802.05155; N(0, diag(4, 3, 2, 1)), step 5e-4, momentum 0.9, from e2";
  }

  @Override
  public String duration() {
    return "10 s";
  }

  @Override
  public List<Arm> arms() {
    return List.of(
        arm("no-momentum", 0, "none"),
        arm("momentum", 0.9, "none"),
        arm("annealed-step", 0.9, Map.of("kind", "step", "at", CHANGE)),
        arm("annealed-momentum", 0.9, Map.of("kind", "momentum", "at", CHANGE, "length", CHANGE)));
  }

  private static Arm arm(String name, double momentum, Object anneal) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "msgd");
    keys.put("eta", 5e-4);
    keys.put("momentum", momentum);
    keys.put("anneal", anneal);
    return new Arm(name, keys);
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(AWAY, "1 − w₁²"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 2001 : STEPS, quick ? 10 : 100, 1.01, quick ? 2 : SEEDS, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(AWAY, 0.1), new Target(AWAY, 0.01));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    steps(out, "momentum", 582, 1234);
    steps(out, "no-momentum", 6907, 8416);
    hover(out, "momentum", ".048", 0.036, 0.06);
    hover(out, "annealed-step", ".004", 0.003, 0.005);
    hover(out, "annealed-momentum", ".004, for either way of annealing", 0.003, 0.005);
    return out;
  }

  private static void steps(List<Expectation> out, String arm, int least, int most) {
    out.add(
        new Expectation(
            arm + ": steps to w₁² > 0.9, median",
            least + " to " + most,
            List.of(arm),
            STEPS,
            SEEDS,
            Statistic.medianTo(arm, AWAY, 0.1),
            least,
            most));
  }

  private static void hover(
      List<Expectation> out, String arm, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": mean of 1 − w₁² from step " + SETTLED + " on",
            published,
            List.of(arm),
            STEPS,
            SEEDS,
            results -> hover(results, arm),
            least,
            most));
  }

  private static double hover(Results results, String arm) {
    int place = results.measure(AWAY);
    double sum = 0;
    int looks = 0;
    for (Run run : results.runs(arm)) {
      for (int mark = results.markAt(SETTLED); mark <= results.lastMark(); mark++) {
        sum += run.value(place, mark);
        looks++;
      }
    }
    return sum / looks;
  }

  @Override
  public Trials open(Shelf shelf) {
    return PrincipalComponents::start;
  }

  private static Trial start(Arm arm, long seed) {
    int d = DEVIATIONS.length;
    Problem problem = Problems.create(Settings.of("problem", Map.of("type", "online-pca", "d", d)));
    SplitMix64 rng = new SplitMix64(seed);
    double[] x = new double[d];
    Samples samples =
        Samples.generated(
            1,
            1,
            Map.of(Level.UPPER, new Batch(problem.schema(Level.UPPER), 1)),
            (level, into) -> {
              for (int j = 0; j < d; j++) {
                x[j] = DEVIATIONS[j] * rng.gaussian();
              }
              into.openRow();
              Tables.put(into, "x", x, 0, d);
              into.commitRow();
            });
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            problem.defaultUpper(),
            new double[problem.lowerDim()],
            sphere(problem),
            samples,
            (w, y, out) -> out[0] = 1 - w[0] * w[0]),
        seed);
  }

  /** The set that a job on the problem is kept in. */
  private static Constraint sphere(Problem problem) {
    return Constraints.of(
        Settings.of("upper", Map.of()),
        problem.upperDim(),
        problem.upperBounds(),
        problem.defaultConstraint());
  }
}
