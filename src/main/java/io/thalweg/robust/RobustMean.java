package io.thalweg.robust;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.Projections;
import io.thalweg.linalg.TopEigenpair;
import java.util.Arrays;

/**
 * Weights on n rows of which a share eps may be anything (Zhu, Jiao, Steinhardt, arXiv 2005.14073).
 * In every round
 *
 * <pre>
 * mu = sum q_i x_i      Sigma = sum q_i (x_i - mu)(x_i - mu)'      (lambda, v) its top eigenpair
 * lambda &lt;= xi: enough                s_i = (v'(x_i - mu))^2      B = max s_i over q_i &gt; 0
 * filter       c_i (1 - s_i / B), q = c / sum c
 * low-regret   q_i (1 - s_i / 2B), projected in relative entropy to {sum q = 1, q_i &lt;= 1 / (1 - eps) n}
 * gradient     q - s / (n B), projected to the same set
 * </pre>
 *
 * <p>With good rows of covariance at most sigma^2 the mean is off by at most sqrt(t / (1 - t))
 * (sqrt(lambda) + sigma), t = eps / (1 - eps), for q in the capped simplex. The sign of v is free,
 * since scores are squared.
 *
 * <p>Rows that are not finite, or whose squares would not be, have weight 0 from the start.
 * Coordinates in which all rows agree cost nothing and count for nothing. A round costs n d min(n,
 * d): the n x n Gram matrix is used when n &lt; d. Not thread-safe; work arrays grow with the
 * largest n and d so far, and what they have room for never shows in a result.
 */
public final class RobustMean {
  /** Entries whose fourth powers, and sums of them, are finite: variances are squared once more. */
  private static final double LARGEST = 1e70;

  /** A round that would leave no more than this of the weight is not taken. */
  private static final double NOTHING_LEFT = 1e-6;

  /** Squared distance to the median that is let through, in medians of it. */
  private static final double GENEROUS = 3;

  private final RobustRule rule;
  private final TopEigenpair top = new TopEigenpair();

  /** The rows in use, less the coordinate-wise median; the caller's array, d apart. */
  private double[] rows = new double[0];

  private int stride;
  private int total;
  private int used;
  private int varying;
  private double xi;
  private double lambda;
  private double removed;
  private int rounds;
  private double[] centre = new double[0];
  private int[] coordinate = new int[0];
  private int[] place = new int[0];
  private double[] column = new double[0];
  private double[] c = new double[0];
  private double[] before = new double[0];
  private double[] q = new double[0];
  private double[] weights = new double[0];
  private double[] scores = new double[0];
  private double[] mean = new double[0];
  private double[] deviation = new double[0];
  private double[] gram = new double[0];
  private double[] along = new double[0];
  private double[] matrix = new double[0];

  /**
   * Weights by one rule.
   *
   * @param rule what a round does and when it is enough
   */
  public RobustMean(RobustRule rule) {
    this.rule = rule;
  }

  /**
   * Weighs rows: rounds until the largest variance is at most xi, or the rule's other ends.
   *
   * @param x the rows, row-major, n x d; used as scratch
   * @param n rows, at least 1
   * @param d coordinates, at least 1
   * @return false when nothing can be told: fewer than 2 / eps rows, or more unusable ones than eps
   *     allows; all weights are 1 / n then
   */
  public boolean weigh(double[] x, int n, int d) {
    if (!canTell(n) || !begin(x, n, d)) {
      makeRoom(n, d);
      Arrays.fill(weights, 0, n, 1.0 / n);
      rounds = 0;
      lambda = 0;
      removed = 0;
      return false;
    }
    while (lambda > xi && rounds < rule.maxRounds() && removed <= rule.budget()) {
      double last = lambda;
      if (!round() || Math.abs(lambda - last) <= rule.tolerance() * last) {
        break;
      }
    }
    return true;
  }

  /**
   * Whether so many rows can be weighed at all.
   *
   * @param n rows
   * @return true from 2 / eps on
   */
  public boolean canTell(int n) {
    return n >= rule.fewestRows();
  }

  /** Starts from equal weights, with the variance they leave; false when nothing can be told. */
  boolean begin(double[] x, int n, int d) {
    makeRoom(n, d);
    rows = x;
    stride = d;
    total = n;
    rounds = 0;
    lambda = 0;
    leaveOutUnusable();
    if (n - used > rule.eps() * n) {
      return false;
    }
    Arrays.fill(c, 0, used, filters() ? 1 : 1.0 / used);
    subtractMedian();
    xi = Double.isNaN(rule.xi()) ? medianVariance() : rule.xi();
    if (varying > used) {
      multiplyOut();
    }
    normalise();
    return look();
  }

