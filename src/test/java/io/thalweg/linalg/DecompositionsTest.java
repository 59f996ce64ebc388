package io.thalweg.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.Golden;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our decompositions against EJML's and against what defines them. */
class DecompositionsTest {
  private static double[] gaussian(int entries, long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    double[] out = new double[entries];
    for (int i = 0; i < entries; i++) {
      out[i] = rng.gaussian();
    }
    return out;
  }

  /** Symmetric with the given share of its spectrum at zero. */
  private static double[] symmetric(int n, int rank, long seed) {
    double[] factors = gaussian(n * Math.max(1, rank), seed);
    double[] out = new double[n * n];
    for (int k = 0; k < rank; k++) {
      double[] u = Arrays.copyOfRange(factors, k * n, (k + 1) * n);
      RankOne.add(n, n, k % 2 == 0 ? 1.0 + k : -0.5, u, u, out);
    }
    return out;
  }

  private static double largest(double[] a) {
    double size = 0;
    for (double entry : a) {
      size = Math.max(size, Math.abs(entry));
    }
    return size;
  }

  private static void assertDecomposes(double[] matrix, int n) {
    SymmetricEigen eigen = new SymmetricEigen(n);
    assertThat(eigen.decompose(matrix)).isTrue();
    double[] rebuilt = new double[n * n];
    double scale = Math.max(largest(matrix), Double.MIN_NORMAL);
    for (int k = 0; k < n; k++) {
      double[] u = eigen.vectors()[k];
      RankOne.add(n, n, eigen.values()[k] / scale, u, u, rebuilt);
      for (int j = 0; j <= k; j++) {
        double inner = Kernels.dot(eigen.vectors()[j], u);
        assertThat(inner).isCloseTo(j == k ? 1 : 0, within(1e-13 * n));
      }
    }
    for (int i = 0; i < n * n; i++) {
      assertThat(rebuilt[i]).isCloseTo(matrix[i] / scale, within(1e-13 * n));
    }
  }

