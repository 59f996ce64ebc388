package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * Few-shot meta-learning: a representation W, k x p, shared by all tasks is the upper variable, row
 * by row; the heads of the M tasks, each of length k, are the lower one, one after the other.
 * Support records are lower samples, query records upper ones; both levels have the loss of a
 * record (a, b) of its task,
 *
 * <pre>
 * 1/2 (l(t) - b)^2,   t = y_task'phi,  phi = tanh(W a),  l(t) = t, or 0.2 t where t &lt; 0
 * </pre>
 *
 * With r = l(t) - b, D = 1 - phi^2, per record: gy_task = r l' phi, H_task,task = l'^2 phi phi', gW
 * = r l' (y o D) a', Jv = [l'^2 (v'phi) (y o D) + r l' (v o D)] a', y and v meaning the part of the
 * task. H is positive semidefinite, singular where a batch shows fewer records of a task than k.
 * The mean is that over records, and so that over tasks where each has as many as the others. l'(0)
 * is 1. Not for concurrent use: scratch arrays are kept.
 */
final class FewShot extends SharedLoss {
  static final ProblemInfo INFO =
      new ProblemInfo(
          "few-shot",
          "Few-shot meta-learning: f on query and g on support records = mean 1/2 (l(y_task'"
              + "tanh(Wa)) - b)^2, l leaky ReLU of slope 0.2, x = W row by row, y = one head of"
              + " length k per task. Its samples are shown for p = 3.",
          "few-shot meta-learning in the small form of the project",
          List.of(
              Parameter.requiredInteger("p", Range.closed(1, 10_000), "length of a, columns of W"),
              Parameter.requiredInteger(
                  "k", Range.closed(1, 1000), "length of the representation, rows of W"),
              Parameter.requiredInteger(
                  "tasks",
                  Range.closed(1, 100_000),
                  "number of tasks M; task runs from 0 to M - 1")),
          "{\"task\":0,\"a\":[0.3,-1.2,0.7],\"b\":0.4}",
          "{\"task\":0,\"a\":[1.1,0.2,-0.5],\"b\":-0.1}");

  private static final int TASK = 0;
  private static final int A = 1;
  private static final int B = 2;
  private static final double LEAK = 0.2;

  /** Most entries of y. */
  private static final int MOST = 10_000_000;

  private final int p;
  private final int k;

  /** Of the record at hand: phi, its slope D, and a factor per row of W. */
  private final double[] phi;

  private final double[] slope;
  private final double[] factor;

  /** Of the record at hand: place of its head in y, residual l(t) - b, and l'(t). */
  private int at;

  private double residual;
  private double gain;

  FewShot(Settings settings) {
    this(
        settings,
        Checks.integer(settings, "p", 1, 10_000),
        Checks.integer(settings, "k", 1, 1000),
        Checks.integer(settings, "tasks", 1, 100_000));
  }

  private FewShot(Settings settings, int p, int k, int tasks) {
    super(INFO, k * p, heads(settings, k, tasks), schema(p, tasks));
    this.p = p;
    this.k = k;
    phi = new double[k];
    slope = new double[k];
    factor = new double[k];
  }

  private static int heads(Settings settings, int k, int tasks) {
    if ((long) k * tasks > MOST) {
      throw new SettingException(
          settings.pathOf("tasks"),
          "must be at most " + MOST / k + " with k = " + k + ", but was " + tasks);
    }
    return k * tasks;
  }

  private static SampleSchema schema(int p, int tasks) {
    return new SampleSchema(
        List.of(Field.index("task", tasks), Field.vector("a", p), Field.scalar("b")), false);
  }

  @Override
  public String upperName(int i) {
    return "W." + i / p + "." + i % p;
  }

  /**
   * Rows of W that look at one entry of a each, round and round and ever more faintly: W = 0 would
   * be a stationary point, and equal rows would stay equal.
   */
  @Override
  public double[] defaultUpper() {
    double[] w = new double[k * p];
    for (int i = 0; i < k; i++) {
      w[i * p + i % p] = 1.0 / (1 + i / p);
    }
    return w;
  }

  /** Takes up a record: phi, slope, at, residual and gain; returns its loss. */
  private double look(double[] x, double[] y, Batch batch, int row) {
    double[] a = batch.column(A);
    at = ((int) batch.column(TASK)[row]) * k;
    double t = 0;
    for (int i = 0; i < k; i++) {
      double sum = 0;
      for (int j = 0; j < p; j++) {
        sum += x[i * p + j] * a[row * p + j];
      }
      phi[i] = StrictMath.tanh(sum);
      slope[i] = 1 - phi[i] * phi[i];
      t += y[at + i] * phi[i];
    }
    gain = t < 0 ? LEAK : 1;
    residual = gain * t - batch.column(B)[row];
    return 0.5 * residual * residual;
  }

  @Override
  double value(double[] x, double[] y, Batch batch) {
    double sum = 0;
    for (int r = 0; r < batch.size(); r++) {
      sum += look(x, y, batch, r);
    }
    return sum / batch.size();
  }

