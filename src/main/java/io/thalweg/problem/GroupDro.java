package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Parameter.Kind;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * Logistic regression that is good for every group of samples and not for the mean of them alone:
 * an adversary puts weights q on the groups. A sample is a feature row a, a label b in {-1, 1} (0
 * counts as -1) and its group h in 0 ... G-1; x is the model, with the entry of the bias last, y in
 * R^G the adversary's variable. Over a batch of B rows, with l the loss log(1 + e^-(b a'x)), l' its
 * derivative in the margin a'x, p_h the share of group h:
 *
 * <pre>
 * L_h = 1/(B p_h) sum_{rows of h} l
 * f(x, y) = sum_h q_h(y) L_h - rho/2 |y|^2 + l2/2 |x|^2 without the bias
 * softmax: q = e^y / sum e^y, D = diag(q) - qq'       linear: q = 1/G + y - mean y, D = I - 11'/G
 * fx = 1/B sum q_h/p_h l' a + l2 x                    fy = D L - rho y
 * f_xy v = 1/B sum (D v)_h/p_h l' a
 * f_yy v = (D v) o (L - q'L) - q (D v)'L - rho v  (softmax),  -rho v  (linear)
 * </pre>
 *
 * With softmax the weights are those of a mixture, and f is concave in y where the losses of the
 * groups lie not further apart than a few rho. With linear ones f is concave everywhere, and the
 * maximum over y is the mean of the L_h plus their squared deviations over 2 rho; the weight of a
 * group that does much better than the mean may fall below 0.
 *
 * <p>Sagawa, Koh, Hashimoto and Liang, Distributionally robust neural networks for group shifts,
 * ICLR 2020, section 2, with a regularised adversary.
 */
final class GroupDro extends Minimax {
  private static final int LABEL = 1;
  private static final int GROUP = 2;
  private static final int MOST_GROUPS = 10_000;
  private static final double DEFAULT_RHO = 0.1;

  /** How far from 1 the sum of given shares may lie. */
  private static final double ROUNDING = 1e-6;

  static final ProblemInfo INFO =
      new ProblemInfo(
          "group-dro",
          "Logistic regression against the worst mixture of groups as a minimax problem: f = sum"
              + " q_h(y) (mean loss of group h) - rho/2 |y|^2 + l2/2 |x|^2; x = model, y = weights of"
              + " the groups, g = -f.",
          "Sagawa, Koh, Hashimoto, Liang, ICLR 2020 (arXiv 1911.08731), section 2, with a"
              + " regularised adversary",
          List.of(
              FeatureRows.FEATURES,
              Parameter.requiredInteger(
                  "groups", Range.closed(2, MOST_GROUPS), "number G of groups"),
              Parameter.of(
                  "shares",
                  Kind.NUMBERS,
                  null,
                  "share of each group in the stream, adding up to 1; all equal when absent"),
              Parameter.choice(
                  "weights",
                  List.of("softmax", "linear"),
                  "softmax",
                  "q(y): softmax(y), or 1/G + y - mean y, which is concave everywhere"),
              Parameter.number(
                  "rho", Range.POSITIVE, DEFAULT_RHO, "factor of 1/2 |y|^2, which holds q to 1/G"),
              Parameter.number("l2", Range.NON_NEGATIVE, 0, "factor of 1/2 |x|^2 in f"),
              FeatureRows.ENCODING,
              FeatureRows.BIAS),
          "{\"x\":[0.1,-2.0,0.5],\"y\":1,\"group\":3}",
          "{\"x\":[0.3,1.5,-0.2],\"y\":0,\"group\":0}");

  private final FeatureRows rows;
  private final int groups;
  private final double[] shares;
  private final boolean softmax;
  private final double rho;
  private final double l2;

  /** Weight, loss and weight's change along a direction, of every group; scratch. */
  private final double[] weight;

  private final double[] groupLoss;
  private final double[] change;

  /** Margins of the rows and their factors; scratch. */
  private double[] margins = new double[0];

  private double[] factors = new double[0];

  GroupDro(Settings settings) {
    this(settings, FeatureRows.of(settings), Checks.integer(settings, "groups", 2, MOST_GROUPS));
  }

  private GroupDro(Settings settings, FeatureRows rows, int groups) {
    super(
        INFO,
        rows.width(),
        groups,
        new SampleSchema(
            List.of(rows.field(), LogisticRegression.BINARY, Field.index("group", groups)),
            rows.sparse()));
    this.rows = rows;
    this.groups = groups;
    shares = shares(settings, groups);
    softmax =
        Checks.oneOf(settings, "weights", "softmax", List.of("softmax", "linear"))
            .equals("softmax");
    rho = settings.number("rho", DEFAULT_RHO, Range.POSITIVE);
    l2 = settings.number("l2", 0, Range.NON_NEGATIVE);
    weight = new double[groups];
    groupLoss = new double[groups];
    change = new double[groups];
  }

  private static double[] shares(Settings settings, int groups) {
    double[] shares = new double[groups];
    Arrays.fill(shares, 1.0 / groups);
    if (settings.has("shares")) {
      shares = settings.numbers("shares");
      double sum = 0;
      boolean positive = true;
      for (double share : shares) {
        sum += share;
        positive &= share > 0;
      }
      if (shares.length != groups || !positive || Math.abs(sum - 1) > ROUNDING) {
        throw new SettingException(
            settings.pathOf("shares"),
            "must be "
                + groups
                + " positive numbers that add up to 1, but was "
                + Arrays.toString(shares));
      }
    }
    return shares;
  }

  @Override
  public LinearHead linearHead(double[] x, double[] y) {
    return LinearHead.of(rows, 1, x, LinearHead.Link.SIGMOID);
  }

  @Override
  public String upperName(int i) {
    return i < rows.features() ? "w." + i : "bias";
  }

  @Override
  public double upperValue(double[] x, double[] y, Batch xi) {
    measure(x, xi);
    weigh(y);
    return value(x, y);
  }

  @Override
  public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
    rows(x, xi);
    weigh(y);
    slopes(x, xi, fx);
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    double f = gradUpperY(x, y, xi, fy);
    slopes(x, xi, fx);
    return f;
  }

  @Override
  public double gradUpperY(double[] x, double[] y, Batch batch, double[] fy) {
    measure(x, batch);
    weigh(y);
    changes(groupLoss, fy);
    for (int h = 0; h < groups; h++) {
      fy[h] -= rho * y[h];
    }
    return value(x, y);
  }

  @Override
  void payoffYY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    if (!softmax) {
      for (int h = 0; h < groups; h++) {
        out[h] = -rho * v[h];
      }
      return;
    }
    measure(x, batch);
    weigh(y);
    changes(v, change);
    double mean = Rows.dot(weight, 0, groupLoss, groups);
    double along = Rows.dot(change, 0, groupLoss, groups);
    for (int h = 0; h < groups; h++) {
      out[h] = change[h] * (groupLoss[h] - mean) - weight[h] * along - rho * v[h];
    }
  }

  @Override
  void payoffXY(double[] x, double[] y, double[] v, Batch batch, double[] out) {
    rows(x, batch);
    weigh(y);
    changes(v, change);
    Arrays.fill(out, 0, upperDim(), 0);
    addSlopes(batch, change, out);
  }

  private double value(double[] x, double[] y) {
    return Rows.dot(weight, 0, groupLoss, groups)
        - 0.5 * rho * Rows.dot(y, 0, y, groups)
        + 0.5 * l2 * Rows.dot(x, 0, x, rows.features());
  }

  private void slopes(double[] x, Batch batch, double[] fx) {
    Arrays.fill(fx, 0, upperDim(), 0);
    for (int j = 0; j < rows.features(); j++) {
      fx[j] = l2 * x[j];
    }
    addSlopes(batch, weight, fx);
  }

  /** out += sum_h k_h dL_h/dx at the margins of the last call of {@link #rows}. */
  private void addSlopes(Batch batch, double[] k, double[] out) {
    double[] labels = batch.column(LABEL);
    double[] group = batch.column(GROUP);
    int size = batch.size();
    for (int r = 0; r < size; r++) {
      int h = (int) group[r];
      double b = LogisticLoss.sign(labels[r]);
      factors[r] = -k[h] / (size * shares[h]) * b * LogisticLoss.sigma(-b * margins[r]);
    }
    rows.add(batch, factors, out);
  }

  private void rows(double[] x, Batch batch) {
    if (margins.length < batch.size()) {
      margins = new double[batch.size()];
      factors = new double[batch.size()];
    }
    rows.products(batch, x, margins);
  }

  /** The losses of the groups. */
  private void measure(double[] x, Batch batch) {
    double[] labels = batch.column(LABEL);
    double[] group = batch.column(GROUP);
    rows(x, batch);
    Arrays.fill(groupLoss, 0);
    for (int r = 0; r < batch.size(); r++) {
      groupLoss[(int) group[r]] += LogisticLoss.of(LogisticLoss.sign(labels[r]) * margins[r]);
    }
    for (int h = 0; h < groups; h++) {
      groupLoss[h] /= batch.size() * shares[h];
    }
  }

  /** The weights q of the groups. */
  private void weigh(double[] y) {
    double top = y[0];
    double mean = 0;
    for (int h = 0; h < groups; h++) {
      top = Math.max(top, y[h]);
      mean += y[h] / groups;
    }
    if (!softmax) {
      for (int h = 0; h < groups; h++) {
        weight[h] = 1.0 / groups + y[h] - mean;
      }
      return;
    }
    double sum = 0;
    for (int h = 0; h < groups; h++) {
      weight[h] = StrictMath.exp(y[h] - top);
      sum += weight[h];
    }
    Rows.scale(1 / sum, weight, groups);
  }

  /** out = D v, which the weights change by along v; D is symmetric. */
  private void changes(double[] v, double[] out) {
    double mean = 0;
    for (int h = 0; h < groups; h++) {
      mean += v[h] * (softmax ? weight[h] : 1.0 / groups);
    }
    for (int h = 0; h < groups; h++) {
      out[h] = (v[h] - mean) * (softmax ? weight[h] : 1);
    }
  }
}
