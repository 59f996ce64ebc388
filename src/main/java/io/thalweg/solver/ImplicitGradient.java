package io.thalweg.solver;

import io.thalweg.linalg.ConjugateGradient;
import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.NeumannSeries;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * The hypergradient by implicit differentiation on one pair of batches: v solves H v = fy, by
 * conjugate gradients from the v given or by the Neumann sum from nothing; h = fx - J v. Calls: fx,
 * fy, N Hv (with cg at most, and one more where v is not 0) and one Jv.
 */
final class ImplicitGradient {
  private static final String CG = "cg";
  private static final String NEUMANN = "neumann";
  private static final List<String> SOLVERS = List.of(CG, NEUMANN);

  private final BilevelOracle oracle;
  private final boolean series;
  private final double etaN;
  private final BatchHessian hessian;
  private final ConjugateGradient gradients;
  private final NeumannSeries neumann;
  private final double[] fy;
  private final double[] jv;

  private ImplicitGradient(BilevelOracle oracle, boolean series, double etaN) {
    this.oracle = oracle;
    this.series = series;
    this.etaN = etaN;
    int q = oracle.lowerDim();
    hessian = new BatchHessian(oracle);
    gradients = new ConjugateGradient(q, 0);
    neumann = new NeumannSeries(q);
    fy = new double[q];
    jv = new double[oracle.upperDim()];
  }

  /** Solves as the keys {@code solver} and {@code eta-n} say. */
  static ImplicitGradient of(MethodContext context) {
    Settings settings = context.settings();
    return new ImplicitGradient(
        context.oracle(),
        Keys.choice(settings, "solver", SOLVERS, CG).equals(NEUMANN),
        settings.number("eta-n", DescentSettings.DEFAULT_TAU, Range.POSITIVE));
  }

  /** Solves by conjugate gradients. */
  static ImplicitGradient conjugate(BilevelOracle oracle) {
    return new ImplicitGradient(oracle, false, 1);
  }

  /** The keys of the solve, {@code solver-steps} excepted. */
  static List<Parameter> parameters() {
    return List.of(
        Parameter.choice("solver", SOLVERS, CG, "way to v: conjugate gradients, or a Neumann sum"),
        Parameter.number(
            "eta-n",
            Range.POSITIVE,
            DescentSettings.DEFAULT_TAU,
            "neumann: step of the sum, at most 1 / Lg"));
  }

  /**
   * The hypergradient at a point.
   *
   * @param v where cg starts; receives the solution
   * @param rounds N
   * @param h receives it, length p
   * @return f at the point
   */
  double evaluate(
      double[] x, double[] y, double[] v, Batch zeta, Batch xi, int rounds, double[] h) {
    double f = oracle.upperGradients(x, y, xi, h, fy);
    hessian.at(x, y, zeta);
    if (series) {
      neumann.solve(hessian, fy, etaN, rounds, v);
    } else {
      gradients.solve(hessian, fy, v, rounds);
    }
    oracle.jvp(x, y, v, zeta, jv);
    Kernels.axpy(-1, jv, h);
    return f;
  }
}
