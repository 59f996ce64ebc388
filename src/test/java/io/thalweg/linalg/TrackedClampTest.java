package io.thalweg.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences of matrices through the tracked clamp and, one by one, through the exact one. */
class TrackedClampTest {
  private static final double MU = 0.1;
  private static final double LG = 4;

  private final SplitMix64 rng = new SplitMix64(5);

  /** Orthonormal rows. */
  private double[][] basis(int n) {
    double[][] rows = new double[n][n];
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        rows[k][i] = rng.gaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < k; j++) {
          Kernels.axpy(-Kernels.dot(rows[j], rows[k]), rows[j], rows[k]);
        }
      }
      Kernels.scale(1 / Kernels.norm2(rows[k]), rows[k]);
    }
    return rows;
  }

  private static double[] matrix(double[][] basis, double[] theta) {
    int n = theta.length;
    double[] out = new double[n * n];
    for (int k = 0; k < n; k++) {
      RankOne.add(n, n, theta[k], basis[k], basis[k], out);
    }
    return out;
  }

  private double[] vector(int n) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = rng.gaussian();
    }
    return out;
  }

  /** A stream as a momentum method makes it: the clamped matrix, averaged with fresh ones. */
  private final class Stream {
    final int n;
    final TrackedClamp tracked;
    final SpectralClamp exact;
    final double[] reference;
    final double[] z;
    double[] now;

    Stream(int n) {
      this.n = n;
      tracked = new TrackedClamp(n, MU, LG);
      exact = new SpectralClamp(n, MU, LG);
      reference = new double[TrackedClamp.referenceLength(n)];
      z = new double[n];
      now = new double[n * n];
    }

    /** Clamps both ways, compares, goes on with the tracked result. */
    void next(double[] h) {
      double[] expected = h.clone();
      int outside = exact.clamp(expected);
      double[] found = h.clone();
      int counted = tracked.clamp(found, now, reference);
      double[] b = vector(n);
      double[] solution = new double[n];
      exact.solve(b, solution);
      tracked.solve(b, z, reference);
      double distance = 0;
      for (int i = 0; i < n * n; i++) {
        distance += (found[i] - expected[i]) * (found[i] - expected[i]);
      }
      assertThat(Math.sqrt(distance)).isLessThan(1e-10);
      assertThat(counted > 0).isEqualTo(outside > 0);
      for (int i = 0; i < n; i++) {
        assertThat(z[i]).isCloseTo(solution[i], within(1e-9));
      }
      now = found;
    }

    /** now averaged with a fresh matrix. */
    double[] averaged(double weight, double[] fresh) {
      double[] out = new double[n * n];
      for (int i = 0; i < n * n; i++) {
        out[i] = (1 - weight) * now[i] + weight * fresh[i];
      }
      return out;
    }

    long decompositions() {
      return TrackedClamp.number(n, reference);
    }
  }

  /** The mean of some squares of vectors within the first r rows of a basis. */
  private double[] squares(double[][] basis, int r, int count) {
    int n = basis.length;
    double[] out = new double[n * n];
    for (int k = 0; k < count; k++) {
      double[] u = new double[n];
      for (int i = 0; i < r; i++) {
        Kernels.axpy(rng.gaussian(), basis[i], u);
      }
      RankOne.add(n, n, 1.0 / count, u, u, out);
    }
    return out;
  }

  @ParameterizedTest(name = "n = {0}, rank {1}")
  @CsvSource({"64, 64", "70, 35", "67, 5"})
  void a_slow_stream_is_clamped_exactly_with_few_decompositions(int n, int r) {
    Stream stream = new Stream(n);
    double[][] basis = basis(n);
    stream.next(squares(basis, r, 40 * r));
    for (int t = 0; t < 200; t++) {
      stream.next(stream.averaged(0.002, squares(basis, r, 8)));
    }
    assertThat(stream.decompositions()).isBetween(1L, 40L);
    if (r < n) {
      // the null space sinks below mu in every step and is lifted again
      assertThat(stream.exact.values()).contains(MU);
    }
  }

  @ParameterizedTest(name = "weight {0}")
  @CsvSource({"0.02", "0.3", "1"})
  void a_fast_stream_is_clamped_exactly_by_decomposing_often(double weight) {
    Stream stream = new Stream(24);
    double[][] basis = basis(24);
    stream.next(squares(basis, 24, 3));
    for (int t = 0; t < 60; t++) {
      stream.next(stream.averaged(weight, squares(basis, 20, 2)));
    }
    assertThat(stream.decompositions()).isGreaterThan(20);
  }

  @Test
  void an_eigenvalue_that_wanders_over_a_bound_is_noticed_on_both_sides() {
    int n = 40;
    Stream stream = new Stream(n);
    double[][] basis = basis(n);
    double[] theta = new double[n];
    for (int k = 0; k < n; k++) {
      theta[k] = 0.5 + 3.0 * k / n;
    }
    stream.next(matrix(basis, theta));
    for (int t = 0; t < 120; t++) {
      theta[0] -= 0.007;
      theta[n - 1] += 0.01;
      stream.next(matrix(basis, theta));
    }
    assertThat(theta[0]).isLessThan(-0.3);
    assertThat(theta[n - 1]).isGreaterThan(4.5);
    assertThat(stream.decompositions()).isBetween(50L, 119L);
  }

  @Test
  void a_rotation_of_the_null_space_is_noticed() {
    int n = 30;
    Stream stream = new Stream(n);
    double[][] basis = basis(n);
    double[] theta = new double[n];
    Arrays.fill(theta, 0, 15, 1.0);
    stream.next(matrix(basis, theta));
    stream.next(matrix(basis, theta));
    assertThat(stream.decompositions()).isEqualTo(1);
    double[] u = basis[0].clone();
    // far below what Weyl's bound would notice, far above the error allowed
    double angle = 1e-6;
    Kernels.scale(Math.cos(angle), basis[0]);
    Kernels.axpy(Math.sin(angle), basis[20], basis[0]);
    Kernels.scale(Math.cos(angle), basis[20]);
    Kernels.axpy(-Math.sin(angle), u, basis[20]);
    stream.next(matrix(basis, theta));
    assertThat(stream.decompositions()).isEqualTo(2);
  }

  @Test
  void the_same_reference_gives_the_same_bits_after_a_restart() {
    int n = 48;
    double[][] basis = basis(n);
    Stream whole = new Stream(n);
    whole.next(squares(basis, 30, 800));
    for (int t = 0; t < 30; t++) {
      whole.next(whole.averaged(0.002, squares(basis, 30, 8)));
    }
    double[] h = whole.averaged(0.002, squares(basis, 30, 8));
    double[] b = vector(n);

    TrackedClamp restarted = new TrackedClamp(n, MU, LG);
    double[] reference = whole.reference.clone();
    double[] z = whole.z.clone();
    double[] clamped = h.clone();
    restarted.clamp(clamped, whole.now, reference);
    restarted.solve(b, z, reference);

    double[] expected = h.clone();
    long before = whole.decompositions();
    whole.tracked.clamp(expected, whole.now, whole.reference);
    whole.tracked.solve(b, whole.z, whole.reference);
    assertThat(whole.decompositions()).as("a step without decomposition").isEqualTo(before);
    assertThat(clamped).containsExactly(expected);
    assertThat(z).containsExactly(whole.z);
    assertThat(reference).containsExactly(whole.reference);
  }

  @Test
  void a_right_side_of_zero_gives_zero_at_once() {
    int n = 64;
    Stream stream = new Stream(n);
    double[][] basis = basis(n);
    stream.next(squares(basis, n, 4000));
    stream.next(stream.averaged(0.05, squares(basis, n, 400)));
    assertThat(stream.decompositions()).isEqualTo(1);
    TrackedClamp.Work before = stream.tracked.work();
    stream.tracked.solve(new double[n], stream.z, stream.reference);
    assertThat(stream.z).containsOnly(0);
    assertThat(stream.tracked.work()).isEqualTo(before);
  }

  @Test
  void a_matrix_that_is_not_finite_becomes_nan_throughout() {
    int n = 8;
    TrackedClamp clamp = new TrackedClamp(n, MU, LG);
    double[] reference = new double[TrackedClamp.referenceLength(n)];
    double[] start = new double[n * n];
    for (int i = 0; i < n; i++) {
      start[i * n + i] = 1;
    }
    double[] h = start.clone();
    clamp.clamp(h, start, reference);
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] broken = h.clone();
      broken[3] = bad;
      clamp.clamp(broken, h, reference.clone());
      assertThat(broken).containsOnly(Double.NaN);
    }
    double[] again = h.clone();
    clamp.clamp(again, h, reference);
    assertThat(again).containsExactly(h);
    assertThat(TrackedClamp.number(n, reference)).isEqualTo(1);
  }

  @Test
  void the_norm_bound_covers_the_norm_and_is_not_far_above() {
    for (int n : new int[] {1, 2, 10, 25, 90}) {
      double[][] basis = basis(n);
      double[] theta = new double[n];
      for (int k = 0; k < n; k++) {
        theta[k] = rng.uniform() * 2 - 1;
      }
      theta[n / 2] = -1.25;
      double[][] rows = new double[n][n];
      Symmetric.split(matrix(basis, theta), rows);
      assertThat(new SymmetricNorm(n).bound(rows)).isBetween(1.25, 1.25 * 1.5 + 1e-9);
    }
    assertThat(new SymmetricNorm(3).bound(new double[3][3])).isZero();
  }
}
