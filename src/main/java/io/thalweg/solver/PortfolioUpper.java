package io.thalweg.solver;

import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.Portfolio;
import java.util.Arrays;
import java.util.List;

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
  private final double[] least;
  private final double[] most;

  private PortfolioUpper(
      RowModel model, int entries, RecordWeightSettings own, double[] least, double[] most) {
    this.model = model;
    this.entries = entries;
    this.own = own;
    this.least = least;
    this.most = most;
  }

  /** Within the bounds that problem and job put on the L2 weights, which are a box. */
  static PortfolioUpper of(RowModel model, RecordWeightSettings own, Constraint constraint) {
    int width = model.hasBias() ? model.features() + 1 : model.features();
    return new PortfolioUpper(
        model,
        Math.multiplyExact(width, model.outputs()),
        own,
        end(model, constraint, -FAR),
        end(model, constraint, FAR));
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
