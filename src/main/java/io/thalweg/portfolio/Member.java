package io.thalweg.portfolio;

import io.thalweg.oracle.RowModel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One model of the portfolio: its weights y_k for every score k, and how it learns a record.
 *
 * <p>The order of calls is fixed: its products with {@link #y} and {@link #along} are taken, {@link
 * #tune}, {@link #learn}, all with the same record, the last two with its slopes at those scores.
 */
abstract class Member {
  private static final double[][] NONE = new double[0][];

  private final String name;
  final double prior;
  final int width;
  final int outputs;
  final double[][] y;

  /**
   * A member at weights of zero.
   *
   * @param name how it is called in snapshots and figures
   * @param prior share of trust before any record, relative to those of the others; positive
   * @param model the shape of what it learns
   */
  Member(String name, double prior, RowModel model) {
    this.name = name;
    this.prior = prior;
    this.width = model.hasBias() ? model.features() + 1 : model.features();
    this.outputs = model.outputs();
    this.y = new double[outputs][width];
  }

  final String name() {
    return name;
  }

  /** Vectors for every score, beside its weights, whose products with a record are asked for. */
  double[][] along() {
    return NONE;
  }

  /**
   * Hears of those products.
   *
   * @param products holds them
   * @param at place of the first
   */
  void alongs(double[] products, int at) {}

  /**
   * A vector of step sizes for every score, whose products with a record's squares are asked for.
   */
  double[][] steps() {
    return NONE;
  }

  /**
   * Hears of those products, before {@link #learn}.
   *
   * @param products holds them
   * @param at place of the first
   */
  void lengths(double[] products, int at) {}

  /**
   * Adds what a record that was not learned yet says of the hyperparameters, which are not moved.
   *
   * @param row the record
   * @param slopes w l_k at the present weights
   * @param weight factor
   * @param byPenalty sum by the logarithm of each L2 weight
   * @param byStep sum by the logarithm of each step size, entry j K + k
   */
  void addHypergradient(
      Row row, double[] slopes, double weight, double[] byPenalty, double[] byStep) {}

  /**
   * Loops over the entries of a record that {@link #addHypergradient} takes for a score.
   *
   * @return 0 where nothing is tuned
   */
  int sumLoops() {
    return 0;
  }

  /**
   * Loops over the entries of a record that {@link #tune} and {@link #learn} take for a score.
   *
   * @param sparse whether rows are
   */
  abstract int learnLoops(boolean sparse);

  /**
   * Moves the hyperparameters by what a record that was not learned yet says of them.
   *
   * @param row the record
   * @param slopes w l_k at the present weights
   */
  abstract void tune(Row row, double[] slopes);

  /** Whether hyperparameters move by what a record says of the weights before the last one, too. */
  boolean compares() {
    return false;
  }

  /** The scores of a record before the last one was learned, where they are asked for. */
  void scoresBefore(Row row, double[] out) {}

  /**
   * {@link #tune} where two sets of weights are compared.
   *
   * @param row the record
   * @param slopes w l_k at the present weights
   * @param before w l_k at the weights before the last record was learned
   */
  void tune(Row row, double[] slopes, double[] before) {
    tune(row, slopes);
  }

  /**
   * Moves the weights.
   *
   * @param row the record
   * @param slopes w l_k at the present weights
   * @param curvatures w l_kk there
   * @param bound w times the bound on l_kk
   * @param waiting records that were predicted and wait for their label
   */
  abstract void learn(Row row, double[] slopes, double[] curvatures, double bound, double waiting);

  /** Forgets traces and running squares; a member that tunes nothing has none. */
  void restart() {}

  /** Whether it has hyperparameters that move. */
  boolean tunes() {
    return false;
  }

  /** Keeps some hyperparameters within bounds from now on, null for none. */
  void limit(@Nullable Limits limits) {}

  /**
   * Puts hyperparameters where they may be.
   *
   * @param steps step size of every entry j K + k
   * @param penalties L2 weight of every group
   */
  void put(double[] steps, double[] penalties) {}

  /** Multiplies the step sizes. */
  void scaleSteps(double factor) {}

  final void place(double[] model) {
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < width; j++) {
        y[k][j] = model[j * outputs + k];
      }
    }
  }

  /** The step size of an entry. */
  abstract double step(int output, int coordinate);

  /** The L2 weight of a group. */
  abstract double penalty(int group);

  /** Root mean square of the hypergradient of late, 0 where nothing is tuned. */
  abstract double hypergradientNorm();

  /** Hands out every array of its state under a name. */
  void state(Slots sink) {
    each("y", y, sink);
  }

  static void each(String letter, double[][] byOutput, Slots sink) {
    for (int k = 0; k < byOutput.length; k++) {
      sink.array(byOutput.length == 1 ? letter : letter + "." + k, byOutput[k]);
    }
  }

  final double[][] filled(double value) {
    double[][] out = new double[outputs][width];
    for (double[] vector : out) {
      Arrays.fill(vector, value);
    }
    return out;
  }

  /** Receives live arrays by name. */
  interface Slots {
    /** One array of the state. */
    void array(String name, double[] live);

    /** Counts of the state. */
    void counts(String name, long[] live);
  }
}
