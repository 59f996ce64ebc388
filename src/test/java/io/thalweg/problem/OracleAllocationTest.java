package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.oracle.Capability;
import io.thalweg.oracle.Predictor;
import io.thalweg.oracle.Ranking;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step asks an oracle again and again: once the scratch is there, nothing is to be allocated. */
class OracleAllocationTest {
  private static final int CALLS = 200;

  static List<SmallProblems.Row> problems() {
    return SmallProblems.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("problems")
  void calls_allocate_nothing_once_warm(SmallProblems.Row row) {
    Problem problem = Draws.problem(row.problem());
    Draws draws = new Draws(3);
    Calls calls =
        new Calls(
            problem,
            draws.batch(problem.schema(Level.UPPER), 16),
            draws.batch(problem.schema(Level.LOWER), 16),
            draws.vector(problem.upperDim()),
            draws.vector(problem.lowerDim()),
            draws.vector(problem.lowerDim()));
    calls.run();
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int window = 0; window < 3; window++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < CALLS; i++) {
        calls.run();
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes for %d rounds of calls", CALLS).isLessThan(CALLS);
  }

  /** Everything a step may ask at one point. */
  private record Calls(
      Problem problem,
      Batch xi,
      Batch zeta,
      double[] x,
      double[] y,
      double[] v,
      double[] forX,
      double[] forX2,
      double[] forY,
      double[] forY2,
      double[] h,
      double[] j,
      double[] sums,
      Ranking ranking,
      boolean products,
      boolean matrices) {
    Calls(Problem problem, Batch xi, Batch zeta, double[] x, double[] y, double[] v) {
      this(
          problem,
          xi,
          zeta,
          x,
          y,
          v,
          new double[x.length],
          new double[x.length],
          new double[y.length],
          new double[y.length],
          new double[y.length * y.length],
          new double[x.length * y.length],
          new double[3],
          new Ranking(),
          problem.capabilities().contains(Capability.PRODUCTS),
          problem.capabilities().contains(Capability.DENSE));
    }

    void run() {
      problem.upperValue(x, y, xi);
      problem.lowerValue(x, y, zeta);
      problem.upperGradients(x, y, xi, forX, forY);
      problem.gradUpperX(x, y, xi, forX);
      problem.gradUpperY(x, y, xi, forY);
      problem.gradLowerX(x, y, zeta, forX);
      problem.gradLowerY(x, y, zeta, forY);
      if (products) {
        problem.hvp(x, y, v, zeta, forY);
        problem.jvp(x, y, v, zeta, forX);
        problem.lowerProducts(x, y, v, zeta, forY, forY2, forX2);
      }
      if (matrices) {
        problem.hessian(x, y, zeta, h);
        problem.cross(x, y, zeta, j);
      }
      if (problem instanceof Predictor predictor) {
        ranking.clear();
        predictor.score(y, zeta, sums, ranking);
      }
    }
  }
}
