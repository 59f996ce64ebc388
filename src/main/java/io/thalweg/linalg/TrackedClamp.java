package io.thalweg.linalg;

import java.util.Arrays;

/**
 * {@link SpectralClamp} for a matrix that changes little from call to call: it decomposes one
 * matrix, the reference R, and goes on without a decomposition for as long as it can tell what the
 * clamp does.
 *
 * <pre>
 * V  the eigenvectors of R that the clamp put at mu, W the others, B = S(R)
 * 1. H V = a V with one number a: then S(H) has mu on V where a is below it. Checked with m seeded
 *    Gaussian vectors z: E |(H - a I) V V'z|^2 = |(H - a I) V|_F^2
 * 2. with K = H + max(0, mu - a) V V', every eigenvalue of K on W lies within |K - B|_2 of one of B
 *    (Weyl); while that leaves them in [mu, lg], S(H) = K
 *    |K - B|_2 is at most |K - B|_F, and at most |K - K_before|_F more than before; where neither
 *    is enough, Lanczos steps bound it
 * </pre>
 *
 * S is the projection on a convex set in Frobenius norm and so never moves two matrices apart; with
 * r = |(H - a I) V|_F, the rest that step 1 allows, the error of K is at most 2 sqrt(2) r. What
 * cannot be shown this way is decomposed, and becomes the new reference. Solves with a matrix that
 * was not decomposed are conjugate gradients preconditioned with B^-1; once their rounds beyond the
 * first solve's have cost as much as a decomposition, the reference is renewed.
 *
 * <p>The reference is the caller's to keep: with the same reference and the same H come the same
 * bits. What follows from R is cached here and made anew when another R comes. Allocates at
 * construction only.
 */
public final class TrackedClamp {
  /** Rounds that do not settle in this many steps have lost their reference. */
  private static final int MOST_ROUNDS = 60;

  private static final int PROBES = 8;

  /** An estimate from eight probes is less than a tenth of the norm with probability 1e-7. */
  private static final double CAUTION = 10;

  /** Largest error of S(H) and largest residual of a solve, relative to lg(R) and |b|. */
  private static final double TOLERANCE = 1e-11;

  // what a reference holds behind R
  private static final int NUMBER = 0;
  private static final int DRIFT = 1;
  private static final int LEAST = 2;
  private static final int SPENT = 3;
  private static final int TAIL = 4;

  private final int n;
  private final double mu;
  private final double lg;
  private final SpectralClamp exact;
  private final SymmetricNorm norm;
  private final double[] matrix;
  private final double[][] current;
  private final double[][] base;
  private final double[][] change;
  private final double[][] projector;
  private final double[][] inverse;
  private final double[][] gaussians;
  private final double[][] probes;
  private final double[][] images;
  private final double[] residual;
  private final double[] scaled;
  private final double[] direction;
  private final double[] product;
  // about the reference the caches belong to
  private double known;
  private int cluster;
  private double lowest;
  private double highest;
  private boolean probed;
  private boolean projected;
  private boolean inverted;
  // about the last call
  private boolean decomposed;
  private long decompositions;
  private long bounds;
  private long rounds;

  /**
   * A clamp for one size.
   *
   * @param n rows and columns
   * @param mu smallest eigenvalue let through, positive
   * @param lg largest eigenvalue let through, at least mu, may be infinity
   */
  public TrackedClamp(int n, double mu, double lg) {
    this.n = n;
    this.mu = mu;
    this.lg = lg;
    exact = new SpectralClamp(n, mu, lg);
    norm = new SymmetricNorm(n);
    matrix = new double[n * n];
    current = new double[n][n];
    base = new double[n][n];
    change = new double[n][n];
    projector = new double[n][n];
    inverse = new double[n][n];
    SplitMix64 rng = new SplitMix64(n);
    gaussians = new double[PROBES][n];
    for (double[] z : gaussians) {
      for (int i = 0; i < n; i++) {
        z[i] = rng.gaussian();
      }
    }
    probes = new double[PROBES][n];
    images = new double[PROBES][n];
    residual = new double[n];
    scaled = new double[n];
    direction = new double[n];
    product = new double[n];
  }

