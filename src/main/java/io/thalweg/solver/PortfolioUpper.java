package io.thalweg.solver;

import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.Limits;
import io.thalweg.portfolio.Portfolio;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The upper variable of a portfolio: the L2 weights of the problem as the problem has them, then
 * the logarithm of the step size of every weight of the model, then those of the tuned weights of
 * records.
 */
final class PortfolioUpper {
  /** An L2 weight that is tuned by factors must not be 0. */
  private static final double SMALLEST = 1e-12;

  private static final double FAR = 1e9;

  private final RowModel model;
  private final int entries;
  private final RecordWeightSettings own;
  private final Constraint job;
  private final double[] least;
  private final double[] most;
  private final double leastStep;
  private final double mostStep;

  private PortfolioUpper(
      RowModel model,
      int entries,
      RecordWeightSettings own,
      Constraint job,
      double leastStep,
      double mostStep) {
    this.model = model;
    this.entries = entries;
    this.own = own;
    this.job = job;
    this.leastStep = leastStep;
    this.mostStep = mostStep;
    least = end(model, job, -FAR);
    most = end(model, job, FAR);
  }

  /** Within the bounds that problem and job put on the L2 weights, which are a box. */
  static PortfolioUpper of(
      RowModel model,
      RecordWeightSettings own,
      Constraint constraint,
      double leastStep,
      double mostStep) {
    int width = model.hasBias() ? model.features() + 1 : model.features();
    return new PortfolioUpper(
        model, Math.multiplyExact(width, model.outputs()), own, constraint, leastStep, mostStep);
  }

  /** Far out in every coordinate, brought back into the box. */
  private static double[] end(RowModel model, Constraint constraint, double far) {
    double[] x = new double[model.groups()];
    Arrays.fill(x, far);
    constraint.project(x);
    for (int g = 0; g < x.length; g++) {
      x[g] = Math.min(Double.MAX_VALUE, Math.max(SMALLEST, model.weightOf(x[g])));
    }
    return x;
  }

  double[] leastPenalties() {
    return least;
  }

  double[] mostPenalties() {
    return most;
  }

  /** Length of the upper variable. */
  int length() {
    return model.groups() + coordinates();
  }

  /** Coordinates that are not the problem's. */
  int coordinates() {
    return entries + own.names().size();
  }

  /** The name of a coordinate that is not the problem's. */
  String name(int i) {
    return i < entries ? own.stepSize(i) : own.names().get(i - entries);
  }

  /** The names of the weights of records. */
  List<String> recordWeights() {
    return own.names();
  }

  /** Why a coordinate cannot be bounded or held by a command, null when it can. */
  @Nullable String refusal(int i) {
    if (own.isFrozen(i)) {
      return "the job itself keeps this coordinate as it begins (solver.frozen)";
    }
    if (i >= model.groups() + entries && own.isShared(i - model.groups() - entries)) {
      return "class weights with scale: simplex are all moved by each of them, so none can be"
          + " bounded or frozen alone";
    }
    return null;
  }

  /** The box of all coordinates: of the L2 weights that of the job. */
  Constraint box() {
    return new Constraint() {
      @Override
      public boolean project(double[] x) {
        throw new IllegalStateException("members keep within their bounds by themselves");
      }

      @Override
      public boolean separable() {
        return job.separable();
      }

      @Override
      public double least(int i) {
        int e = i - model.groups();
        return e < 0
            ? Math.max(job.least(i), model.upperOf(SMALLEST))
            : e < entries ? StrictMath.log(leastStep) : own.least(e - entries);
      }

      @Override
      public double most(int i) {
        int e = i - model.groups();
        return e < 0 ? job.most(i) : e < entries ? StrictMath.log(mostStep) : own.most(e - entries);
      }
    };
  }

  /** Bounds in the form in which members hold their variables; null for none. */
  @Nullable Limits limits(CoordinateBounds bounds) {
    return bounds.size() == 0
        ? null
        : new Limits(
            ends(bounds, model.groups(), model.groups() + entries),
            ends(bounds, 0, model.groups()),
            ends(bounds, model.groups() + entries, length()));
  }

  private Limits.Ends ends(CoordinateBounds bounds, int from, int to) {
    int count = 0;
    for (int k = 0; k < bounds.size(); k++) {
      count += bounds.coordinate(k) >= from && bounds.coordinate(k) < to ? 1 : 0;
    }
    Limits.Ends out = new Limits.Ends(new int[count], new double[count], new double[count]);
    int n = 0;
    for (int k = 0; k < bounds.size(); k++) {
      int i = bounds.coordinate(k);
      if (i >= from && i < to) {
        out.at()[n] = i - from;
        out.least()[n] = held(i, bounds.low(k));
        out.most()[n] = held(i, bounds.high(k));
        n++;
      }
    }
    return out;
  }

  /** The form in which a member holds a coordinate. */
  private double held(int i, double x) {
    int e = i - model.groups();
    if (e < 0) {
      return Math.min(most[i], Math.max(least[i], model.weightOf(x)));
    }
    return e < entries ? stepOf(x) : own.madeOf(e - entries, x);
  }

  private double stepOf(double x) {
    return Math.min(mostStep, Math.max(leastStep, StrictMath.exp(x)));
  }

  /** Goes back to an earlier point. */
  void rollBack(Portfolio portfolio, double[] x, double[] y) {
    int groups = model.groups();
    double[] penalties = new double[groups];
    for (int g = 0; g < groups; g++) {
      penalties[g] = held(g, x[g]);
    }
    double[] steps = new double[entries];
    for (int e = 0; e < entries; e++) {
      steps[e] = stepOf(x[groups + e]);
    }
    portfolio.rollBack(y, penalties, steps, Arrays.copyOfRange(x, groups + entries, length()));
  }

  /** What the portfolio as a whole uses. */
  void of(Portfolio portfolio, double[] out) {
    int groups = model.groups();
    for (int g = 0; g < groups; g++) {
      double penalty = Math.min(most[g], Math.max(least[g], portfolio.penalty(g)));
      out[g] = model.upperOf(penalty);
    }
    for (int e = 0; e < entries; e++) {
      out[groups + e] = portfolio.logStep(e);
    }
    for (int i = 0; i < own.names().size(); i++) {
      out[groups + entries + i] = portfolio.logRecordWeight(i);
    }
  }
}
