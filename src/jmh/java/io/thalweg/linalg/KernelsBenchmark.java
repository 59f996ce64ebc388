package io.thalweg.linalg;

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

/** Time of the vector kernels beside the loop one would write first; gemv has 64 rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class KernelsBenchmark {
  private static final int ROWS = 64;

  @Param({"50", "256", "4096"})
  public int n = 1;

  private double[] a = new double[0];
  private double[] b = new double[0];
  private double[] matrix = new double[0];
  private double[] out = new double[0];

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    a = random.doubles(n, -1, 1).toArray();
    b = random.doubles(n, -1, 1).toArray();
    matrix = random.doubles((long) ROWS * n, -1, 1).toArray();
    out = new double[ROWS];
  }

  @Benchmark
  public double dot() {
    return Kernels.dot(a, b);
  }

  @Benchmark
  public double dotPlain() {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The factor is tiny, so that the vector stays what it is however often it is added to. */
  @Benchmark
  public double[] axpy() {
    Kernels.axpy(1e-30, a, b);
    return b;
  }

  @Benchmark
  public double[] axpyPlain() {
    for (int i = 0; i < a.length; i++) {
      b[i] += 1e-30 * a[i];
    }
    return b;
  }

  @Benchmark
  public double norm() {
    return Kernels.norm2(a);
  }

  @Benchmark
  public double normPlain() {
    double sum = 0;
    for (double entry : a) {
      sum += entry * entry;
    }
    return Math.sqrt(sum);
  }

  @Benchmark
  public int finite() {
    return Kernels.firstNonFinite(a);
  }

  @Benchmark
  public int finitePlain() {
    for (int i = 0; i < a.length; i++) {
      if (!Double.isFinite(a[i])) {
        return i;
      }
    }
    return -1;
  }

  @Benchmark
  public double[] gemv() {
    Kernels.gemv(ROWS, n, matrix, a, out);
    return out;
  }

  @Benchmark
  public double[] gemvPlain() {
    for (int i = 0; i < ROWS; i++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += matrix[i * n + j] * a[j];
      }
      out[i] = sum;
    }
    return out;
  }
}