  /**
   * Length of a reference: R row by row, then how many references there were (0 is none yet), the
   * bound on the drift, and the rounds of the solves so far.
   *
   * @param n rows and columns
   * @return n n + 4
   */
  public static int referenceLength(int n) {
    return Math.addExact(Math.multiplyExact(n, n), TAIL);
  }

  /**
   * How many matrices were decomposed for a reference and those before it.
   *
   * @param n rows and columns
   * @param reference of {@link #referenceLength}, not modified
   * @return 0 for a reference of zeros
   */
  public static long number(int n, double[] reference) {
    return (long) reference[n * n + NUMBER];
  }

  /** Forgets what follows from a reference, for when another may carry the same number. */
  public void forget() {
    known = 0;
  }

  /**
   * Clamps a matrix in place. A matrix with a non-finite entry becomes NaN throughout.
   *
   * @param h row-major n x n, modified
   * @param before what the last call made of its matrix, not modified; not read with an empty
   *     reference
   * @param reference of {@link #referenceLength}, as the last call left it or zeros; modified
   * @return how many eigenvalues were outside [mu, lg]
   */
  public int clamp(double[] h, double[] before, double[] reference) {
    Symmetric.mean(n, h);
    int tail = n * n;
    double number = reference[tail + NUMBER];
    if (number > 0) {
      if (known != number) {
        System.arraycopy(reference, 0, matrix, 0, tail);
        decompose(matrix, number);
        Symmetric.split(matrix, base);
      }
      Symmetric.split(h, current);
      int clamped = reference[tail + SPENT] > 2.0 * n ? -1 : follow(before, reference);
      if (clamped > 0) {
        Symmetric.join(current, h);
      }
      if (clamped >= 0) {
        decomposed = false;
        return clamped;
      }
    }
    System.arraycopy(h, 0, reference, 0, tail);
    reference[tail + NUMBER] = number + 1;
    reference[tail + DRIFT] = 0;
    reference[tail + LEAST] = 0;
    reference[tail + SPENT] = 0;
    int clamped = decompose(h, number + 1);
    Symmetric.split(h, base);
    decomposed = true;
    return clamped;
  }

  /** Clamps by decomposition and notes what the eigenvalues say. */
  private int decompose(double[] h, double number) {
    decompositions++;
    int clamped = exact.clamp(h);
    known = number;
    probed = false;
    projected = false;
    inverted = false;
    cluster = 0;
    lowest = Double.POSITIVE_INFINITY;
    highest = mu;
    for (double theta : exact.values()) {
      if (theta == mu) {
        cluster++;
      } else {
        lowest = Math.min(lowest, theta);
      }
      highest = Math.max(highest, theta);
    }
    return clamped;
  }

  /** Clamps the current matrix without a decomposition, or returns -1. */
  private int follow(double[] before, double[] reference) {
    double allowed = TOLERANCE * highest;
    double slack = Math.min(lowest - mu, lg - highest) - allowed;
    if (!(slack > 0)) {
      return -1;
    }
    double lift = 0;
    if (cluster > 0) {
      double level = level(allowed);
      if (!(level <= lg)) {
        return -1;
      }
      lift = Math.max(0, mu - level);
      if (lift > 0) {
        lift(lift);
      }
    }
    int tail = n * n;
    double drift =
        Math.min(
            Math.sqrt(Symmetric.squaredDistance(current, base, scaled)),
            reference[tail + DRIFT]
                + Math.sqrt(Symmetric.squaredDistance(current, before, product, scaled)));
    if (!(drift <= slack)) {
      bounds++;
      for (int i = 0; i < n; i++) {
        Kernels.add(current[i], -1, base[i], change[i]);
      }
      drift = norm.bound(change);
      if (!(drift <= slack)) {
        return -1;
      }
    }
    reference[tail + DRIFT] = drift;
    return lift > 0 ? cluster : 0;
  }

  /** Adds lift V V'. */
  private void lift(double lift) {
    if (!projected) {
      double[] theta = exact.values();
      for (int i = 0; i < n; i++) {
        scaled[i] = theta[i] == mu ? 1 : 0;
        Arrays.fill(projector[i], 0);
      }
      Symmetric.addSquares(exact.vectors(), scaled, projector);
      projected = true;
    }
    for (int i = 0; i < n; i++) {
      Kernels.axpy(lift, projector[i], current[i]);
    }
  }

