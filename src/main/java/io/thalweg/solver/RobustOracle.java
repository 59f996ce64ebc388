package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.robust.RobustMean;
import io.thalweg.robust.RobustRule;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * An oracle whose mean over the rows of a batch is a weighted one: every call answers sum q_i
 * call(row i). The weights of a batch come from the gradients of its rows, gy for a lower one, (fx,
 * fy) for an upper one, at the first point that a step asks about, and hold for all calls of that
 * step: STORM compares two points by the same weights.
 *
 * <p>Where all rows keep the same weight the batch goes to the problem as it is, so that an
 * aggregator that finds nothing to do changes no bit. Weights are scratch: nothing of a step is
 * needed in the next one. Per batch the weights take one gradient per row, and every call one call
 * per row that has weight.
 */
final class RobustOracle implements BilevelOracle {
  /** Gradients of all rows of a batch together: 128 MiB of doubles. */
  static final long MOST_ENTRIES = 1L << 24;

  private final BilevelOracle oracle;
  private final RobustMean mean;
  private final int p;
  private final int q;
  private final Batch lowerRow;
  private final Batch upperRow;
  private final List<Weighed> weighed = new ArrayList<>();
  private final List<JoinedBatch> joins = new ArrayList<>();
  private int inUse;
  private double[] gradients = new double[0];
  private final double[] upperPart;
  private final double[] lowerPart;
  private final double[] secondLowerPart;
  private double[] matrixPart = new double[0];

  /** What is known of one batch in the step at hand. */
  static final class Weighed {
    private Level level = Level.LOWER;
    private Batch batch;
    private long filling;
    private int rows;
    private int joinedFrom;
    private boolean told;
    private boolean equal;
    private double[] weights = new double[0];
    private double lambda;
    private double removed;
    private int rounds;
    private int without;

    Weighed(Batch batch) {
      this.batch = batch;
    }

    Level level() {
      return level;
    }

    Batch batch() {
      return batch;
    }

    /** Whether the batch still holds the rows that were weighed. */
    boolean isPresent() {
      return batch.fillings() == filling;
    }

    /** Whether it could be weighed at all. */
    boolean isTold() {
      return told;
    }

    int rows() {
      return rows;
    }

    /**
     * The place of the first of the step's batches whose rows it holds copies of, -1 where it is
     * one of them itself.
     */
    int joinedFrom() {
      return joinedFrom;
    }

    double weight(int row) {
      return equal ? 1 : weights[row];
    }

    double lambda() {
      return lambda;
    }

    double removed() {
      return removed;
    }

    int rounds() {
      return rounds;
    }

    int rowsWithoutWeight() {
      return without;
    }
  }

  RobustOracle(BilevelOracle oracle, RobustRule rule) {
    this.oracle = oracle;
    mean = new RobustMean(rule);
    p = oracle.upperDim();
    q = oracle.lowerDim();
    lowerRow = new Batch(oracle.schema(Level.LOWER), 1);
    upperRow = new Batch(oracle.schema(Level.UPPER), 1);
    upperPart = new double[p];
    lowerPart = new double[q];
    secondLowerPart = new double[q];
  }

  /** Notes where the rows of batches may be from that are none of a step's own. */
  void knows(JoinedBatch join) {
    joins.add(join);
  }

  /** Forgets the weights: the next call of any batch is the first of a step. */
  void beginStep() {
    inUse = 0;
  }

  /** Batches weighed since the step began. */
  int count() {
    return inUse;
  }

  Weighed weighed(int k) {
    return weighed.get(k);
  }

  private Weighed weights(Level level, double[] x, double[] y, Batch batch) {
    for (int k = 0; k < inUse; k++) {
      Weighed known = weighed.get(k);
      if (known.batch == batch && known.level == level && known.isPresent()) {
        return known;
      }
    }
    if (inUse == weighed.size()) {
      weighed.add(new Weighed(batch));
    }
    Weighed next = weighed.get(inUse++);
    next.level = level;
    next.batch = batch;
    next.filling = batch.fillings();
    next.rows = batch.size();
    next.joinedFrom = joinedFrom(batch);
    weigh(next, x, y);
    return next;
  }

