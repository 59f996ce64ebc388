package io.thalweg.solver;

import io.thalweg.SeededBatches;
import io.thalweg.problem.Problem;
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
 * Samples drawn per second by the solver and by the same step written by hand: p = 51, q = 52, 64
 * rows per level, linear-system. The ratio is what the solver's generality costs; before anything
 * is measured the two have to agree.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class HandFusedBenchmark {
  private static final int FEATURES = 51;
  private static final int INPUTS = 8;
  private static final int COMPARED = 50;
  private static final double TOLERANCE = 1e-12;

  @Param({"msgbio", "vr-msgbio"})
  public String method = "";

  private Problem problem;
  private StepInput[] inputs;
  private Solver solver;
  private HandFusedStep hand;
  private int next;

  @Setup
  public void create() {
    problem = SeededBatches.logistic(FEATURES, false);
    inputs = Streams.dense(problem, INPUTS);
    begin();
    compare();
    begin();
  }

  private void begin() {
    solver = Streams.solver(problem, method, "linear-system");
    hand =
        new HandFusedStep(
            method.equals("vr-msgbio"),
            inputs[0].lower().get(0).schema(),
            Streams.ROWS,
            problem.defaultUpper());
  }

  private void compare() {
    double[] x = new double[problem.upperDim()];
    double[] y = new double[problem.lowerDim()];
    for (int t = 1; t <= COMPARED; t++) {
      StepInput input = inputs[t % INPUTS];
      Streams.advance(solver, input);
      if (!hand.step(input.lower().get(0), input.upper().get(0))) {
        throw new IllegalStateException("the step by hand was not finite at step " + t);
      }
      solver.upper(x);
      solver.lower(y);
      equal("x at step " + t, x, hand.x());
      equal("y at step " + t, y, hand.y());
      StepFigures figures = solver.figures();
      equal(
          "losses at step " + t,
          new double[] {figures.upperLoss(), figures.lowerLoss()},
          new double[] {hand.upperLoss, hand.lowerLoss});
      equal("scores at step " + t, figures.scores(), hand.scores);
    }
  }

  private static void equal(String what, double[] solver, double[] hand) {
    for (int i = 0; i < solver.length; i++) {
      if (!(Math.abs(solver[i] - hand[i]) <= TOLERANCE * Math.max(1, Math.abs(hand[i])))) {
        throw new IllegalStateException(
            what + ": entry " + i + " is " + solver[i] + ", but by hand " + hand[i]);
      }
    }
  }

  /** One step of the solver. */
  @Benchmark
  @OperationsPerInvocation(Streams.DRAWN)
  public long solver() {
    Streams.advance(solver, inputs[next]);
    next = (next + 1) % INPUTS;
    return solver.steps();
  }

  /** One step by hand. */
  @Benchmark
  @OperationsPerInvocation(Streams.DRAWN)
  public boolean handFused() {
    StepInput input = inputs[next];
    next = (next + 1) % INPUTS;
    return hand.step(input.lower().get(0), input.upper().get(0));
  }
}