  /**
   * One round and the variance it leaves; false when it would leave no weight, and is not taken.
   */
  boolean round() {
    double worst = 0;
    for (int i = 0; i < used; i++) {
      if (q[i] > 0) {
        worst = Math.max(worst, scores[i]);
      }
    }
    if (!(worst > 0)) {
      return false;
    }
    System.arraycopy(c, 0, before, 0, used);
    double least = 0;
    switch (rule.variant()) {
      case FILTER -> {
        for (int i = 0; i < used; i++) {
          c[i] *= Math.max(0, 1 - rule.step() * (scores[i] / worst));
        }
        least = NOTHING_LEFT * total;
      }
      case LOW_REGRET -> {
        for (int i = 0; i < used; i++) {
          c[i] *= 1 - rule.step() * (scores[i] / worst);
        }
        Projections.cappedSimplexEntropy(used, c, cap(), column);
      }
      case GRADIENT -> {
        for (int i = 0; i < used; i++) {
          c[i] -= rule.step() * (scores[i] / (total * worst));
        }
        Projections.cappedSimplex(used, c, cap());
      }
    }
    if (!(sum(c, used) > least)) {
      System.arraycopy(before, 0, c, 0, used);
      return false;
    }
    rounds++;
    normalise();
    return look();
  }

  /** Then c counts rows, each 1 at first; else it is q. */
  private boolean filters() {
    return rule.variant() == RobustRule.Variant.FILTER;
  }

  private double cap() {
    return 1 / ((1 - rule.eps()) * total);
  }

  /** q from c, spread over the rows as they came, and how much weight went. */
  private void normalise() {
    Arrays.fill(weights, 0, total, 0.0);
    double sum = 1;
    removed = (double) (total - used) / total;
    if (filters()) {
      sum = sum(c, used);
      removed = Math.max(0, 1 - sum / total);
    }
    for (int i = 0; i < used; i++) {
      q[i] = c[i] / sum;
      weights[place[i]] = q[i];
      if (!filters()) {
        removed += Math.max(0, 1.0 / total - q[i]);
      }
    }
  }

  /** Lambda and the scores at the present weights; false when they cannot be had. */
  private boolean look() {
    if (varying == 0) {
      lambda = 0;
      Arrays.fill(scores, 0, used, 0.0);
      return true;
    }
    boolean found = varying > used ? lookAtGram() : lookAtCovariance();
    lambda = found ? Math.max(0, top.value()) : 0;
    return found;
  }

  private boolean lookAtCovariance() {
    mean();
    Arrays.fill(matrix, 0, varying * varying, 0.0);
    for (int i = 0; i < used; i++) {
      if (q[i] > 0) {
        deviate(i);
        for (int j = 0; j < varying; j++) {
          Kernels.axpy(varying, q[i] * deviation[j], deviation, 0, matrix, j * varying);
        }
      }
    }
    if (!top.solve(varying, matrix)) {
      return false;
    }
    for (int i = 0; i < used; i++) {
      deviate(i);
      double s = Kernels.dot(varying, deviation, 0, top.vector(), 0);
      scores[i] = s * s;
    }
    return true;
  }

  private void mean() {
    Arrays.fill(mean, 0, varying, 0.0);
    for (int i = 0; i < used; i++) {
      if (q[i] > 0) {
        Kernels.axpy(varying, q[i], rows, i * stride, mean, 0);
      }
    }
  }

  private void deviate(int i) {
    for (int j = 0; j < varying; j++) {
      deviation[j] = rows[i * stride + j] - mean[j];
    }
  }

  /**
   * The same from inner products alone: with C_ij = (x_i - mu)'(x_j - mu), the matrix sqrt(q_i q_j)
   * C_ij has the eigenvalue lambda, and for its eigenvector u the score of row i is (sum_j C_ij
   * sqrt(q_j) u_j)^2 / lambda.
   */
  private boolean lookAtGram() {
    double middle = 0;
    for (int i = 0; i < used; i++) {
      along[i] = Kernels.dot(used, gram, i * used, q, 0);
      middle += q[i] * along[i];
    }
    for (int i = 0; i < used; i++) {
      double root = Math.sqrt(q[i]);
      for (int j = 0; j < used; j++) {
        matrix[i * used + j] = root * Math.sqrt(q[j]) * centred(i, j, middle);
      }
    }
    if (!top.solve(used, matrix)) {
      return false;
    }
    double value = top.value();
    for (int i = 0; i < used; i++) {
      double s = 0;
      for (int j = 0; j < used; j++) {
        s += centred(i, j, middle) * (Math.sqrt(q[j]) * top.vector()[j]);
      }
      scores[i] = value > 0 ? s * s / value : 0;
    }
    return true;
  }

