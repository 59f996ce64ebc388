package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.linalg.SymmetricEigen;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;

/**
 * A bilevel PL game (arXiv 2303.03944) whose couplings and linear terms lie in the ranges of its
 * singular quadratics, so that both levels are bounded below and the gradient of F is known
 * exactly:
 *
 * <pre>
 * p_i ~ N(0, U1 D1 U1'), q_i ~ N(0, U2 D2 U2'), U1, U2 random d x r with orthonormal columns, D
 *       uniform on [0.3, 1]
 * w_i ~ N(0, sigma V V'), V d x r standard normal; a_i = U1 U1' w_i, b_i = U2 U2' w_i
 * s_i = U1 U1' (s + noise), t_i, e_i = U2 U2' (t or e + noise), means N(0, linear^2), noise N(0, noise^2)
 * </pre>
 *
 * n lower and n upper samples are drawn once and stay; a run draws from them with replacement.
 */
public final class CompatibleGame {
  private static final double SMALLEST = 0.3;
  private static final double LARGEST = 1.0;

  private final int d;
  private final Problem problem;
  private final Batch lower;
  private final Batch upper;
  // exact means: grad F(x) = curvature x + slope
  private final double[] curvature;
  private final double[] slope;

  /**
   * How a game is drawn.
   *
   * @param d length of x and of y
   * @param r rank of both quadratics
   * @param n samples per level
   * @param c factor of the coupling (a'x)(b'y)
   * @param sigma variance scale of the coupling vectors
   * @param linear standard deviation of the means of the linear terms
   * @param noise standard deviation of the linear terms around their means
   */
  public record Spec(int d, int r, int n, double c, double sigma, double linear, double noise) {}

  /**
   * Draws a game.
   *
   * @param spec its sizes and scales
   * @param seed the same seed gives the same game
   * @throws IllegalArgumentException when the coupling is so strong that F has no minimum
   */
  public CompatibleGame(Spec spec, long seed) {
    d = spec.d();
    problem =
        Problems.create(
            Settings.of("problem", Map.of("type", "pl-game", "dx", d, "dy", d, "c", spec.c())));
    SplitMix64 rng = new SplitMix64(seed);
    double[] u1 = orthonormal(spec, rng);
    double[] u2 = orthonormal(spec, rng);
    double[] d1 = spectrum(spec, rng);
    double[] d2 = spectrum(spec, rng);
    double[] v = gaussians(spec.r() * d, 1, rng);
    double[] s = gaussians(d, spec.linear(), rng);
    double[] t = gaussians(d, spec.linear(), rng);
    double[] e = gaussians(d, spec.linear(), rng);
    lower = new Batch(problem.schema(Level.LOWER), spec.n());
    upper = new Batch(problem.schema(Level.UPPER), spec.n());
    for (int i = 0; i < spec.n(); i++) {
      upper.openRow();
      fill(upper, "p", spread(u1, d1, rng));
      double[] w = coupling(v, spec, rng);
      fill(upper, "a", project(u1, w));
      fill(upper, "b", project(u2, w));
      fill(upper, "s", project(u1, noisy(s, spec.noise(), rng)));
      fill(upper, "t", project(u2, noisy(t, spec.noise(), rng)));
      upper.commitRow();
    }
    for (int i = 0; i < spec.n(); i++) {
      lower.openRow();
      fill(lower, "q", spread(u2, d2, rng));
      double[] w = coupling(v, spec, rng);
      fill(lower, "a", project(u1, w));
      fill(lower, "b", project(u2, w));
      fill(lower, "e", project(u2, noisy(e, spec.noise(), rng)));
      lower.commitRow();
    }
    curvature = new double[d * d];
    slope = hypergradientOfZero();
    double[] unit = new double[d];
    for (int j = 0; j < d; j++) {
      unit[j] = 1;
      double[] column = new double[d];
      exactInto(unit, column);
      unit[j] = 0;
      for (int i = 0; i < d; i++) {
        curvature[i * d + j] = column[i] - slope[i];
      }
    }
    refuseSaddle();
  }

