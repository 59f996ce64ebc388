package io.thalweg.solver;

import io.thalweg.problem.Problem;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One whole step of {@code vr-msgbio} with a dense Hessian, clamped by a decomposition in every
 * step or tracked, once the estimator has settled; and EJML's decomposition of a matrix of that
 * size alone, which is what a step would pay at least without either.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DenseSecondOrderBenchmark {
  private static final int INPUTS = 256;
  private static final int SETTLED = 4_000;

  /** A solver that has taken its first steps. */
  @State(Scope.Thread)
  public static class Settled {
    @Param({"200", "500"})
    public int dy;

    @Param({"4", "64"})
    public int rows;

    @Param({"exact", "tracked"})
    public String clamp = "";

    private StepInput[] inputs = {};
    private Solver solver;
    private int next;

    @Setup(Level.Trial)
    public void create() {
      Problem problem = GameStreams.problem(dy);
      inputs = GameStreams.inputs(problem, rows, INPUTS);
      // the iterates are the same either way: settle on the quick one, go on with the other
      Solver quick = GameStreams.solver(problem, "tracked");
      for (int i = 0; i < SETTLED; i++) {
        Streams.advance(quick, inputs[i % INPUTS]);
      }
      solver = quick;
      if (!clamp.equals("tracked")) {
        solver = GameStreams.solver(problem, clamp);
        Carried.over(quick, solver);
      }
    }
  }

  /** A symmetric matrix of the same size. */
  @State(Scope.Thread)
  public static class Matrix {
    @Param({"200", "500"})
    public int n;

    private final DMatrixRMaj input = new DMatrixRMaj(1, 1);
    private DMatrixRMaj symmetric = new DMatrixRMaj(1, 1);

    @Setup(Level.Trial)
    public void fill() {
      SplittableRandom random = new SplittableRandom(1);
      DMatrixRMaj factor = new DMatrixRMaj(n, n / 2);
      for (int i = 0; i < factor.getNumElements(); i++) {
        factor.set(i, random.nextGaussian() / n);
      }
      symmetric = new DMatrixRMaj(n, n);
      CommonOps_DDRM.multTransB(factor, factor, symmetric);
    }
  }

  /** One step. */
  @Benchmark
  public long step(Settled settled) {
    Streams.advance(settled.solver, settled.inputs[settled.next]);
    settled.next = (settled.next + 1) % INPUTS;
    return settled.solver.steps();
  }

  /** One decomposition. */
  @Benchmark
  public boolean ejmlDecomposition(Matrix matrix) {
    EigenDecomposition_F64<DMatrixRMaj> eig = DecompositionFactory_DDRM.eig(matrix.n, true, true);
    matrix.input.setTo(matrix.symmetric); // it works in place
    return eig.decompose(matrix.input);
  }
}
