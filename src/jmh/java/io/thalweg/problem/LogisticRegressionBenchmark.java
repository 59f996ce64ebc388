package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time of one oracle call on a batch of 64 rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LogisticRegressionBenchmark {
  private static final int ROWS = 64;

  /** How rows are kept: 51 dense features, or 100 of 2^16. */
  @Param({"dense", "sparse"})
  public String encoding = "";

  private Problem problem;
  private Batch batch;
  private double[] x;
  private double[] y;
  private double[] v;
  private double[] gy;
  private double[] hv;
  private double[] jv;

  @Setup
  public void fill() {
    boolean sparse = encoding.equals("sparse");
    int features = sparse ? 1 << 16 : 51;
    problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    features,
                    "encoding",
                    encoding,
                    "hyperparameters",
                    Map.of("l2", Map.of("per", sparse ? "global" : "feature")))));
    batch = new Batch(problem.schema(Level.LOWER), ROWS);
    SplittableRandom random = new SplittableRandom(1);
    for (int r = 0; r < ROWS; r++) {
      batch.openRow();
      for (int k = 0; k < (sparse ? 100 : features); k++) {
        if (sparse) {
          batch.append(random.nextInt(features), random.nextDouble());
        } else {
          batch.set(0, k, random.nextDouble() - 0.5);
        }
      }
      batch.set(1, 0, random.nextInt(2));
      batch.commitRow();
    }
    x = problem.defaultUpper();
    y = problem.defaultLower();
    v = problem.defaultLower();
    for (int j = 0; j < y.length; j++) {
      y[j] = random.nextDouble() - 0.5;
      v[j] = random.nextDouble() - 0.5;
    }
    gy = new double[y.length];
    hv = new double[y.length];
    jv = new double[x.length];
  }

  /** Lower gradient, Hessian product and cross product in one pass. */
  @Benchmark
  public double lowerProducts() {
    problem.lowerProducts(x, y, v, batch, gy, hv, jv);
    return gy[0] + hv[0] + jv[0];
  }

  /** Validation gradient. */
  @Benchmark
  public double upperGradients() {
    problem.upperGradients(x, y, batch, jv, gy);
    return gy[0];
  }

  /** Validation loss. */
  @Benchmark
  public double upperValue() {
    return problem.upperValue(x, y, batch);
  }
}