  @ParameterizedTest(name = "n = {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 13, 33, 60})
  void eigenvectors_are_orthonormal_and_rebuild_the_matrix(int n) {
    assertDecomposes(symmetric(n, n, n), n);
    assertDecomposes(symmetric(n, (n + 1) / 2, n + 100), n);
    assertDecomposes(symmetric(n, 1, n + 200), n);
    assertDecomposes(new double[n * n], n);
    double[] scaled = symmetric(n, n, n + 300);
    Kernels.scale(1e-160, scaled);
    assertDecomposes(scaled, n);
    Kernels.scale(1e300, scaled);
    Kernels.scale(1e20, scaled);
    assertDecomposes(scaled, n);
    double[] identity = new double[n * n];
    for (int i = 0; i < n; i++) {
      identity[i * n + i] = 1;
    }
    assertDecomposes(identity, n);
    identity[0] = 1 + 1e-14;
    assertDecomposes(identity, n);
  }

  @ParameterizedTest(name = "n = {0}, rank {1}")
  @CsvSource({"100, 33", "200, 25", "200, 66", "200, 100"})
  void many_values_at_zero_settle(int n, int rank) {
    double[] factors = gaussian(n * rank, n + rank);
    double[] matrix = new double[n * n];
    for (int k = 0; k < rank; k++) {
      double[] u = Arrays.copyOfRange(factors, k * n, (k + 1) * n);
      RankOne.add(n, n, 1.0 / rank, u, u, matrix);
    }
    assertDecomposes(matrix, n);
  }

  @Test
  void a_graded_matrix_keeps_its_small_and_large_entries() {
    int n = 12;
    double[] graded = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        graded[i * n + j] = Math.pow(10, -Math.max(i, j));
      }
    }
    assertDecomposes(graded, n);
  }

  /** The Hessian's row of a feature that rows no longer bring: averages halve it step by step. */
  @ParameterizedTest(name = "feature {0}")
  @ValueSource(ints = {0, 3, 5})
  void a_row_that_fades_away_leaves_the_rest_alone(int feature) {
    int n = 8;
    double[] matrix = symmetric(n, n, 9);
    for (int halving = 0; halving < 1200; halving++) {
      for (int i = 0; i < n; i++) {
        if (i != feature) {
          matrix[feature * n + i] *= 0.5;
          matrix[i * n + feature] *= 0.5;
        }
      }
      assertDecomposes(matrix, n);
    }
  }

  @ParameterizedTest(name = "n = {0}")
  @ValueSource(ints = {2, 7, 30})
  void eigenvalues_are_those_of_ejml(int n) {
    double[] matrix = symmetric(n, n, 5);
    SymmetricEigen eigen = new SymmetricEigen(n);
    assertThat(eigen.decompose(matrix)).isTrue();
    EigenDecomposition_F64<DMatrixRMaj> reference = DecompositionFactory_DDRM.eig(n, false, true);
    reference.decompose(new DMatrixRMaj(n, n, true, matrix.clone()));
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      expected[i] = reference.getEigenvalue(i).getReal();
    }
    double[] found = eigen.values().clone();
    Arrays.sort(expected);
    Arrays.sort(found);
    Golden.assertClose("eigenvalues", found, expected, 1e-12);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void a_matrix_that_is_not_finite_comes_out_as_nan_so_that_the_step_is_refused(double poison) {
    double[] h = symmetric(4, 4, 1);
    h[6] = poison;
    SpectralClamp clamp = new SpectralClamp(4, 0.1, 2);
    clamp.clamp(h);
    assertThat(h).containsOnly(Double.NaN);
    double[] out = new double[4];
    clamp.solve(new double[] {1, 2, 3, 4}, out);
    assertThat(out).containsOnly(Double.NaN);
    double[] g = gaussian(8, 1);
    g[5] = poison;
    new OperatorNormBall(2, 4, 0.1).clamp(g);
    assertThat(Kernels.allFinite(g)).isFalse();
    LanczosSolve lanczos = new LanczosSolve(4, 4, 0.1, 2);
    lanczos.solve((v, w) -> Arrays.fill(w, poison), new double[] {1, 2, 3, 4}, out);
    assertThat(out).containsOnly(Double.NaN);
  }

  @ParameterizedTest(name = "{0} x {1}")
  @CsvSource({"1, 1", "1, 6", "6, 1", "3, 9", "9, 3", "20, 20"})
  void the_operator_norm_ball_clamps_singular_values_and_nothing_else(int rows, int cols) {
    double radius = 0.8 * Math.sqrt(rows + cols);
    double[] g = gaussian(rows * cols, 31L * rows + cols);
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(rows, cols, true, true, true);
    svd.decompose(new DMatrixRMaj(rows, cols, true, g.clone()));
    DMatrixRMaj s = svd.getW(null);
    for (int i = 0; i < Math.min(s.numRows, s.numCols); i++) {
      s.set(i, i, Math.min(s.get(i, i), radius));
    }
    DMatrixRMaj us = new DMatrixRMaj(rows, s.numCols);
    DMatrixRMaj expected = new DMatrixRMaj(rows, cols);
    CommonOps_DDRM.mult(svd.getU(null, false), s, us);
    CommonOps_DDRM.mult(us, svd.getV(null, true), expected);
    new OperatorNormBall(rows, cols, radius).clamp(g);
    Golden.assertClose("clamped", g, expected.getData(), 1e-12);
  }

  @Test
  void no_clamp_touches_a_matrix_that_needs_none() {
    double[] g = gaussian(12, 3);
    double[] before = g.clone();
    assertThat(new OperatorNormBall(3, 4, Kernels.norm2(g)).clamp(g)).isZero();
    assertThat(new OperatorNormBall(3, 4, Double.POSITIVE_INFINITY).clamp(g)).isZero();
    assertThat(g).containsExactly(before);
    double[] h = {2, 0.5, 0.5, 1};
    assertThat(new SpectralClamp(2, 0.1, 10).clamp(h)).isZero();
    assertThat(h).containsExactly(2, 0.5, 0.5, 1);
  }

  @Test
  void a_negative_eigenvalue_goes_to_mu_and_not_to_its_absolute_value() {
    double[] h = {-5, 0, 0, 1};
    assertThat(new SpectralClamp(2, 0.25, 10).clamp(h)).isEqualTo(1);
    assertThat(h).containsExactly(new double[] {0.25, 0, 0, 1}, within(1e-15));
  }

  @ParameterizedTest(name = "n = {0}")
  @ValueSource(ints = {1, 2, 10, 40})
  void lanczos_with_all_products_is_the_clamped_solve(int n) {
    double[] h = symmetric(n, n, 77);
    double[] b = gaussian(n, 78);
    double[] expected = new double[n];
    double[] found = new double[n];
    LanczosSolve lanczos = new LanczosSolve(n, n, 0.3, 8);
    lanczos.solve((v, out) -> Kernels.gemv(n, n, h, v, out), b, found);
    assertThat(lanczos.products()).isLessThanOrEqualTo(n);
    double[] clamped = h.clone();
    SpectralClamp clamp = new SpectralClamp(n, 0.3, 8);
    clamp.clamp(clamped);
    clamp.solve(b, expected);
    Golden.assertClose("solve", found, expected, 1e-10);
  }

  /** Breaks down early, has directions without curvature, or entries far from 1. */
  @ParameterizedTest(name = "rank {0}, scale {1}")
  @CsvSource({
    "0, 1",
    "1, 1",
    "3, 1",
    "7, 1",
    "3, 1e-120",
    "3, 1e-20",
    "3, 1e14",
    "3, 1e100",
    "12, 1e-14",
    "12, 1e100"
  })
  void lanczos_takes_singular_and_indefinite_matrices_of_any_scale(int rank, double scale) {
    int n = 12;
    double[] h = symmetric(n, rank, 81);
    Kernels.scale(scale, h);
    double[] b = gaussian(n, 82);
    double mu = 0.3 * scale;
    double lg = 8 * scale;
    double[] clamped = h.clone();
    SpectralClamp clamp = new SpectralClamp(n, mu, lg);
    clamp.clamp(clamped);
    double[] expected = new double[n];
    clamp.solve(b, expected);
    Kernels.scale(scale, expected);
    for (int krylov : new int[] {1, 5, n}) {
      double[] found = new double[n];
      LanczosSolve lanczos = new LanczosSolve(n, krylov, mu, lg);
      lanczos.solve((v, out) -> Kernels.gemv(n, n, h, v, out), b, found);
      Kernels.scale(scale, found);
      assertThat(Kernels.allFinite(found)).as("%s products", krylov).isTrue();
      if (krylov > rank + 1 || krylov == n) {
        Golden.assertClose(krylov + " products", found, expected, 1e-8);
      }
    }
  }

  @Test
  void lanczos_stops_when_the_krylov_space_is_exhausted_and_gives_zero_for_zero() {
    LinearMap twice =
        (v, out) -> {
          for (int i = 0; i < v.length; i++) {
            out[i] = 2 * v[i];
          }
        };
    LanczosSolve lanczos = new LanczosSolve(5, 5, 0.1, 10);
    double[] out = new double[5];
    lanczos.solve(twice, new double[] {1, 2, 3, 4, 5}, out);
    assertThat(lanczos.products()).isEqualTo(1);
    assertThat(out).containsExactly(new double[] {0.5, 1, 1.5, 2, 2.5}, within(1e-14));
    lanczos.solve(twice, new double[5], out);
    assertThat(lanczos.products()).isZero();
    assertThat(out).containsOnly(0.0);
  }

  @Test
  void conjugate_gradients_stop_at_curvature_they_cannot_trust_and_start_warm() {
    double[] h = {2, 0, 0, -1};
    LinearMap map = (v, out) -> Kernels.gemv(2, 2, h, v, out);
    double[] v = new double[2];
    assertThat(new ConjugateGradient(2, 0).solve(map, new double[] {0, 1}, v, 5)).isZero();
    assertThat(v).containsOnly(0.0);
    double[] solved = {0.5, 0};
    assertThat(new ConjugateGradient(2, 0).solve(map, new double[] {1, 0}, solved, 5)).isZero();
    assertThat(solved).containsExactly(0.5, 0);
  }

  @Test
  void impossible_settings_are_refused_when_a_solver_is_made() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SpectralClamp(2, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new SpectralClamp(2, 2, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new SpectralClamp(2, Double.NaN, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new OperatorNormBall(2, 2, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new LanczosSolve(2, 0, 1, 2));
  }

  @Test
  void a_blocked_product_has_the_bits_of_the_plain_loop() {
    int rows = 11;
    int cols = 7;
    double[] a = gaussian(rows * cols, 1);
    double[] v = gaussian(cols, 2);
    double[] out = new double[rows];
    Kernels.gemv(rows, cols, a, v, out);
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int j = 0; j < cols; j++) {
        sum += a[i * cols + j] * v[j];
      }
      assertThat(out[i]).isEqualTo(sum);
    }
  }

  @Test
  void the_generator_resumes_with_the_gaussian_it_kept() {
    SplitMix64 rng = new SplitMix64(9);
    rng.gaussian();
    long[] words = new long[4];
    rng.save(words, 1);
    SplitMix64 resumed = new SplitMix64(0);
    resumed.restore(words, 1);
    for (int i = 0; i < 5; i++) {
      assertThat(resumed.gaussian()).isEqualTo(rng.gaussian());
    }
  }

  @Test
  void vectors_at_the_edges_are_immutable_and_compared_by_bits() {
    double[] source = {1, 2};
    Vec vec = Vec.of(source);
    source[0] = 9;
    vec.toArray()[1] = 9;
    assertThat(vec)
        .isEqualTo(Vec.of(1, 2))
        .hasToString("[1.0, 2.0]")
        .hasSameHashCodeAs(Vec.of(1, 2));
    assertThat(Vec.of(0.0)).isNotEqualTo(Vec.of(-0.0));
    assertThat(vec.length()).isEqualTo(2);
    assertThat(vec.get(1)).isEqualTo(2);
  }
}
