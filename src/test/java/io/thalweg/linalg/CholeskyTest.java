package io.thalweg.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CholeskyTest {
  @ParameterizedTest(name = "n = {0}")
  @ValueSource(ints = {1, 2, 7, 60})
  void the_solution_solves_and_an_indefinite_matrix_is_refused(int n) {
    SplitMix64 rng = new SplitMix64(n);
    double[] a = new double[n * n];
    for (int k = 0; k < n + 3; k++) {
      double[] u = new double[n];
      for (int i = 0; i < n; i++) {
        u[i] = rng.gaussian();
      }
      RankOne.add(n, n, 1, u, u, a);
    }
    double[] b = new double[n];
    for (int i = 0; i < n; i++) {
      b[i] = rng.gaussian();
    }
    double[] before = a.clone();
    Cholesky cholesky = new Cholesky(n);
    assertThat(cholesky.factor(a)).isTrue();
    assertThat(a).isEqualTo(before);
    double[] v = b.clone();
    cholesky.solve(v, v);
    double[] back = new double[n];
    Kernels.gemv(n, n, a, v, back);
    assertThat(back).containsExactly(b, within(1e-9));
    a[0] = -1;
    assertThat(cholesky.factor(a)).isFalse();
  }
}