  /** Too strong a coupling turns F, a quadratic, into one without a minimum. */
  private void refuseSaddle() {
    SymmetricEigen eigen = new SymmetricEigen(d);
    double[] symmetric = new double[d * d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        symmetric[i * d + j] = 0.5 * (curvature[i * d + j] + curvature[j * d + i]);
      }
    }
    if (!eigen.decompose(symmetric)) {
      throw new IllegalStateException("the curvature of the game is not finite");
    }
    for (double value : eigen.values()) {
      if (value < -1e-9) {
        throw new IllegalArgumentException(
            "the game must have a minimum, but the curvature of F has the eigenvalue "
                + value
                + ": choose a smaller c or sigma");
      }
    }
  }

  private double[] hypergradientOfZero() {
    double[] out = new double[d];
    exactInto(new double[d], out);
    return out;
  }

  /** fx - J H^+ fy at y* = -H^+ (R2'x + e), by the oracle over all samples. */
  private void exactInto(double[] x, double[] out) {
    double[] h = new double[d * d];
    double[] j = new double[d * d];
    double[] gy = new double[d];
    double[] fy = new double[d];
    double[] y = new double[d];
    problem.hessian(x, y, lower, h);
    problem.cross(x, y, lower, j);
    problem.gradLowerY(x, y, lower, gy);
    Kernels.scale(-1, gy);
    pseudoSolve(h, gy, y);
    problem.upperGradients(x, y, upper, out, fy);
    double[] v = new double[d];
    pseudoSolve(h, fy, v);
    double[] jv = new double[d];
    Kernels.gemv(d, d, j, v, jv);
    Kernels.axpy(-1, jv, out);
  }

  /** out = H^+ b, eigenvalues below 1e-9 counting as zero. */
  private void pseudoSolve(double[] h, double[] b, double[] out) {
    SymmetricEigen eigen = new SymmetricEigen(d);
    if (!eigen.decompose(h)) {
      throw new IllegalStateException("the mean Hessian of the game is not finite");
    }
    for (int k = 0; k < d; k++) {
      if (eigen.values()[k] > 1e-9) {
        double[] u = eigen.vectors()[k];
        Kernels.axpy(Kernels.dot(u, b) / eigen.values()[k], u, out);
      }
    }
  }

  private static double[] gaussians(int n, double scale, SplitMix64 rng) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = scale * rng.gaussian();
    }
    return out;
  }

  /** r orthonormal rows of length d, by Gram-Schmidt, twice. */
  private static double[] orthonormal(Spec spec, SplitMix64 rng) {
    int d = spec.d();
    double[] u = gaussians(spec.r() * d, 1, rng);
    for (int k = 0; k < spec.r(); k++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < k; j++) {
          Kernels.axpy(d, -Kernels.dot(d, u, k * d, u, j * d), u, j * d, u, k * d);
        }
      }
      double norm = Math.sqrt(Kernels.dot(d, u, k * d, u, k * d));
      for (int i = 0; i < d; i++) {
        u[k * d + i] /= norm;
      }
    }
    return u;
  }

  private static double[] spectrum(Spec spec, SplitMix64 rng) {
    double[] out = new double[spec.r()];
    for (int i = 0; i < out.length; i++) {
      out[i] = SMALLEST + (LARGEST - SMALLEST) * rng.uniform();
    }
    return out;
  }

  private double[] spread(double[] u, double[] spectrum, SplitMix64 rng) {
    double[] out = new double[d];
    for (int k = 0; k < spectrum.length; k++) {
      Kernels.axpy(d, Math.sqrt(spectrum[k]) * rng.gaussian(), u, k * d, out, 0);
    }
    return out;
  }

  private double[] coupling(double[] v, Spec spec, SplitMix64 rng) {
    double[] out = new double[d];
    double scale = Math.sqrt(spec.sigma());
    for (int k = 0; k < spec.r(); k++) {
      Kernels.axpy(d, scale * rng.gaussian(), v, k * d, out, 0);
    }
    return out;
  }

  private double[] noisy(double[] mean, double noise, SplitMix64 rng) {
    double[] out = gaussians(d, noise, rng);
    Kernels.axpy(1, mean, out);
    return out;
  }

  private double[] project(double[] u, double[] w) {
    double[] out = new double[d];
    for (int k = 0; k < u.length / d; k++) {
      Kernels.axpy(d, Kernels.dot(d, u, k * d, w, 0), u, k * d, out, 0);
    }
    return out;
  }

  private static void fill(Batch batch, String field, double[] values) {
    int column = batch.schema().column(field);
    for (int j = 0; j < values.length; j++) {
      batch.set(column, j, values[j]);
    }
  }

  /**
   * The oracle of the game.
   *
   * @return a {@code pl-game} problem
   */
  public Problem problem() {
    return problem;
  }

  /**
   * All samples of a level.
   *
   * @param level which
   * @return n rows; not to be modified
   */
  public Batch all(Level level) {
    return level == Level.LOWER ? lower : upper;
  }

  /**
   * Draws rows with replacement.
   *
   * @param level which samples
   * @param rng the generator
   * @param into receives as many rows as it holds, cleared first
   */
  public void draw(Level level, SplitMix64 rng, Batch into) {
    Batch from = all(level);
    into.clear();
    while (!into.isFull()) {
      into.appendRow(from, rng.index(from.size()));
    }
  }

  /**
   * |grad F(x)| over all samples, exactly.
   *
   * @param x upper variable, length d
   * @param scratch length d, overwritten
   * @return Euclidean norm
   */
  public double gradientNorm(double[] x, double[] scratch) {
    Kernels.gemv(d, d, curvature, x, scratch);
    Kernels.axpy(1, slope, scratch);
    return Kernels.norm2(scratch);
  }

  /**
   * F(x) - min F = 1/2 g' M^+ g with g = grad F(x) and the curvature M of F.
   *
   * @param x upper variable, length d
   * @return at least 0
   */
  public double gap(double[] x) {
    double[] g = new double[d];
    double[] step = new double[d];
    Kernels.gemv(d, d, curvature, x, g);
    Kernels.axpy(1, slope, g);
    pseudoSolve(curvature, g, step);
    return 0.5 * Kernels.dot(g, step);
  }
}