  private int joinedFrom(Batch batch) {
    for (int k = 0; k < joins.size(); k++) {
      if (joins.get(k).holds(batch)) {
        return joins.get(k).first();
      }
    }
    return -1;
  }

  private void weigh(Weighed next, double[] x, double[] y) {
    int n = next.batch.size();
    int d = next.level == Level.LOWER ? q : p + q;
    next.told = mean.canTell(n) && mean.weigh(gradients(next, x, y, n, d), n, d);
    next.equal = !next.told || (mean.rounds() == 0 && mean.removed() == 0);
    next.lambda = next.told ? mean.lambda() : 0;
    next.removed = next.told ? mean.removed() : 0;
    next.rounds = next.told ? mean.rounds() : 0;
    next.without = 0;
    if (!next.equal) {
      if (next.weights.length < n) {
        next.weights = new double[n];
      }
      System.arraycopy(mean.weights(), 0, next.weights, 0, n);
      for (int i = 0; i < n; i++) {
        next.without += next.weights[i] == 0 ? 1 : 0;
      }
    }
  }

  private double[] gradients(Weighed of, double[] x, double[] y, int n, int d) {
    int entries = Math.multiplyExact(n, d);
    if (gradients.length < entries) {
      gradients = new double[entries];
    }
    for (int i = 0; i < n; i++) {
      Batch row = row(of.level, of.batch, i);
      if (of.level == Level.LOWER) {
        oracle.gradLowerY(x, y, row, lowerPart);
      } else {
        oracle.upperGradients(x, y, row, upperPart, lowerPart);
        System.arraycopy(upperPart, 0, gradients, i * d, p);
      }
      System.arraycopy(lowerPart, 0, gradients, i * d + d - q, q);
    }
    return gradients;
  }

  /** One row as a batch, until the next call. */
  private Batch row(Level level, Batch batch, int i) {
    Batch row = level == Level.LOWER ? lowerRow : upperRow;
    row.clear();
    row.appendRow(batch, i);
    return row;
  }

  private double[] matrixPart(int entries) {
    if (matrixPart.length != entries) {
      matrixPart = new double[entries];
    }
    return matrixPart;
  }

  @Override
  public int upperDim() {
    return p;
  }

  @Override
  public int lowerDim() {
    return q;
  }

  @Override
  public Set<Capability> capabilities() {
    return oracle.capabilities();
  }

