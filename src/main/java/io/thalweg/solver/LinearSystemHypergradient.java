package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.Projections;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import java.util.List;

/**
 * Follows z = H^-1 fy by a step of its own, z_{t+1} = ball(z_t - rho eta_t r_t, radius), z_1 = 0,
 * and averages the directions w = fx - J z, v = gy and r = H z - fy at (x, y, z): one Hv and one Jv
 * per point, no matrix.
 */
final class LinearSystemHypergradient implements Hypergradient {
  static final List<String> LETTERS = List.of("w", "v", "r");

  private final BilevelOracle oracle;
  private final double rho;
  private final double radius;
  private final int z;
  private final int[] slots;
  private final int ballActive;
  private final double[] jz;
  private final double[] fy;

  LinearSystemHypergradient(BilevelOracle oracle, StateLayout layout, double rho, double radius) {
    this.oracle = oracle;
    this.rho = rho;
    this.radius = radius;
    int p = oracle.upperDim();
    int q = oracle.lowerDim();
    z = layout.slot("z", q);
    slots = new int[] {layout.slot("w", p), layout.slot("v", q), layout.slot("r", q)};
    ballActive = layout.counter("clamps-linear");
    jz = new double[p];
    fy = new double[q];
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
  public void start(State next) {
    java.util.Arrays.fill(next.slots[z], 0);
  }

  @Override
  public void move(State now, State next, double eta) {
    Kernels.add(now.slots[z], -rho * eta, now.slots[slots[2]], next.slots[z]);
    if (Projections.ball(next.slots[z], radius)) {
      next.counters[ballActive]++;
    }
  }

  @Override
  public void evaluate(
      State at, Batch zeta, Batch xi, double[][] out, long[] counters, StepFigures figures) {
    double f = oracle.upperGradients(at.x, at.y, xi, out[0], fy);
    double g = oracle.lowerProducts(at.x, at.y, at.slots[z], zeta, out[1], out[2], jz);
    figures.losses(f, g);
    Kernels.axpy(-1, jz, out[0]);
    Kernels.axpy(-1, fy, out[2]);
  }
}
