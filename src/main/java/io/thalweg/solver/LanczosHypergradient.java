package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.LanczosSolve;
import io.thalweg.linalg.LinearMap;
import io.thalweg.linalg.Projections;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Averages w = fx - J z(s) and v = gy, where z(s) solves S_[mu,lg](H) z = ball(fy, C_fy) by Lanczos
 * on the batch of the step: at most k Hv and one Jv per point. At k = q one plain step equals the
 * dense one without the operator-norm ball. The inverse of a mini-batch is biased: batches of 50
 * and more are advised.
 */
final class LanczosHypergradient implements Hypergradient {
  static final List<String> LETTERS = List.of("w", "v");

  private final BilevelOracle oracle;
  private final double cfy;
  private final LanczosSolve lanczos;
  private final LinearMap lowerHessian = this::product;
  private final int[] slots;
  private final int ballActive;
  private final int spectrumActive;
  private final double[] fy;
  private final double[] solved;
  private final double[] indirect;
  // the point and batch of the solve under way
  private @Nullable State at;
  private @Nullable Batch zeta;

  LanczosHypergradient(
      BilevelOracle oracle, StateLayout layout, double cfy, double mu, double lg, int krylov) {
    this.oracle = oracle;
    this.cfy = cfy;
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    slots = new int[] {layout.slot("w", p), layout.slot("v", q)};
    ballActive = layout.counter("clamps-upper-gradient");
    spectrumActive = layout.counter("clamps-hessian");
    lanczos = new LanczosSolve(q, krylov, mu, lg);
    fy = new double[q];
    solved = new double[q];
    indirect = new double[p];
  }

  @Override
  public List<String> letters() {
    return LETTERS;
  }

  @Override
  public int[] slots() {
    return slots;
  }

  @Override
  public int w() {
    return slots[0];
  }

  @Override
  public int v() {
    return slots[1];
  }

  @Override
  public void evaluate(
      State point, Batch lower, Batch xi, double[][] out, long[] counters, StepFigures figures) {
    double f = oracle.upperGradients(point.x, point.y, xi, out[0], fy);
    double g = oracle.gradLowerY(point.x, point.y, lower, out[1]);
    figures.losses(f, g);
    if (Projections.ball(fy, cfy)) {
      counters[ballActive]++;
    }
    at = point;
    zeta = lower;
    lanczos.solve(lowerHessian, fy, solved);
    at = null;
    zeta = null;
    if (lanczos.clamped() > 0) {
      counters[spectrumActive]++;
    }
    oracle.jvp(point.x, point.y, solved, lower, indirect);
    Kernels.axpy(-1, indirect, out[0]);
  }

  private void product(double[] direction, double[] out) {
    State point = at;
    Batch lower = zeta;
    if (point == null || lower == null) {
      throw new IllegalStateException("no solve is under way");
    }
    oracle.hvp(point.x, point.y, direction, lower, out);
  }
}
