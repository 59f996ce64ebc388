package io.thalweg.problem;

import java.util.Arrays;

/**
 * The penalty weights of a point: exp(x_k) on the log scale, x_k on the linear one. The weights of
 * the last two different points are kept, because a method that evaluates at the new and at the
 * previous point asks for each of them in two steps running, and a Krylov solve asks for the same
 * ones at every product. What is handed out depends on x alone.
 */
final class PenaltyWeights {
  private final boolean log;
  private double[] x;
  private double[] weight;
  private double[] previousX;
  private double[] previousWeight;

  PenaltyWeights(boolean log, int count) {
    this.log = log;
    x = new double[count];
    weight = new double[count];
    previousX = new double[count];
    previousWeight = new double[count];
    // no point equals NaN by its bits unless it is NaN, and then so are its weights
    Arrays.fill(x, Double.NaN);
    Arrays.fill(weight, Double.NaN);
    Arrays.fill(previousX, Double.NaN);
    Arrays.fill(previousWeight, Double.NaN);
  }

  /** The weights at a point, valid until two others have been asked for. */
  double[] at(double[] point) {
    if (Arrays.equals(point, x)) {
      return weight;
    }
    if (Arrays.equals(point, previousX)) {
      return previousWeight;
    }
    double[] freeX = previousX;
    double[] freeWeight = previousWeight;
    previousX = x;
    previousWeight = weight;
    x = freeX;
    weight = freeWeight;
    for (int k = 0; k < x.length; k++) {
      x[k] = point[k];
      weight[k] = log ? StrictMath.exp(point[k]) : point[k];
    }
    return weight;
  }
}
