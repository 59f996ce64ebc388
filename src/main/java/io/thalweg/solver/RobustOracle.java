package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.ForwardingOracle;
import io.thalweg.robust.RobustMean;
import io.thalweg.robust.RobustRule;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
final class RobustOracle extends ForwardingOracle {
  /** Gradients of all rows of a batch together: 128 MiB of doubles. */
  static final long MOST_ENTRIES = 1L << 24;

  private final RobustMean mean;
  private final int p;
  private final int q;
  private final Batch lowerRow;
  private final Batch upperRow;
  private final List<Weighed> weighed = new ArrayList<>();
  private int inUse;
  private double[] gradients = new double[0];
  private final double[] upperPart;
  private final double[] lowerPart;
  private final double[] secondLowerPart;
  private double[] matrixPart = new double[0];
  private final Answer answer = new Answer();

  /** What is known of one batch in the step at hand. */
  static final class Weighed {
    private Level level = Level.LOWER;
    private Batch batch;
    private long filling;
    private int rows;
    private boolean told;
    private boolean equal;
    private double[] weights = new double[0];
    private double lambda;
    private double removed;
    private int rounds;
    private int without;

    /** Where the rows without weight are from: told at once, for batches are filled anew. */
    private Batch[] origins = {};

    private int[] originRows = {};

    Weighed(Batch batch) {
      this.batch = batch;
    }

    Level level() {
      return level;
    }

    /** Whether this is about the rows that a batch holds. */
    boolean isOf(Level of, Batch found) {
      return batch == found && level == of && batch.fillings() == filling;
    }

    /** Whether it could be weighed at all. */
    boolean isTold() {
      return told;
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

    /** The batch of the step that holds a row without weight. */
    Batch originWithoutWeight(int k) {
      return origins[k];
    }

    /** Its row there. */
    int rowWithoutWeight(int k) {
      return originRows[k];
    }

    private void take(double[] found) {
      if (weights.length < rows) {
        weights = new double[rows];
      }
      System.arraycopy(found, 0, weights, 0, rows);
      for (int i = 0; i < rows; i++) {
        if (weights[i] == 0) {
          note(batch.origin(i), batch.originRow(i));
        }
      }
    }

    private void note(Batch origin, int row) {
      if (without == origins.length) {
        origins = Arrays.copyOf(origins, Math.max(8, 2 * without));
        originRows = Arrays.copyOf(originRows, origins.length);
      }
      origins[without] = origin;
      originRows[without] = row;
      without++;
    }
  }

  RobustOracle(BilevelOracle oracle, RobustRule rule) {
    super(oracle);
    mean = new RobustMean(rule);
    p = oracle.upperDim();
    q = oracle.lowerDim();
    lowerRow = new Batch(oracle.schema(Level.LOWER), 1);
    upperRow = new Batch(oracle.schema(Level.UPPER), 1);
    upperPart = new double[p];
    lowerPart = new double[q];
    secondLowerPart = new double[q];
  }

