package io.thalweg.solver;

import io.thalweg.estimator.Storm;
import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.Projections;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.DifferenceProducts;
import io.thalweg.sample.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Move k = 0, 1, ... with the lower batches zeta, psi, xi and the upper ones phi, chi, H~ and J~
 * being differences of gradients or the products themselves:
 *
 * <pre>
 * G = gy(x, y; zeta)     R = H~(x, y; psi) v - fy(x, y; phi)     P = fx(x, y; chi) - J~(x, y; xi) v
 * e = D_k + (1 - a_k) (e - D_{k-1})          for D = G, R, P, both on the same batches
 * y -= beta s_k e_g      v = ball(v - lambda s_k e_R, r_v)      x = P_X(x - alpha s_k e_f)
 * </pre>
 *
 * with s_k and a_k of {@link StormSteps}, everything at the values of before; v starts at 0 and the
 * first move takes the plain values.
 */
final class FdeHboRecipe implements Recipe {
  /**
   * Step sizes.
   *
   * @param alpha of x
   * @param beta of y
   * @param lambda of v
   * @param storm their scale, and the weight
   */
  record Steps(double alpha, double beta, double lambda, StormSteps storm) {}

  /** Products with the second derivatives of g. */
  interface Products {
    void hvp(double[] x, double[] y, double[] v, Batch psi, double[] hv);

    void jvp(double[] x, double[] y, double[] v, Batch xi, double[] jv);

    /** Those of the problem. */
    static Products exact(BilevelOracle oracle) {
      return new Products() {
        @Override
        public void hvp(double[] x, double[] y, double[] v, Batch psi, double[] hv) {
          oracle.hvp(x, y, v, psi, hv);
        }

        @Override
        public void jvp(double[] x, double[] y, double[] v, Batch xi, double[] jv) {
          oracle.jvp(x, y, v, xi, jv);
        }
      };
    }

    /** Differences of gradients. */
    static Products differences(BilevelOracle oracle, double radius, boolean scaled) {
      DifferenceProducts differences = new DifferenceProducts(oracle, radius, scaled);
      return new Products() {
        @Override
        public void hvp(double[] x, double[] y, double[] v, Batch psi, double[] hv) {
          differences.hvp(x, y, v, psi, hv);
        }

        @Override
        public void jvp(double[] x, double[] y, double[] v, Batch xi, double[] jv) {
          differences.jvp(x, y, v, xi, jv);
        }
      };
    }
  }

  private static final Consumption CONSUMPTION = new Consumption(3, 2);

  private final BilevelOracle oracle;
  private final Steps steps;
  private final double radius;
  private final Products products;
  private final UpperStep upperStep;
  private final Storm storm = new Storm();
  private final int v;
  private final int xBefore;
  private final int yBefore;
  private final int vBefore;
  private final int eg;
  private final int er;
  private final int ef;
  private final int ballActive;
  private final double[] oldG;
  private final double[] oldR;
  private final double[] oldF;
  private final double[] fy;
  private final double[] jv;

  FdeHboRecipe(MethodContext context, Steps steps, double radius, Products products) {
    oracle = context.oracle();
    this.steps = steps;
    this.radius = radius;
    this.products = products;
    upperStep = UpperStep.of(context);
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    StateLayout layout = context.layout();
    v = layout.slot("v", q);
    xBefore = layout.slot("x-before", p);
    yBefore = layout.slot("y-before", q);
    vBefore = layout.slot("v-before", q);
    eg = layout.slot("e-g", q);
    er = layout.slot("e-r", q);
    ef = layout.slot("e-f", p);
    ballActive = layout.counter("clamps-linear");
    oldG = new double[q];
    oldR = new double[q];
    oldF = new double[p];
    fy = new double[q];
    jv = new double[p];
  }

  @Override
  public Consumption next(State now) {
    return CONSUMPTION;
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    long k = now.t() - 1;
    double[] g = next.slots[eg];
    double[] r = next.slots[er];
    double[] f = next.slots[ef];
    evaluate(now.x, now.y, now.slots[v], input, g, r, f, figures);
    if (k > 0) {
      double[] x = now.slots[xBefore];
      double[] y = now.slots[yBefore];
      evaluate(x, y, now.slots[vBefore], input, oldG, oldR, oldF, null);
      double a = steps.storm().weight(k);
      storm.update(now.slots[eg], oldG, a, g, 0, g.length);
      storm.update(now.slots[er], oldR, a, r, 0, r.length);
      storm.update(now.slots[ef], oldF, a, f, 0, f.length);
    }
    Kernels.copy(now.x, next.slots[xBefore]);
    Kernels.copy(now.y, next.slots[yBefore]);
    Kernels.copy(now.slots[v], next.slots[vBefore]);
    double s = steps.storm().scale(k);
    Kernels.add(now.y, -steps.beta() * s, g, next.y);
    Kernels.add(now.slots[v], -steps.lambda() * s, r, next.slots[v]);
    if (Projections.ball(next.slots[v], radius)) {
      next.counters[ballActive]++;
    }
    upperStep.take(now.x, steps.alpha() * s, f, next);
  }

  /** The plain directions at one point, and the losses where they are asked for. */
  private void evaluate(
      double[] x,
      double[] y,
      double[] at,
      StepInput input,
      double[] g,
      double[] r,
      double[] f,
      @Nullable StepFigures figures) {
    Batch zeta = input.lower().get(0);
    Batch psi = input.lower().get(1);
    Batch xi = input.lower().get(2);
    double lowerLoss = oracle.gradLowerY(x, y, zeta, g);
    products.hvp(x, y, at, psi, r);
    double upperLoss = oracle.gradUpperY(x, y, input.upper().get(0), fy);
    Kernels.axpy(-1, fy, r);
    oracle.gradUpperX(x, y, input.upper().get(1), f);
    products.jvp(x, y, at, xi, jv);
    Kernels.axpy(-1, jv, f);
    if (figures != null) {
      figures.losses(upperLoss, lowerLoss);
    }
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", Kernels.norm2(now.slots[ef]));
    sink.figure("lower-residual", Kernels.norm2(now.slots[eg]));
    sink.figure("linear-residual", Kernels.norm2(now.slots[er]));
  }
}
