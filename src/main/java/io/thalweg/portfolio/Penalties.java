package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import java.util.Arrays;

/**
 * The L2 weights of a member that tunes itself: one for all, one for every group of entries, or one
 * for every feature. Of the traces z_j = dy_j / dlog L it is told; m = -l' sum_j a_j z_j.
 */
final class Penalties {
  private final int groups;
  private final int outputs;
  private final double theta;
  private final double start;
  private final double[] least;
  private final double[] most;

  /** The group of entry j K + k; not a copy. */
  final int[] groupOf;

  /** Every group's weight; not a copy. */
  final double[] weights;

  private final double[] square;

  /** Whether group j is feature j. */
  private final boolean own;

  /** a'z_k of the record at hand, where there is one L2 weight; scratch. */
  private final double[] products;

  /** The L2 weights of the entries of a dense row; scratch. */
  private double[] spread = new double[0];

  /** What a record says of each group, and which groups it speaks of; scratch. */
  private final double[] said;

  private final int[] spoken;
  private final boolean[] listed;

  /**
   * At their first values.
   *
   * @param least lower bound of each
   * @param most upper bound of each
   */
  Penalties(RowModel model, MemberTuning settings, double[] least, double[] most) {
    this.groups = model.groups();
    this.outputs = model.outputs();
    this.groupOf = model.groupOf();
    this.theta = settings.l2Theta();
    this.start = settings.l2();
    this.least = least;
    this.most = most;
    this.weights = new double[groups];
    for (int g = 0; g < groups; g++) {
      weights[g] = bounded(g, start);
    }
    this.square = new double[groups];
    Arrays.fill(square, Autostep.FIRST_SQUARE);
    this.own = outputs == 1 && groups == model.features() && isIdentity(groupOf);
    this.products = new double[outputs];
    this.said = new double[groups];
    this.spoken = new int[groups];
    this.listed = new boolean[groups];
  }

  private static boolean isIdentity(int[] map) {
    for (int i = 0; i < map.length; i++) {
      if (map[i] != i) {
        return false;
      }
    }
    return true;
  }

  private double bounded(int group, double weight) {
    return Math.min(most[group], Math.max(least[group], weight));
  }

  /** Whether one weight is for all: then the products a'z_k are asked for. */
  boolean isOne() {
    return groups == 1;
  }

  /** Whether there are several that are tuned. */
  boolean areTunedApart() {
    return groups > 1 && theta > 0;
  }

  /** Hears of the products a'z_k. */
  void products(double[] of, int at) {
    for (int k = 0; k < outputs; k++) {
      products[k] = of[at + k];
    }
  }

  /** The L2 weight of every entry of a score. */
  double[] byEntry(int k, int penalised) {
    if (own) {
      return weights;
    }
    if (spread.length < penalised) {
      spread = new double[penalised];
    }
    if (groups == 1) {
      Arrays.fill(spread, 0, penalised, weights[0]);
    } else {
      for (int j = 0; j < penalised; j++) {
        spread[j] = weights[groupOf[j * outputs + k]];
      }
    }
    return spread;
  }

  /** Adds what a record says of them to a sum: factor a'z_k by group. */
  void add(Row row, int k, double factor, double[] trace, double[] sum) {
    if (!areTunedApart()) {
      if (theta > 0) {
        sum[0] += factor * products[k];
      }
      return;
    }
    double[] a = row.value();
    int[] index = row.index();
    boolean sparse = row.sparse();
    int n = row.penalised();
    if (own && !sparse) {
      Autostep.add(n, a, trace, factor, sum);
      return;
    }
    for (int e = 0; e < n; e++) {
      int j = sparse ? index[e] : e;
      sum[groupOf[j * outputs + k]] += factor * a[e] * trace[j];
    }
  }

  /**
   * Moves them by what a record says.
   *
   * @param slopes w l_k
   * @param z traces of every score
   * @param seeToBounds whether those of a dense row are brought back within their bounds
   */
  void tune(Row row, double[] slopes, double[][] z, boolean seeToBounds) {
    if (!(theta > 0)) {
      return;
    }
    if (groups == 1) {
      tuneOne(slopes);
    } else if (own && !row.sparse()) {
      Autostep.dense(
          row.penalised(), row.value(), row.present(), weights, z[0], square, -slopes[0], theta);
      if (seeToBounds) {
        for (int g = 0; g < groups; g++) {
          weights[g] = bounded(g, weights[g]);
        }
      }
    } else {
      tuneGroups(row, slopes, z);
    }
  }

  private void tuneOne(double[] slopes) {
    double m = 0;
    for (int k = 0; k < outputs; k++) {
      m -= slopes[k] * products[k];
    }
    tune(0, m);
  }

  private void tuneGroups(Row row, double[] slopes, double[][] z) {
    double[] a = row.value();
    int[] index = row.index();
    int count = 0;
    for (int e = 0; e < row.penalised(); e++) {
      if (a[e] != 0) {
        int j = row.sparse() ? index[e] : e;
        for (int k = 0; k < outputs; k++) {
          int group = groupOf[j * outputs + k];
          if (!listed[group]) {
            listed[group] = true;
            spoken[count++] = group;
          }
          said[group] -= slopes[k] * a[e] * z[k][j];
        }
      }
    }
    for (int i = 0; i < count; i++) {
      int group = spoken[i];
      tune(group, said[group]);
      said[group] = 0;
      listed[group] = false;
    }
  }

  private void tune(int group, double m) {
    square[group] = Autostep.square(square[group], m);
    double u = Autostep.relative(theta, m, square[group]);
    weights[group] = bounded(group, Autostep.moved(weights[group], u));
  }

  /** Puts them where they may be. */
  void put(double[] to) {
    for (int g = 0; g < groups; g++) {
      weights[g] = bounded(g, to[g]);
    }
  }

  /** Puts one back to where it began. */
  void putBack(int group) {
    weights[group] = bounded(group, start);
  }

  /** Puts back those that are frozen. */
  void putBack(boolean[] frozen) {
    for (int g = 0; g < groups; g++) {
      if (frozen[g]) {
        putBack(g);
      }
    }
  }

  /** Forgets how large hypergradients were. */
  void restart() {
    Arrays.fill(square, Autostep.FIRST_SQUARE);
  }

  /** Adds their running squares to a sum, one after another. */
  double addSquares(double sum) {
    double out = sum;
    for (double s : square) {
      out += s;
    }
    return out;
  }

  void state(Member.Slots sink) {
    sink.array("l2", weights);
    sink.array("l2-q", square);
  }
}
