package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Constraints;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs on the bank data: x0 = log U(0, 1) brought into the box of the arm, y0 = N(0, 1), batches of
 * 64 per level. The options of an arm: {@code box}, {@code split}, {@code sampling} and {@code
 * start}.
 */
final class BankTrials implements Trials {
  static final String BOX = "box";
  static final String SPLIT = "split";
  static final String SAMPLING = "sampling";

  /** The split of the published figures; what an arm has that says nothing. */
  static final String PUBLISHED = "published";

  /** A split that no step size was ever chosen on. */
  static final String OTHER = "other";

  /** Rows drawn with replacement, in place of passes in a new order each. */
  static final String DRAWN = "drawn";

  static final String START = "start";

  /** y0 = 0. */
  static final String ZERO = "zero";

  private static final int BATCH = 64;
  private static final double FAR = 60;
  private static final String PASSES = "passes";
  private static final String GAUSSIAN = "gaussian";

  private final Shelf shelf;
  private final Map<String, Instance> instances = new ConcurrentHashMap<>();

  /** One split and its optimum. */
  private static final class Instance {
    private final int q;
    private final int terms;
    private final double[] train;
    private final double[] validation;
    private final double[] test;
    private final Batch lower;
    private final Batch upper;

    /** h* and then x*. */
    private final double[] optimum;

    Instance(String name, BankSplit split, Shelf shelf) {
      q = split.features();
      terms = split.train().labels().length;
      train = split.train().signed();
      validation = split.validation().signed();
      test = split.test().signed();
      Problem problem = problem();
      lower = split.train().samples(problem.schema(Level.LOWER));
      upper = split.validation().samples(problem.schema(Level.UPPER));
      optimum =
          shelf.numbers(
              "optimum-" + name,
              PenaltyOptimum.identity(),
              () -> PenaltyOptimum.of(q, train, validation));
    }

    private double lowest() {
      return optimum[0];
    }

    private Problem problem() {
      return Problems.create(
          Settings.of(
              "problem",
              Map.of(
                  "type",
                  "logistic-regression",
                  "features",
                  q,
                  "bias",
                  false,
                  "terms",
                  terms,
                  "hyperparameters",
                  Map.of("l2", Map.of("bounds", List.of(-FAR, FAR))))));
    }
  }

  BankTrials(Shelf shelf) {
    this.shelf = shelf;
  }

  /** Of the split an arm runs on, made when the first arm asks for it. */
  private Instance instance(Arm arm) {
    String split = arm.options().text(SPLIT, PUBLISHED);
    return instances.computeIfAbsent(split, this::open);
  }

  private Instance open(String split) {
    return switch (split) {
      case PUBLISHED -> new Instance(split, BankSplit.numpy(0), shelf);
      case OTHER -> new Instance(split, BankSplit.drawn(0), shelf);
      default ->
          throw new IllegalArgumentException(
              SPLIT + " must be " + PUBLISHED + " or " + OTHER + ", but was " + split);
    };
  }

  /** What is measured follows from the optimum too. */
  @Override
  public String identity(Arm arm) {
    return Double.toString(instance(arm).lowest());
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> out = new TreeMap<>();
    instances.forEach(
        (name, on) -> {
          double[] x = Arrays.copyOfRange(on.optimum, 1, on.q + 1);
          long held = Arrays.stream(x).filter(PenaltyOptimum::held).count();
          out.put(
              "h* of the split " + name,
              String.format(Locale.ROOT, "%.6f", on.lowest())
                  + ", "
                  + held
                  + " of "
                  + on.q
                  + " coordinates on the box [-20, 8]");
        });
    return out;
  }

  @Override
  public Trial start(Arm arm, long seed) {
    Instance on = instance(arm);
    SplitMix64 rng = new SplitMix64(seed);
    double[] x = new double[on.q];
    for (int j = 0; j < on.q; j++) {
      x[j] = StrictMath.log(1 - rng.uniform());
    }
    double[] y = Starts.gaussian(on.q, 1, rng);
    if (arm.options().text(START, GAUSSIAN).equals(ZERO)) {
      Arrays.fill(y, 0);
    }
    Constraint constraint = Constraint.NONE;
    if (arm.options().has(BOX)) {
      double[] box = arm.options().numbers(BOX);
      constraint =
          Constraints.of(
              Settings.of(
                  "upper",
                  Map.of("constraint", Map.of("type", "box", "lower", box[0], "upper", box[1]))),
              on.q,
              on.problem().upperBounds());
      constraint.project(x);
    }
    Samples samples =
        arm.options().text(SAMPLING, PASSES).equals(DRAWN)
            ? Samples.drawn(on.lower, on.upper, BATCH, BATCH, rng)
            : Samples.passes(on.lower, on.upper, BATCH, BATCH, rng);
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(on.problem(), x, y, constraint, samples, new Gauge(on)),
        seed);
  }

  /** Measures of one run: the lower solve starts from its own last solution. */
  private static final class Gauge implements SolverTrial.Gauge {
    private final Instance on;
    private final RidgeTruth truth;

    Gauge(Instance on) {
      this.on = on;
      truth = new RidgeTruth(on.q, on.train, on.validation);
    }

    @Override
    public void measure(double[] x, double[] y, double[] out) {
      for (int j = 0; j < on.q; j++) {
        if (!(Math.abs(x[j]) <= FAR)) {
          throw new IllegalStateException("x left [-60, 60]: entry " + j + " was " + x[j]);
        }
      }
      out[0] = truth.value(x) - on.lowest();
      double loss = 0;
      double errors = 0;
      int rows = on.test.length / on.q;
      for (int i = 0; i < rows; i++) {
        double margin = Kernels.dot(on.q, on.test, i * on.q, y, 0);
        loss += Math.max(0, -margin) + StrictMath.log1p(StrictMath.exp(-Math.abs(margin)));
        errors += margin > 0 ? 0 : 1;
      }
      out[1] = loss / rows;
      out[2] = errors / rows;
    }
  }
}
