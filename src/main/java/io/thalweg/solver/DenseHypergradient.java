package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.OperatorNormBall;
import io.thalweg.linalg.Projections;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import java.util.List;

/**
 * Averages u = fx, h = fy, v = gy, G = J and H as they are, each followed by its projection: h on
 * the ball of radius C_fy, G on the operator-norm ball of radius C_gxy, H by the spectral clamp.
 * The projected value is what the next step averages with. w = u - G H^-1 h.
 */
final class DenseHypergradient implements Hypergradient {
  static final List<String> LETTERS = List.of("u", "h", "v", "G", "H");

  private final BilevelOracle oracle;
  private final int p;
  private final int q;
  private final double cfy;
  private final OperatorNormBall crossBall;
  private final HessianClamp clamp;
  private final int[] slots;
  private final int w;
  private final int ballActive;
  private final int crossActive;
  private final int spectrumActive;
  private final double[] solved;
  private final double[] indirect;

  DenseHypergradient(
      BilevelOracle oracle, StateLayout layout, double cfy, double cgxy, HessianClamp clamp) {
    this.oracle = oracle;
    this.cfy = cfy;
    p = oracle.upperDim();
    q = oracle.lowerDim();
    slots =
        new int[] {
          layout.slot("u", p),
          layout.slot("h", q),
          layout.slot("v", q),
          layout.slot("G", p * q),
          layout.slot("H", q * q)
        };
    w = layout.slot("w", p);
    ballActive = layout.counter("clamps-upper-gradient");
    crossActive = layout.counter("clamps-cross");
    spectrumActive = layout.counter("clamps-hessian");
    crossBall = new OperatorNormBall(p, q, cgxy);
    this.clamp = clamp;
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
    return w;
  }

  @Override
  public int v() {
    return slots[2];
  }

  @Override
  public void start(State next) {
    clamp.start(next);
  }

  @Override
  public void move(State now, State next, double eta) {
    clamp.carry(now, next);
  }

  @Override
  public void restored() {
    clamp.restored();
  }

  @Override
  public void evaluate(
      State at, Batch zeta, Batch xi, double[][] out, long[] counters, StepFigures figures) {
    double f = oracle.upperGradients(at.x, at.y, xi, out[0], out[1]);
    double g = oracle.gradLowerY(at.x, at.y, zeta, out[2]);
    figures.losses(f, g);
    oracle.cross(at.x, at.y, zeta, out[3]);
    oracle.hessian(at.x, at.y, zeta, out[4]);
  }

  @Override
  public void finish(State now, State next) {
    double[] u = next.slots[slots[0]];
    double[] h = next.slots[slots[1]];
    double[] g = next.slots[slots[3]];
    if (Projections.ball(h, cfy)) {
      next.counters[ballActive]++;
    }
    if (crossBall.clamp(g) > 0) {
      next.counters[crossActive]++;
    }
    double[] hessian = next.slots[slots[4]];
    if (clamp.clamp(next, now.slots[slots[4]], hessian) > 0) {
      next.counters[spectrumActive]++;
    }
    clamp.solve(next, h, solved);
    Kernels.gemv(p, q, g, solved, indirect);
    Kernels.add(u, -1, indirect, next.slots[w]);
  }
}