  private double centred(int i, int j, double middle) {
    return gram[i * used + j] - along[i] - along[j] + middle;
  }

  private void multiplyOut() {
    for (int i = 0; i < used; i++) {
      for (int j = 0; j <= i; j++) {
        double product = Kernels.dot(varying, rows, i * stride, rows, j * stride);
        gram[i * used + j] = product;
        gram[j * used + i] = product;
      }
    }
  }

  /** Moves the usable rows to the front. */
  private void leaveOutUnusable() {
    used = 0;
    for (int i = 0; i < total; i++) {
      if (isUsable(i)) {
        if (used < i) {
          System.arraycopy(rows, i * stride, rows, used * stride, stride);
        }
        place[used++] = i;
      }
    }
  }

  private boolean isUsable(int row) {
    for (int j = row * stride; j < (row + 1) * stride; j++) {
      if (!(Math.abs(rows[j]) <= LARGEST)) {
        return false;
      }
    }
    return true;
  }

  /** Takes the median off every coordinate and moves those that vary to the front. */
  private void subtractMedian() {
    varying = 0;
    for (int j = 0; j < stride; j++) {
      double first = rows[j];
      boolean varies = false;
      for (int i = 0; i < used; i++) {
        column[i] = rows[i * stride + j];
        varies |= column[i] != first;
      }
      centre[j] = varies ? median(column, used) : first;
      if (varies) {
        for (int i = 0; i < used; i++) {
          rows[i * stride + varying] = rows[i * stride + j] - centre[j];
        }
        coordinate[varying++] = j;
      }
    }
  }

  /** Three medians of the squared distance to the median, per coordinate that varies. */
  private double medianVariance() {
    if (varying == 0) {
      return 0;
    }
    for (int i = 0; i < used; i++) {
      column[i] = Kernels.dot(varying, rows, i * stride, rows, i * stride);
    }
    return GENEROUS * median(column, used) / varying;
  }

  /** The middle value, or half the sum of the middle two; sorts the array. */
  private static double median(double[] values, int n) {
    Arrays.sort(values, 0, n);
    return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
  }

  private static double sum(double[] values, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += values[i];
    }
    return sum;
  }

  private void makeRoom(int n, int d) {
    if (n > place.length) {
      place = new int[n];
      column = new double[n];
      c = new double[n];
      before = new double[n];
      q = new double[n];
      weights = new double[n];
      scores = new double[n];
      along = new double[n];
    }
    if (d > centre.length) {
      centre = new double[d];
      coordinate = new int[d];
      mean = new double[d];
      deviation = new double[d];
    }
    int square = Math.multiplyExact(Math.min(n, d), Math.min(n, d));
    if (square > matrix.length) {
      matrix = new double[square];
    }
    if (n < d && square > gram.length) {
      gram = new double[square];
    }
  }

  /**
   * How much the work arrays hold for rows of one shape, the rows themselves aside.
   *
   * @param n rows
   * @param d coordinates
   * @return numbers of 8 bytes
   */
  public static long entries(long n, long d) {
    long least = Math.min(n, d);
    long vectors = 8 * n + 4 * d + 6 * least;
    long matrices = n < d ? 4 : 3; // of the top eigenpair, with its basis; of inner products
    return Math.addExact(vectors, Math.multiplyExact(matrices, Math.multiplyExact(least, least)));
  }

  /**
   * The weights, in the order of the rows.
   *
   * @return the live array, the first n entries in use
   */
  public double[] weights() {
    return weights;
  }

  /**
   * The mean of the rows by their weights.
   *
   * @param out receives it, length d
   */
  public void mean(double[] out) {
    mean();
    System.arraycopy(centre, 0, out, 0, stride);
    for (int j = 0; j < varying; j++) {
      out[coordinate[j]] += mean[j];
    }
  }

  /**
   * The largest variance in any direction, by the weights.
   *
   * @return lambda
   */
  public double lambda() {
    return lambda;
  }

  /**
   * The largest variance that was let through.
   *
   * @return xi, as given or from the rows
   */
  public double xi() {
    return xi;
  }

  /**
   * Rounds taken.
   *
   * @return 0 where equal weights were good enough
   */
  public int rounds() {
    return rounds;
  }

  /**
   * Weight taken from the rows that lost some: of 1.
   *
   * @return removed mass
   */
  public double removed() {
    return removed;
  }

  /** The scores at the present weights, in the order of the usable rows. */
  double[] scores() {
    return scores;
  }
}