  /**
   * How much it holds at the most, once it has weighed batches of so many rows.
   *
   * @param dense whether it is asked for matrices
   * @return numbers of 8 bytes
   */
  static long entries(long p, long q, long lowerRows, long upperRows, boolean dense) {
    long gradients =
        Math.max(Math.multiplyExact(lowerRows, q), Math.multiplyExact(upperRows, p + q));
    long weighing =
        Math.max(RobustMean.entries(lowerRows, q), RobustMean.entries(upperRows, p + q));
    return Math.addExact(gradients, weighing) + (dense ? Math.max(p, q) * q : 0);
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
      if (known.isOf(level, batch)) {
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
    weigh(next, x, y);
    return next;
  }

  private void weigh(Weighed next, double[] x, double[] y) {
    int n = next.batch.size();
    int d = next.level == Level.LOWER ? q : p + q;
    next.rows = n;
    next.told = mean.canTell(n) && mean.weigh(gradients(next, x, y, n, d), n, d);
    next.equal = !next.told || (mean.rounds() == 0 && mean.removed() == 0);
    next.lambda = next.told ? mean.lambda() : 0;
    next.removed = next.told ? mean.removed() : 0;
    next.rounds = next.told ? mean.rounds() : 0;
    next.without = 0;
    if (!next.equal) {
      next.take(mean.weights());
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

  /** Other forms read the rows by themselves, and know of no weights. */
  @Override
  protected boolean passesOn(Class<?> form) {
    return false;
  }

  /** Where the arrays of an answer go: those of one row, and their weighted sums. */
  private static final class Answer {
    private static final int MOST = 3;

    private final double[][] parts = new double[MOST][];
    private final double[][] totals = new double[MOST][];
    private final int[] lengths = new int[MOST];
    private int count;

    Answer none() {
      count = 0;
      return this;
    }

    Answer of(double[] part, double[] total) {
      return of(part, total, part.length);
    }

    Answer of(double[] part, double[] total, int length) {
      return none().and(part, total, length);
    }

    Answer and(double[] part, double[] total) {
      return and(part, total, part.length);
    }

    private Answer and(double[] part, double[] total, int length) {
      parts[count] = part;
      totals[count] = total;
      lengths[count] = length;
      count++;
      return this;
    }

    void clear() {
      for (int k = 0; k < count; k++) {
        Arrays.fill(totals[k], 0, lengths[k], 0.0);
      }
    }

    /** The totals take in the parts by a weight. */
    void add(double weight) {
      for (int k = 0; k < count; k++) {
        Kernels.axpy(lengths[k], weight, parts[k], 0, totals[k], 0);
      }
    }
  }

  /** The answer on a batch as it is, or the sum of those on its rows by their weights. */
  private double mean(
      Question question,
      Level level,
      double[] x,
      double[] y,
      double[] v,
      Batch batch,
      Answer answer) {
    Weighed by = weights(level, x, y, batch);
    if (by.equal) {
      return question.of(oracle, x, y, v, batch, answer.totals);
    }
    answer.clear();
    double value = 0;
    for (int i = 0; i < by.rows; i++) {
      double weight = by.weights[i];
      if (weight > 0) {
        value += weight * question.of(oracle, x, y, v, row(level, batch, i), answer.parts);
        answer.add(weight);
      }
    }
    return value;
  }

  private double upper(Question question, double[] x, double[] y, Batch xi, Answer answer) {
    return mean(question, Level.UPPER, x, y, y, xi, answer);
  }

  private double lower(Question question, double[] x, double[] y, Batch zeta, Answer answer) {
    return mean(question, Level.LOWER, x, y, y, zeta, answer);
  }

  /** Room for the matrix of one row. */
  private Answer matrix(double[] total, int entries) {
    if (matrixPart.length < entries) {
      matrixPart = new double[Math.max(p, q) * q];
    }
    return answer.of(matrixPart, total, entries);
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    return upper(Question.UPPER_VALUE, x, y, xi, answer.none());
  }

  @Override
  public double lowerValue(double[] x, double[] y, Batch zeta) {
    return lower(Question.LOWER_VALUE, x, y, zeta, answer.none());
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    return upper(Question.UPPER_GRADIENTS, x, y, xi, answer.of(upperPart, fx).and(lowerPart, fy));
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    upper(Question.GRAD_UPPER_X, x, y, xi, answer.of(upperPart, fx));
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
    return upper(Question.GRAD_UPPER_Y, x, y, xi, answer.of(lowerPart, fy));
  }

  @Override
  public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
    lower(Question.GRAD_LOWER_X, x, y, zeta, answer.of(upperPart, gx));
  }

  @Override
  public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
    return lower(Question.GRAD_LOWER_Y, x, y, zeta, answer.of(lowerPart, gy));
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    mean(Question.HVP, Level.LOWER, x, y, v, zeta, answer.of(lowerPart, hv));
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    mean(Question.JVP, Level.LOWER, x, y, v, zeta, answer.of(upperPart, jv));
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    answer.of(lowerPart, gy).and(secondLowerPart, hv).and(upperPart, jv);
    return mean(Question.LOWER_PRODUCTS, Level.LOWER, x, y, v, zeta, answer);
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    lower(Question.HESSIAN, x, y, zeta, matrix(h, q * q));
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    lower(Question.CROSS, x, y, zeta, matrix(j, p * q));
  }
}
