package io.thalweg.solver;

import io.thalweg.SeededBatches;
import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.Portfolio;
import io.thalweg.portfolio.PortfolioBuilder;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds per record that is scored and learned: by {@code auto}, by a portfolio of its
 * reference alone, and by one plain model written by hand. Dense rows of 51 features and a bias.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 8, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class PortfolioBenchmark {
  private static final int FEATURES = 51;
  private static final int RECORDS = 4096;
  private static final int BOTH = Portfolio.UPPER | Portfolio.LOWER;
  private static final double RATE = 0.1;
  private static final double L2 = 1e-3;
  private static final int COMPARED = 500;
  private static final double TOLERANCE = 1e-9;

  /** Only {@code auto} has L2 weights to tune: the others do not depend on it. */
  @Param({"global", "feature"})
  public String per = "";

  private Batch rows;
  private StepInput input;
  private Solver auto;
  private Portfolio reference;
  private double[] weights;
  private double heard;

  @Setup
  public void create() {
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    FEATURES,
                    "hyperparameters",
                    Map.of("l2", Map.of("per", per)))));
    rows = SeededBatches.dense(problem, Level.LOWER, RECORDS, new SplittableRandom(20261129));
    input = StepInput.of(rows, rows);
    auto =
        Methods.create(
            Settings.of("solver", Map.of("method", "auto")),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraints.of(
                Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
            1);
    Streams.advance(auto, new StepInput(List.of(), List.of()));
    reference =
        new PortfolioBuilder(
                Objects.requireNonNull(problem.as(RowModel.class)), problem.schema(Level.LOWER))
            .fixed("reference", 1, RATE, L2)
            .build();
    weights = new double[FEATURES + 1];
    compare();
  }

  /** The loop by hand does what the reference does. */
  private void compare() {
    double loss = learn(COMPARED);
    for (int r = 0; r < COMPARED; r++) {
      reference.take(rows, r, BOTH, (roles, l, error, weight) -> {});
    }
    double[] y = new double[FEATURES + 1];
    reference.average(y);
    for (int j = 0; j < y.length; j++) {
      if (!(Math.abs(y[j] - weights[j]) <= TOLERANCE)) {
        throw new IllegalStateException(
            "weight " + j + " is " + y[j] + ", but by hand " + weights[j]);
      }
    }
    if (!(Math.abs(loss - reference.referenceLoss()) <= TOLERANCE * loss)) {
      throw new IllegalStateException(
          "the loss is " + reference.referenceLoss() + ", but by hand " + loss);
    }
  }

  /** Six members, four fixed and two tuned. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public long auto() {
    Streams.advance(auto, input);
    return auto.steps();
  }

  /** What {@code auto} would be without the others. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public double referenceAlone() {
    for (int r = 0; r < RECORDS; r++) {
      reference.take(rows, r, BOTH, (roles, loss, error, weight) -> heard += loss);
    }
    return heard;
  }

  /** Score with the logarithm of the loss, then learn: nothing else. */
  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public double byHand() {
    return learn(RECORDS);
  }

  private double learn(int records) {
    double[] x = rows.column(0);
    double[] labels = rows.column(1);
    double[] y = weights;
    double sum = 0;
    for (int r = 0; r < records; r++) {
      int at = r * FEATURES;
      double even = 0;
      double odd = 0;
      double squares = 1;
      for (int j = 0; j < FEATURES - 1; j += 2) {
        double a = x[at + j];
        double b = x[at + j + 1];
        even += a * y[j];
        odd += b * y[j + 1];
        squares += a * a + b * b;
      }
      double last = x[at + FEATURES - 1];
      double score = even + odd + last * y[FEATURES - 1] + y[FEATURES];
      squares += last * last;
      double sign = labels[r] > 0 ? 1 : -1;
      double margin = sign * score;
      double tail = StrictMath.exp(-Math.abs(margin));
      sum += Math.max(0, -margin) + StrictMath.log1p(tail);
      double wrong = margin > 0 ? tail / (1 + tail) : 1 / (1 + tail);
      double step = RATE / (1 + RATE * squares * 0.25);
      double factor = step * sign * wrong;
      double kept = 1 - Math.min(1, step * L2);
      for (int j = 0; j < FEATURES; j++) {
        y[j] = (y[j] + factor * x[at + j]) * kept;
      }
      y[FEATURES] += factor;
    }
    return sum;
  }
}
