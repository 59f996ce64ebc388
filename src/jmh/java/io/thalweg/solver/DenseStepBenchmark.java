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
 * Samples drawn per second by one step after the other of each method: logistic regression with 51
 * penalised features and a bias (p = 51, q = 52), 64 rows per level.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class DenseStepBenchmark {
  private static final int FEATURES = 51;
  private static final int INPUTS = 8;

  @Param({"mgbio", "msgbio", "vr-msgbio"})
  public String method = "";

  @Param({"linear-system", "lanczos", "dense"})
  public String hypergradient = "";

  private Solver solver;
  private StepInput[] inputs;
  private int next;

  @Setup
  public void create() {
    Problem problem = SeededBatches.logistic(FEATURES, false);
    inputs = Streams.dense(problem, INPUTS);
    solver = Streams.solver(problem, method, hypergradient);
  }

  /** One step. */
  @Benchmark
  @OperationsPerInvocation(Streams.DRAWN)
  public long step() {
    Streams.advance(solver, inputs[next]);
    next = (next + 1) % INPUTS;
    return solver.steps();
  }
}
