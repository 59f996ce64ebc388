package io.thalweg.problem;

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
 * Time per row of what a step does with 64 dense rows, beside the same row by row: a product, two
 * products, adding to one sum, to two, and the loss with its derivative.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class RowsBenchmark {
  private static final int ROWS = 64;

  @Param({"51", "256", "4096"})
  public int n = 1;

  private final double[] y2 = new double[ROWS];
  private final double[] v2 = new double[ROWS];
  private double[] rows = new double[0];
  private double[] y = new double[0];
  private double[] v = new double[0];
  private double[] g = new double[0];
  private double[] h = new double[0];
  private double[] c = new double[0];
  private double[] d = new double[0];
  private double[] margins = new double[0];
  private double[] labels = new double[0];
  private double[] weights = new double[0];
  private final double[] scratch = new double[ROWS];
  private final LogisticLoss loss = new LogisticLoss();

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    rows = random.doubles((long) ROWS * n, -1, 1).toArray();
    y = random.doubles(n, -1, 1).toArray();
    v = random.doubles(n, -1, 1).toArray();
    g = random.doubles(n, -1, 1).toArray();
    h = random.doubles(n, -1, 1).toArray();
    c = random.doubles(ROWS, -1e-30, 1e-30).toArray();
    d = random.doubles(ROWS, -1e-30, 1e-30).toArray();
    margins = random.doubles(ROWS, -4, 4).toArray();
    labels = random.ints(ROWS, 0, 2).asDoubleStream().toArray();
    weights = random.doubles(ROWS).map(u -> 1).toArray();
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] dot() {
    DenseRows.dots(rows, n, ROWS, y, 0, y2);
    return y2;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] dotByRow() {
    for (int r = 0; r < ROWS; r++) {
      y2[r] = Rows.dot(rows, r * n, y, n);
    }
    return y2;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] dotPair() {
    DenseRows.dots(rows, n, ROWS, y, 0, v, 0, y2, v2);
    return v2;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] dotPairByRow() {
    for (int r = 0; r < ROWS; r++) {
      y2[r] = Rows.dot(rows, r * n, y, n);
      v2[r] = Rows.dot(rows, r * n, v, n);
    }
    return v2;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] add() {
    DenseRows.add(rows, n, ROWS, c, g);
    return g;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] addByRow() {
    for (int r = 0; r < ROWS; r++) {
      Rows.add(c[r], rows, r * n, g, n);
    }
    return g;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] addPair() {
    DenseRows.add(rows, n, ROWS, c, d, g, h);
    return h;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] addPairByRow() {
    for (int r = 0; r < ROWS; r++) {
      Rows.add(c[r], rows, r * n, g, n);
      Rows.add(d[r], rows, r * n, h, n);
    }
    return h;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double loss() {
    System.arraycopy(margins, 0, scratch, 0, ROWS);
    loss.clear();
    loss.addAll(labels, weights, scratch, ROWS);
    return loss.sum() + scratch[0];
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double lossByRow() {
    loss.clear();
    for (int r = 0; r < ROWS; r++) {
      scratch[r] = loss.add(LogisticLoss.sign(labels[r]) * margins[r], weights[r]);
    }
    return loss.sum() + scratch[0];
  }

  /** The share of the loss that is the exponential. */
  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double[] exponential() {
    for (int r = 0; r < ROWS; r++) {
      scratch[r] = StrictMath.exp(-Math.abs(margins[r]));
    }
    return scratch;
  }
}
