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
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Few-shot regression: tasks that share a representation tanh(W* a) of 3 numbers and differ in
 * their heads, seen with noise on few support records each. W is tuned on query records; what it is
 * worth is the loss on new tasks whose heads are trained on their own support records. Two arms do
 * not tune: the initial W and the true one. The seed draws tasks, records and batches.
 */
final class FewShotHeads implements Experiment {
  private static final String NEW = "new-task-loss";
  private static final String SEEN = "seen-task-loss";
  private static final String INITIAL = "initial-representation";
  private static final String TRUE = "true-representation";
  private static final int P = 8;
  private static final int K = 3;
  private static final int TASKS = 20;
  private static final int SHOTS = 10;
  private static final double NOISE = 0.1;
  private static final int BATCH = 40;
  private static final int STEPS = 5001;
  private static final int SEEDS = 5;

  /** Steps on a new head, and their size for a loss that is a mean over tasks. */
  private static final int ADAPTING = 100;

  private static final double ADAPTING_STEP = 0.6 * TASKS;

  FewShotHeads() {}

  @Override
  public String name() {
    return "few-shot";
  }

  @Override
  public String summary() {
    return "A representation shared by small tasks is tuned on queries: loss on new tasks with few"
        + " records each.";
  }

  @Override
  public String source() {
    return "few-shot meta-learning in the small form of the project: 20 tasks, 10 + 10 records each,"
        + " W 3 x 8; no published figures";
  }

  @Override
  public String duration() {
    return "20 s";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    out.add(arm(INITIAL, "method: soba, rho: 2, gamma: 1e-12, decay: 0"));
    out.add(arm(TRUE, "method: soba, rho: 2, gamma: 1e-12, decay: 0"));
    out.add(arm("soba", "method: soba, rho: 2, gamma: 0.5, decay: 0"));
    out.add(
        arm(
            "stocbio",
            "method: stocbio, alpha: 2, beta: 0.5, inner-steps: 5, neumann-terms: 5, eta: 2"));
    String system = ", hypergradient: linear-system, mu: 0.01, lambda: 8";
    out.add(arm("msgbio", "method: msgbio, gamma: 2" + system));
    out.add(arm("vr-msgbio", "method: vr-msgbio, gamma: 0.5" + system));
    out.add(
        arm("bgs-opt", "method: bgs-opt, alpha: 0.3, beta: 4, rho: 10, delta: 1e-3, N: 10, M: 10"));
    return out;
  }

  private static Arm arm(String name, String solver) {
    return new Arm(name, SettingsText.read(solver), Map.of("true", name.equals(TRUE)));
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.decades(NEW, "loss on new tasks"), Measure.decades(SEEN, "loss on tuned tasks"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 101 : STEPS, quick ? 5 : 10, 1.25, quick ? 1 : SEEDS, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(NEW, 0.05), new Target(NEW, 0.02));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    end(out, INITIAL, "tuning has something to gain", 0.2, Double.POSITIVE_INFINITY);
    end(out, TRUE, "the tasks can be learned", 0, 0.02);
    for (String arm : List.of("soba", "msgbio", "vr-msgbio")) {
      end(out, arm, "half of what is wanted of the initial one", 0, 0.1);
    }
    return out;
  }

  /** Bounds of the project, one-sided. */
  private static void end(
      List<Expectation> out, String arm, String why, double least, double most) {
    boolean above = most == Double.POSITIVE_INFINITY;
    out.add(
        new Expectation(
            arm
                + ": loss on new tasks after 5000 moves, median, "
                + (above ? "at least " + Numbers.plain(least) : "at most " + Numbers.plain(most)),
            "none; " + why,
            List.of(arm),
            STEPS,
            SEEDS,
            Statistic.medianAt(arm, NEW, STEPS),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return FewShotHeads::start;
  }

  private static Problem problem() {
    return Problems.create(
        Settings.of("problem", Map.of("type", "few-shot", "p", P, "k", K, "tasks", TASKS)));
  }

  private static Trial start(Arm arm, long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    double[] truth = Starts.gaussian(K * P, 0.5, rng);
    Problem problem = problem();
    Batch[] tuned = records(problem, truth, rng);
    Batch[] fresh = records(problem, truth, rng);
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            problem,
            arm.options().flag("true", false) ? truth : problem.defaultUpper(),
            new double[problem.lowerDim()],
            Constraint.NONE,
            Samples.drawn(tuned[0], tuned[1], BATCH, BATCH, rng),
            new Gauge(tuned[2], fresh)),
        seed);
  }

  /** Support, query and test records of new tasks with heads of N(0, 1). */
  private static Batch[] records(Problem problem, double[] truth, SplitMix64 rng) {
    double[] heads = Starts.gaussian(K * TASKS, 1, rng);
    Batch[] out = new Batch[3];
    for (int part = 0; part < out.length; part++) {
      Level level = part == 0 ? Level.LOWER : Level.UPPER;
      int each = part == 2 ? 5 * SHOTS : SHOTS;
      out[part] = new Batch(problem.schema(level), TASKS * each);
      for (int i = 0; i < TASKS * each; i++) {
        record(out[part], i % TASKS, truth, heads, part == 2 ? 0 : NOISE, rng);
      }
    }
    return out;
  }

  private static void record(
      Batch into, int task, double[] w, double[] heads, double noise, SplitMix64 rng) {
    double[] a = Starts.gaussian(P, 1, rng);
    double t = 0;
    for (int i = 0; i < K; i++) {
      double sum = 0;
      for (int j = 0; j < P; j++) {
        sum += w[i * P + j] * a[j];
      }
      t += heads[task * K + i] * StrictMath.tanh(sum);
    }
    double b = (t < 0 ? 0.2 * t : t) + noise * rng.gaussian();
    into.openRow();
    into.set(into.schema().column("task"), 0, task);
    Tables.put(into, "a", a, 0, P);
    into.set(into.schema().column("b"), 0, b);
    into.commitRow();
  }

  /** Losses on records without noise. */
  private static final class Gauge implements SolverTrial.Gauge {
    private final Problem problem = problem();
    private final Batch seen;
    private final Batch[] fresh;
    private final double[] heads = new double[K * TASKS];
    private final double[] slope = new double[K * TASKS];

    Gauge(Batch seen, Batch[] fresh) {
      this.seen = seen;
      this.fresh = fresh;
    }

    @Override
    public void measure(double[] x, double[] y, double[] out) {
      Arrays.fill(heads, 0);
      for (int i = 0; i < ADAPTING; i++) {
        problem.gradLowerY(x, heads, fresh[0], slope);
        Kernels.axpy(-ADAPTING_STEP, slope, heads);
      }
      out[0] = problem.upperValue(x, heads, fresh[2]);
      out[1] = problem.upperValue(x, y, seen);
    }
  }
}