  @Override
  public SampleSchema schema(Level level) {
    return oracle.schema(level);
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    Weighed by = weights(Level.UPPER, x, y, xi);
    if (by.equal) {
      return oracle.upperValue(x, y, xi);
    }
    double f = 0;
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        f += by.weights[i] * oracle.upperValue(x, y, row(Level.UPPER, xi, i));
      }
    }
    return f;
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      return oracle.lowerValue(x, y, zeta);
    }
    double g = 0;
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        g += by.weights[i] * oracle.lowerValue(x, y, row(Level.LOWER, zeta, i));
      }
    }
    return g;
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    Weighed by = weights(Level.UPPER, x, y, xi);
    if (by.equal) {
      return oracle.upperGradients(x, y, xi, fx, fy);
    }
    double f = 0;
    Arrays.fill(fx, 0);
    Arrays.fill(fy, 0);
    for (int i = 0; i < by.rows(); i++) {
      double weight = by.weights[i];
      if (weight > 0) {
        Batch row = row(Level.UPPER, xi, i);
        f += weight * oracle.upperGradients(x, y, row, upperPart, lowerPart);
        Kernels.axpy(weight, upperPart, fx);
        Kernels.axpy(weight, lowerPart, fy);
      }
    }
    return f;
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    Weighed by = weights(Level.UPPER, x, y, xi);
    if (by.equal) {
      oracle.gradUpperX(x, y, xi, fx);
      return;
    }
    Arrays.fill(fx, 0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.gradUpperX(x, y, row(Level.UPPER, xi, i), upperPart);
        Kernels.axpy(by.weights[i], upperPart, fx);
      }
    }
  }

  @Override
  public void gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    Weighed by = weights(Level.UPPER, x, y, xi);
    if (by.equal) {
      oracle.gradUpperY(x, y, xi, fy);
      return;
    }
    Arrays.fill(fy, 0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.gradUpperY(x, y, row(Level.UPPER, xi, i), lowerPart);
        Kernels.axpy(by.weights[i], lowerPart, fy);
      }
    }
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      oracle.gradLowerX(x, y, zeta, gx);
      return;
    }
    Arrays.fill(gx, 0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.gradLowerX(x, y, row(Level.LOWER, zeta, i), upperPart);
        Kernels.axpy(by.weights[i], upperPart, gx);
      }
    }
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      return oracle.gradLowerY(x, y, zeta, gy);
    }
    double g = 0;
    Arrays.fill(gy, 0);
    for (int i = 0; i < by.rows(); i++) {
      double weight = by.weights[i];
      if (weight > 0) {
        g += weight * oracle.gradLowerY(x, y, row(Level.LOWER, zeta, i), lowerPart);
        Kernels.axpy(weight, lowerPart, gy);
      }
    }
    return g;
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      oracle.hvp(x, y, v, zeta, hv);
      return;
    }
    Arrays.fill(hv, 0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.hvp(x, y, v, row(Level.LOWER, zeta, i), lowerPart);
        Kernels.axpy(by.weights[i], lowerPart, hv);
      }
    }
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      oracle.jvp(x, y, v, zeta, jv);
      return;
    }
    Arrays.fill(jv, 0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.jvp(x, y, v, row(Level.LOWER, zeta, i), upperPart);
        Kernels.axpy(by.weights[i], upperPart, jv);
      }
    }
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      return oracle.lowerProducts(x, y, v, zeta, gy, hv, jv);
    }
    double g = 0;
    Arrays.fill(gy, 0);
    Arrays.fill(hv, 0);
    Arrays.fill(jv, 0);
    for (int i = 0; i < by.rows(); i++) {
      double weight = by.weights[i];
      if (weight > 0) {
        Batch row = row(Level.LOWER, zeta, i);
        g += weight * oracle.lowerProducts(x, y, v, row, lowerPart, secondLowerPart, upperPart);
        Kernels.axpy(weight, lowerPart, gy);
        Kernels.axpy(weight, secondLowerPart, hv);
        Kernels.axpy(weight, upperPart, jv);
      }
    }
    return g;
  }

  /** The same in every row, and so in a mean whose weights add up to 1. */
  @Override
  public boolean lowerPenalty(double[] x, double[] e) {
    return oracle.lowerPenalty(x, e);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      oracle.hessian(x, y, zeta, h);
      return;
    }
    double[] part = matrixPart(Math.max(p, q) * q);
    Arrays.fill(h, 0, q * q, 0.0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.hessian(x, y, row(Level.LOWER, zeta, i), part);
        Kernels.axpy(q * q, by.weights[i], part, 0, h, 0);
      }
    }
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    Weighed by = weights(Level.LOWER, x, y, zeta);
    if (by.equal) {
      oracle.cross(x, y, zeta, j);
      return;
    }
    double[] part = matrixPart(Math.max(p, q) * q);
    Arrays.fill(j, 0, p * q, 0.0);
    for (int i = 0; i < by.rows(); i++) {
      if (by.weights[i] > 0) {
        oracle.cross(x, y, row(Level.LOWER, zeta, i), part);
        Kernels.axpy(p * q, by.weights[i], part, 0, j, 0);
      }
    }
  }
}
