package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.Arrays;

/**
 * A step of BGS-Opt from (x, y):
 *
 * <ol>
 *   <li>y^0 = y; y^(n+1) = y^n - beta gy(x, y^n) for n = 0 ... N - 1, all kept during the step
 *   <li>at y^N: s = M steps from 0 of s - rho (H (H s - fy) + delta s)
 *   <li>p = fy - H s and a = 0; for n = N - 1 ... 0, at y^n: a becomes a - beta J p, then p becomes
 *       p - beta H p
 *   <li>w = fx - J s + a; x becomes P_X(x - alpha w), y becomes y^N
 * </ol>
 *
 * <p>Without s this is the derivative of f(x, y^N) with y^0 held; with s = H^-1 fy nothing is left
 * to unroll and it is the implicit hypergradient.
 */
final class BgsOptRecipe implements Recipe {
  static final double ALPHA = 0.05;
  static final double BETA = 0.1;
  static final double RHO = 0.01;
  static final double DELTA = 1e-3;
  static final int N = 10;
  static final int M = 10;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final double alpha;
  private final double beta;
  private final double rho;
  private final double delta;
  private final int linearSteps;
  private final Figure hypergradient;
  private final Figure residual;
  private final Figure adjoint;
  private final double[][] path;
  private final double[] fx;
  private final double[] jv;
  private final double[] fy;
  private final double[] s;
  private final double[] rest;
  private final double[] product;

  BgsOptRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    alpha = settings.number("alpha", ALPHA, Range.POSITIVE);
    beta = settings.number("beta", BETA, Range.POSITIVE);
    rho = settings.number("rho", RHO, Range.POSITIVE);
    delta = settings.number("delta", DELTA, Range.NON_NEGATIVE);
    int q = oracle.lowerDim();
    path = new double[Keys.count(settings, "N", N)][q];
    linearSteps = Keys.atLeast(settings, "M", M, 0);
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    adjoint = Figure.of(context, "adjoint-norm");
    upperStep = UpperStep.of(context);
    fx = new double[oracle.upperDim()];
    jv = new double[oracle.upperDim()];
    fy = new double[q];
    s = new double[q];
    rest = new double[q];
    product = new double[q];
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    double g = descend(now, next, zeta);
    figures.losses(oracle.upperGradients(now.x, next.y, input.upper().get(0), fx, fy), g);
    solve(now.x, next.y, zeta);
    oracle.jvp(now.x, next.y, s, zeta, jv);
    Kernels.axpy(-1, jv, fx);
    double[] p = rest;
    oracle.hvp(now.x, next.y, s, zeta, product);
    Kernels.add(fy, -1, product, p);
    for (int n = path.length - 1; n >= 0; n--) {
      oracle.jvp(now.x, path[n], p, zeta, jv);
      oracle.hvp(now.x, path[n], p, zeta, product);
      Kernels.axpy(-beta, jv, fx);
      Kernels.axpy(-beta, product, p);
    }
    upperStep.take(now.x, alpha, fx, next);
    hypergradient.note(next, Kernels.norm2(fx));
    adjoint.note(next, Kernels.norm2(p));
  }

  /** Keeps y^0 ... y^(N-1), leaves y^N in next.y; returns g at y^0. */
  private double descend(State now, State next, Batch zeta) {
    double first = 0;
    Kernels.copy(now.y, next.y);
    for (int n = 0; n < path.length; n++) {
      Kernels.copy(next.y, path[n]);
      double g = oracle.gradLowerY(now.x, path[n], zeta, product);
      if (n == 0) {
        first = g;
      }
      Kernels.axpy(-beta, product, next.y);
    }
    residual.note(next, Kernels.norm2(product));
    return first;
  }

  /** s by gradient steps on 1/2 |H s - fy|^2 + 1/2 delta |s|^2. */
  private void solve(double[] x, double[] y, Batch zeta) {
    Arrays.fill(s, 0);
    for (int i = 0; i < linearSteps; i++) {
      oracle.hvp(x, y, s, zeta, rest);
      Kernels.axpy(-1, fy, rest);
      oracle.hvp(x, y, rest, zeta, product);
      Kernels.axpy(delta, s, product);
      Kernels.axpy(-rho, product, s);
    }
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    adjoint.report(now, sink);
  }
}
