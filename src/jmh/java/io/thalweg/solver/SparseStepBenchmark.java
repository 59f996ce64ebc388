package io.thalweg.solver;

import io.thalweg.SeededBatches;
import io.thalweg.SeededBatches.Pattern;
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
 * Samples drawn per second when a row has 100 nonzeros and the dimension grows: one L2 weight, 64
 * rows per level, the linear-system option.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class SparseStepBenchmark {
  private static final int NONZEROS = 100;
  private static final int INPUTS = 32;

  @Param({"msgbio", "vr-msgbio"})
  public String method = "";

  /** 2^14, 2^18, 2^22. */
  @Param({"16384", "262144", "4194304"})
  public int features = 1;

  @Param({"POWER_LAW", "UNIFORM"})
  public Pattern pattern = Pattern.POWER_LAW;

  private Solver solver;
  private StepInput[] inputs;
  private int next;

  @Setup
  public void create() {
    Problem problem = SeededBatches.logistic(features, true);
    inputs = Streams.sparse(problem, INPUTS, NONZEROS, pattern);
    solver = Streams.solver(problem, method, "linear-system");
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
