package io.thalweg.problem;

import io.thalweg.SeededBatches;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
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

/** Time of the lower Hessian as a matrix, from 64 dense rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class HessianBenchmark {
  private static final int ROWS = 64;

  /** q is one more: the bias. */
  @Param({"51", "199", "499"})
  public int features = 1;

  private Problem problem;
  private Batch batch;
  private double[] x;
  private double[] y;
  private double[] h;

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    problem = SeededBatches.logistic(features, false);
    batch = SeededBatches.dense(problem, Level.LOWER, ROWS, random);
    x = problem.defaultUpper();
    y = random.doubles(problem.lowerDim(), -0.1, 0.1).toArray();
    h = new double[y.length * y.length];
  }

  @Benchmark
  public double[] hessian() {
    problem.hessian(x, y, batch, h);
    return h;
  }
}
