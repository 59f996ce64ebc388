package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import org.jspecify.annotations.Nullable;

/**
 * Move k = 0, 1, ... with one lower and one upper batch, everything at the values of before. The
 * directions gy, H v and J v of each lower row and fy and fx of each upper one go through a {@link
 * SagaTable} of their level; with the estimates E:
 *
 * <pre>
 * y -= rho_k E[gy]      v -= rho_k (E[H v] - E[fy])      x = P_X(x - gamma_k (E[fx] - E[J v]))
 * </pre>
 *
 * v starts at 0. With a first pass nothing moves, and k stays at 0, before both tables hold all of
 * their records. Tables hold values of old points: when the data change, so must the tables.
 */
final class SabaRecipe implements Recipe {
  private final JointSteps steps;
  private final BilevelOracle oracle;
  private final int p;
  private final int q;
  private final int v;
  private final SagaTable lowerTable;
  private final SagaTable upperTable;
  private final UpperStep upperStep;
  private final StepNorms norms;

  /** Steps of the first pass. */
  private final int waited;

  private final double[] gy;
  private final double[] hv;
  private final double[] jv;
  private final double[] fx;
  private final double[] fy;

  /** The estimates gy, Hv, Jv and fy, fx, end to end. */
  private final double[] lower;

  private final double[] upper;

  /** One row of a batch of several. */
  private final Batch oneLower;

  private final Batch oneUpper;

  /** The batches of the step under way, whose rows go into the tables when it stands. */
  private @Nullable Batch zeta;

  private @Nullable Batch xi;

  SabaRecipe(MethodContext context, JointSteps steps, boolean firstPass) {
    this.steps = steps;
    oracle = context.oracle();
    p = oracle.upperDim();
    q = oracle.lowerDim();
    v = context.layout().slot("v", q);
    lowerTable = new SagaTable(context, Level.LOWER, "lower", Math.addExact(2 * q, p), firstPass);
    upperTable = new SagaTable(context, Level.UPPER, "upper", Math.addExact(q, p), firstPass);
    upperStep = UpperStep.of(context);
    norms = StepNorms.of(context, StepNorms.UPPER, StepNorms.LOWER, StepNorms.LINEAR);
    waited = firstPass ? context.layout().hiddenCounter("first-pass-steps") : -1;
    gy = new double[q];
    hv = new double[q];
    jv = new double[p];
    fx = new double[p];
    fy = new double[q];
    lower = new double[2 * q + p];
    upper = new double[q + p];
    oneLower = new Batch(oracle.schema(Level.LOWER), 1);
    oneUpper = new Batch(oracle.schema(Level.UPPER), 1);
  }

  @Override
  public void begin(State initial) {
    lowerTable.begin(initial);
    upperTable.begin(initial);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch lowerRows = input.lower().get(0);
    Batch upperRows = input.upper().get(0);
    zeta = lowerRows;
    xi = upperRows;
    double g = lowerRows(now, lowerRows);
    double f = upperRows(now, upperRows);
    figures.losses(f, g);
    lowerTable.estimate(now, next, lowerRows, lower);
    upperTable.estimate(now, next, upperRows, upper);
    directions();
    if (lowerTable.isReady(now) && upperTable.isReady(now)) {
      move(now, next);
    } else {
      next.counters[waited]++;
      Kernels.copy(now.x, next.x);
      Kernels.copy(now.y, next.y);
      Kernels.copy(now.slots[v], next.slots[v]);
    }
    norms.note(now, next, 0, fx);
    norms.note(now, next, 1, gy);
    norms.note(now, next, 2, hv);
  }

  private void move(State now, State next) {
    long t = waited < 0 ? now.t() : now.t() - now.counters[waited];
    double rho = steps.lower().at(t);
    Kernels.add(now.y, -rho, gy, next.y);
    Kernels.add(now.slots[v], -rho, hv, next.slots[v]);
    upperStep.take(now.x, steps.upper().at(t), fx, next);
  }

  /** The directions of every lower row; returns the mean of g. */
  private double lowerRows(State now, Batch batch) {
    lowerTable.open(batch);
    double g = 0;
    for (int r = 0; r < batch.size(); r++) {
      Batch row = row(batch, r, oneLower);
      g += oracle.lowerProducts(now.x, now.y, now.slots[v], row, gy, hv, jv);
      lowerTable.put(r, 0, gy);
      lowerTable.put(r, q, hv);
      lowerTable.put(r, 2 * q, jv);
    }
    return g / batch.size();
  }

  /** The directions of every upper row; returns the mean of f. */
  private double upperRows(State now, Batch batch) {
    upperTable.open(batch);
    double f = 0;
    for (int r = 0; r < batch.size(); r++) {
      Batch row = row(batch, r, oneUpper);
      f += oracle.upperGradients(now.x, now.y, row, fx, fy);
      upperTable.put(r, 0, fy);
      upperTable.put(r, q, fx);
    }
    return f / batch.size();
  }

  private static Batch row(Batch batch, int r, Batch one) {
    if (batch.size() == 1) {
      return batch;
    }
    one.clear();
    one.appendRow(batch, r);
    return one;
  }

  /** gy, hv and fx become the directions of y, v and x. */
  private void directions() {
    for (int j = 0; j < q; j++) {
      gy[j] = lower[j];
      hv[j] = lower[q + j] - upper[j];
    }
    for (int i = 0; i < p; i++) {
      fx[i] = upper[q + i] - lower[2 * q + i];
    }
  }

  @Override
  public void kept(State now) {
    if (zeta != null && xi != null) {
      lowerTable.keep(now, zeta);
      upperTable.keep(now, xi);
      zeta = null;
      xi = null;
    }
  }

  @Override
  public void report(State now, Solver.Report sink) {
    norms.report(now, sink);
  }
}