  /** The number a with H V = a V, or NaN when there is none. */
  private double level(double allowed) {
    if (!probed) {
      probe();
    }
    double along = 0;
    double length = 0;
    Symmetric.multiply(current, probes, images);
    for (int k = 0; k < PROBES; k++) {
      along += Kernels.dot(probes[k], images[k]);
      length += Kernels.dot(probes[k], probes[k]);
    }
    double level = along / length;
    double rest = 0;
    for (int k = 0; k < PROBES; k++) {
      Kernels.axpy(-level, probes[k], images[k]);
      rest += Kernels.dot(images[k], images[k]);
    }
    double error = 2 * Math.sqrt(2) * CAUTION * Math.sqrt(rest / PROBES);
    return error <= allowed ? level : Double.NaN;
  }

  /** V V'z for Gaussian z that depend on n and on the number of the probe only. */
  private void probe() {
    double[] theta = exact.values();
    double[][] vectors = exact.vectors();
    for (int k = 0; k < PROBES; k++) {
      Arrays.fill(probes[k], 0);
      for (int i = 0; i < n; i++) {
        if (theta[i] == mu) {
          Kernels.axpy(Kernels.dot(vectors[i], gaussians[k]), vectors[i], probes[k]);
        }
      }
    }
    probed = true;
  }

  /**
   * z becomes S(H)^-1 b for the matrix of the last {@link #clamp}.
   *
   * @param b vector of length n, not modified
   * @param z a guess, receives the solution; not b
   * @param reference the one of the last clamp; modified
   */
  public void solve(double[] b, double[] z, double[] reference) {
    if (decomposed) {
      exact.solve(b, z);
      return;
    }
    if (!inverted) {
      double[] theta = exact.values();
      for (int i = 0; i < n; i++) {
        scaled[i] = 1 / theta[i];
        Arrays.fill(inverse[i], 0);
      }
      Symmetric.addSquares(exact.vectors(), scaled, inverse);
      inverted = true;
    }
    int taken = iterate(b, z);
    if (taken < 0) {
      // of another matrix than the reference: nothing of it is kept
      Symmetric.join(current, matrix);
      decompose(matrix, 0);
      exact.solve(b, z);
      taken = MOST_ROUNDS;
    }
    rounds += taken;
    int tail = n * n;
    if (reference[tail + LEAST] == 0) {
      reference[tail + LEAST] = taken + 1.0;
    }
    reference[tail + SPENT] += Math.max(0, taken + 1.0 - reference[tail + LEAST]);
  }

  /**
   * Preconditioned conjugate gradients; how many rounds they took, or -1 when they do not settle.
   */
  private int iterate(double[] b, double[] z) {
    double enough = TOLERANCE * Kernels.norm2(b);
    if (enough == 0) {
      // rounds would come closer to 0 without end
      Arrays.fill(z, 0);
      return 0;
    }
    Symmetric.multiply(current, z, residual);
    Kernels.add(b, -1, residual, residual);
    double alignment = 0;
    for (int round = 0; round <= MOST_ROUNDS; round++) {
      double length = Kernels.norm2(residual);
      if (length <= enough) {
        return round;
      }
      if (!(length <= Double.MAX_VALUE)) {
        return -1;
      }
      Symmetric.multiply(inverse, residual, scaled);
      double next = Kernels.dot(residual, scaled);
      if (round == 0) {
        Kernels.copy(scaled, direction);
      } else {
        Kernels.add(scaled, next / alignment, direction, direction);
      }
      alignment = next;
      Symmetric.multiply(current, direction, product);
      double step = alignment / Kernels.dot(direction, product);
      Kernels.axpy(step, direction, z);
      Kernels.axpy(-step, product, residual);
    }
    return -1;
  }

  /**
   * What was done since construction, repeats after a restart included.
   *
   * @return decompositions, Lanczos bounds and rounds of conjugate gradients
   */
  public Work work() {
    return new Work(decompositions, bounds, rounds);
  }

  /**
   * Counts of the costly parts.
   *
   * @param decompositions of a matrix into eigenvalues and eigenvectors
   * @param bounds of the drift by Lanczos steps
   * @param rounds of conjugate gradients
   */
  public record Work(long decompositions, long bounds, long rounds) {}
}