  @Override
  void gradX(double[] x, double[] y, Batch batch, double[] out) {
    Arrays.fill(out, 0, k * p, 0);
    for (int r = 0; r < batch.size(); r++) {
      look(x, y, batch, r);
      addGradX(y, batch, r, out);
    }
    Rows.scale(1.0 / batch.size(), out, k * p);
  }

  private void addGradX(double[] y, Batch batch, int row, double[] out) {
    for (int i = 0; i < k; i++) {
      factor[i] = residual * gain * y[at + i] * slope[i];
    }
    Rows.addOuter(1, factor, 0, k, batch.column(A), row * p, p, out);
  }

  @Override
  double gradY(double[] x, double[] y, Batch batch, double[] out) {
    int q = lowerDim();
    Arrays.fill(out, 0, q, 0);
    double sum = 0;
    for (int r = 0; r < batch.size(); r++) {
      sum += look(x, y, batch, r);
      addHead(residual * gain, out);
    }
    Rows.scale(1.0 / batch.size(), out, q);
    return sum / batch.size();
  }

  /** out_task += times phi. */
  private void addHead(double times, double[] out) {
    for (int i = 0; i < k; i++) {
      out[at + i] += times * phi[i];
    }
  }

  @Override
  public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
    int q = lowerDim();
    Arrays.fill(fx, 0, k * p, 0);
    Arrays.fill(fy, 0, q, 0);
    double sum = 0;
    for (int r = 0; r < xi.size(); r++) {
      sum += look(x, y, xi, r);
      addGradX(y, xi, r, fx);
      addHead(residual * gain, fy);
    }
    Rows.scale(1.0 / xi.size(), fx, k * p);
    Rows.scale(1.0 / xi.size(), fy, q);
    return sum / xi.size();
  }

  @Override
  public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
    int q = lowerDim();
    Arrays.fill(hv, 0, q, 0);
    for (int r = 0; r < zeta.size(); r++) {
      look(x, y, zeta, r);
      addHead(gain * gain * along(v), hv);
    }
    Rows.scale(1.0 / zeta.size(), hv, q);
  }

  /** v_task'phi. */
  private double along(double[] v) {
    double sum = 0;
    for (int i = 0; i < k; i++) {
      sum += v[at + i] * phi[i];
    }
    return sum;
  }

  @Override
  public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
    Arrays.fill(jv, 0, k * p, 0);
    for (int r = 0; r < zeta.size(); r++) {
      look(x, y, zeta, r);
      addCross(y, v, along(v), zeta, r, jv);
    }
    Rows.scale(1.0 / zeta.size(), jv, k * p);
  }

  private void addCross(double[] y, double[] v, double along, Batch zeta, int row, double[] out) {
    for (int i = 0; i < k; i++) {
      factor[i] = (gain * gain * along * y[at + i] + residual * gain * v[at + i]) * slope[i];
    }
    Rows.addOuter(1, factor, 0, k, zeta.column(A), row * p, p, out);
  }

  @Override
  public double lowerProducts(
      double[] x, double[] y, double[] v, Batch zeta, double[] gy, double[] hv, double[] jv) {
    int q = lowerDim();
    Arrays.fill(gy, 0, q, 0);
    Arrays.fill(hv, 0, q, 0);
    Arrays.fill(jv, 0, k * p, 0);
    double sum = 0;
    for (int r = 0; r < zeta.size(); r++) {
      sum += look(x, y, zeta, r);
      double along = along(v);
      addHead(residual * gain, gy);
      addHead(gain * gain * along, hv);
      addCross(y, v, along, zeta, r, jv);
    }
    Rows.scale(1.0 / zeta.size(), gy, q);
    Rows.scale(1.0 / zeta.size(), hv, q);
    Rows.scale(1.0 / zeta.size(), jv, k * p);
    return sum / zeta.size();
  }

  @Override
  public void hessian(double[] x, double[] y, Batch zeta, double[] h) {
    int q = lowerDim();
    Arrays.fill(h, 0, q * q, 0);
    double share = 1.0 / zeta.size();
    for (int r = 0; r < zeta.size(); r++) {
      look(x, y, zeta, r);
      for (int i = 0; i < k; i++) {
        double times = share * gain * gain * phi[i];
        for (int l = 0; l < k; l++) {
          h[(at + i) * q + at + l] += times * phi[l];
        }
      }
    }
  }

  @Override
  public void cross(double[] x, double[] y, Batch zeta, double[] j) {
    int q = lowerDim();
    double[] a = zeta.column(A);
    Arrays.fill(j, 0, k * p * q, 0);
    double share = 1.0 / zeta.size();
    for (int r = 0; r < zeta.size(); r++) {
      look(x, y, zeta, r);
      for (int i = 0; i < k; i++) {
        double through = share * gain * gain * y[at + i] * slope[i];
        double direct = share * residual * gain * slope[i];
        for (int c = 0; c < p; c++) {
          int row = (i * p + c) * q + at;
          double entry = a[r * p + c];
          for (int l = 0; l < k; l++) {
            j[row + l] += through * entry * phi[l];
          }
          j[row + i] += direct * entry;
        }
      }
    }
  }
}
