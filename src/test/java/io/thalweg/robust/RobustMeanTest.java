package io.thalweg.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.linalg.TopEigenpair;
import io.thalweg.robust.RobustRule.Variant;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RobustMeanTest {
  /** Rows around 0 of which the last few lie far off. */
  private static double[] rows(int n, int d, int bad, double off) {
    SplitMix64 rng = new SplitMix64(5);
    double[] x = new double[n * d];
    for (int i = 0; i < x.length; i++) {
      x[i] = rng.gaussian() + (i >= (n - bad) * d ? off : 0);
    }
    return x;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Variant.class)
  void weights_are_a_distribution_and_rows_far_off_lose_theirs(Variant variant) {
    RobustMean mean = new RobustMean(RobustRule.mean(variant, 0.2, 3));
    assertThat(mean.weigh(rows(50, 4, 5, 8), 50, 4)).isTrue();
    double sum = 0;
    double bad = 0;
    for (int i = 0; i < 50; i++) {
      assertThat(mean.weights()[i]).isNotNegative();
      sum += mean.weights()[i];
      bad += i < 45 ? 0 : mean.weights()[i];
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
    assertThat(bad).isLessThan(0.01);
    assertThat(mean.lambda()).isLessThanOrEqualTo(3);
    assertThat(mean.rounds()).isPositive();
    assertThat(mean.removed()).isBetween(0.09, 0.4);
  }

  @ParameterizedTest(name = "row of {0}")
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e200, -1e308, 1e100})
  void a_row_beyond_any_use_has_weight_0_and_spoils_nothing(double poison) {
    double[] x = rows(30, 4, 0, 0);
    RobustMean clean = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.1));
    double[] others = new double[29 * 4];
    System.arraycopy(x, 0, others, 0, 7 * 4);
    System.arraycopy(x, 8 * 4, others, 7 * 4, 22 * 4);
    assertThat(clean.weigh(others, 29, 4)).isTrue();
    Arrays.fill(x, 7 * 4, 8 * 4, poison);
    RobustMean mean = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.1));
    assertThat(mean.weigh(x, 30, 4)).isTrue();
    assertThat(mean.weights()[7]).isZero();
    assertThat(mean.removed()).isGreaterThanOrEqualTo(1 / 30.0 - 1e-12);
    double[] mu = new double[4];
    mean.mean(mu);
    for (double m : mu) {
      assertThat(m).isBetween(-1.0, 1.0);
    }
  }

  @Test
  void more_unusable_rows_than_eps_allows_are_left_for_others_to_see() {
    double[] x = rows(30, 2, 0, 0);
    for (int i = 0; i < 4; i++) {
      x[2 * i] = Double.NaN;
    }
    RobustMean mean = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.1));
    assertThat(mean.weigh(x, 30, 2)).isFalse();
    assertThat(Arrays.copyOf(mean.weights(), 30)).containsOnly(1.0 / 30);
    assertThat(mean.removed()).isZero();
  }

  @Test
  void fewer_rows_than_2_over_eps_are_not_weighed() {
    RobustMean mean = new RobustMean(RobustRule.mean(Variant.FILTER, 0.1, 0));
    assertThat(mean.weigh(rows(19, 2, 2, 9), 19, 2)).isFalse();
    assertThat(Arrays.copyOf(mean.weights(), 19)).containsOnly(1.0 / 19);
    assertThat(mean.weigh(rows(20, 2, 2, 9), 20, 2)).isTrue();
  }

  @Test
  void the_filter_stops_when_its_budget_is_spent() {
    RobustRule free = RobustRule.mean(Variant.FILTER, 0.1, 1e-3);
    RobustMean mean = new RobustMean(free);
    mean.weigh(rows(60, 3, 6, 6), 60, 3);
    assertThat(mean.removed()).isGreaterThan(0.6);
    RobustMean bounded =
        new RobustMean(new RobustRule(Variant.FILTER, 0.1, 1e-3, Double.NaN, 500, 0, 0.2));
    bounded.weigh(rows(60, 3, 6, 6), 60, 3);
    assertThat(bounded.removed()).isBetween(0.2, 0.6);
    assertThat(bounded.rounds()).isLessThan(mean.rounds());
  }

  @Test
  void two_heaps_of_one_size_keep_their_weights() {
    double[] x = new double[40];
    for (int i = 0; i < 40; i++) {
      x[i] = i % 2 == 0 ? 1 : -1;
    }
    RobustMean mean = new RobustMean(RobustRule.mean(Variant.FILTER, 0.1, 0.5));
    assertThat(mean.weigh(x, 40, 1)).isTrue();
    assertThat(mean.lambda()).isCloseTo(1, within(1e-12));
    assertThat(Arrays.copyOf(mean.weights(), 40)).containsOnly(1.0 / 40);
  }

  @Test
  void rows_that_agree_need_no_round_and_coordinates_that_do_are_not_counted() {
    double[] same = new double[30 * 3];
    Arrays.fill(same, 0.1);
    RobustMean mean = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.1));
    assertThat(mean.weigh(same, 30, 3)).isTrue();
    assertThat(mean.rounds()).isZero();
    double[] mu = new double[3];
    mean.mean(mu);
    assertThat(mu).containsExactly(0.1, 0.1, 0.1);

    double[] narrow = rows(30, 2, 3, 9);
    double[] wide = new double[30 * 5];
    for (int i = 0; i < 30; i++) {
      wide[5 * i + 1] = narrow[2 * i];
      wide[5 * i + 3] = narrow[2 * i + 1];
      wide[5 * i + 4] = -3;
    }
    mean.weigh(narrow, 30, 2);
    RobustMean other = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.1));
    other.weigh(wide, 30, 5);
    assertThat(other.xi()).isEqualTo(mean.xi());
    assertThat(other.weights()).isEqualTo(mean.weights());
  }

  @Test
  void what_was_weighed_before_does_not_show() {
    RobustMean fresh = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.2));
    fresh.weigh(rows(25, 40, 4, 3), 25, 40);
    RobustMean used = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.2));
    used.weigh(rows(70, 30, 9, 3), 70, 30);
    used.weigh(rows(30, 90, 4, 3), 30, 90);
    used.weigh(rows(25, 40, 4, 3), 25, 40);
    assertThat(Arrays.copyOf(used.weights(), 25)).isEqualTo(fresh.weights());
    assertThat(used.lambda()).isEqualTo(fresh.lambda());
  }

  @ParameterizedTest(name = "eps {0}, step {1}, rounds {2}, tolerance {3}")
  @CsvSource({"0, 1, 5, 0", "0.334, 1, 5, 0", "0.1, 1.5, 5, 0", "0.1, 1, -1, 0", "0.1, 1, 5, 1"})
  void rules_out_of_range_are_refused(double eps, double step, int rounds, double tolerance) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RobustRule(Variant.FILTER, eps, 1, step, rounds, tolerance, 1))
        .withMessageContaining("must be");
  }

  @ParameterizedTest(name = "{0} rows, rank {1}")
  @CsvSource({"1, 1", "2, 1", "5, 5", "40, 3", "40, 40", "120, 60"})
  void the_top_pair_solves_its_equation_and_nothing_is_above_it(int n, int rank) {
    SplitMix64 rng = new SplitMix64(n + rank);
    double[] a = new double[n * n];
    for (int k = 0; k < rank; k++) {
      double[] v = new double[n];
      for (int i = 0; i < n; i++) {
        v[i] = rng.gaussian();
      }
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          a[i * n + j] += v[i] * v[j];
        }
      }
    }
    TopEigenpair top = new TopEigenpair();
    assertThat(top.solve(n, a)).isTrue();
    double[] v = Arrays.copyOf(top.vector(), n);
    double rest = 0;
    for (int i = 0; i < n; i++) {
      double w = 0;
      for (int j = 0; j < n; j++) {
        w += a[i * n + j] * v[j];
      }
      rest = Math.max(rest, Math.abs(w - top.value() * v[i]));
    }
    assertThat(rest).isLessThan(1e-12 * Math.max(1, top.value()));
    io.thalweg.linalg.SymmetricEigen all = new io.thalweg.linalg.SymmetricEigen(n);
    all.decompose(a);
    double largest = Arrays.stream(all.values()).max().orElseThrow();
    assertThat(top.value()).isCloseTo(largest, within(1e-12 * largest));
    a[n * n - 1] = Double.NaN;
    assertThat(top.solve(n, a)).isFalse();
  }

  @Test
  void pairs_of_high_leverage_are_found_before_the_noise_is_looked_at() {
    SplitMix64 rng = new SplitMix64(3);
    int n = 100;
    double[] x = new double[2 * n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = rng.gaussian();
      x[2 * i + 1] = rng.gaussian();
      y[i] = x[2 * i] - x[2 * i + 1] + 0.1 * rng.gaussian();
    }
    x[0] = 200; // its residual is small because the fit bends to it
    y[0] = -200;
    double[] bent = new double[2];
    double[] theta = new double[2];
    new RobustRegression(2, 1e9, Double.POSITIVE_INFINITY, 0).solve(x, y, n, bent);
    assertThat(bent[0]).isLessThan(-0.9);
    RobustRegression regression = new RobustRegression(2, 0.1, 8, 100);
    assertThat(regression.solve(x, y, n, theta)).isTrue();
    assertThat(theta).containsExactly(new double[] {1, -1}, within(0.05));
    assertThat(regression.weights()[0]).isZero();
    assertThat(regression.leverage()).isLessThanOrEqualTo(8);
  }

  @Test
  void pairs_that_span_no_full_space_have_no_fit() {
    double[] theta = {7, 7};
    boolean found =
        new RobustRegression(2, 1, 8, 9)
            .solve(new double[] {1, 2, 2, 4, -1, -2}, new double[] {1, 2, 3}, 3, theta);
    assertThat(found).isFalse();
    assertThat(theta).containsExactly(7, 7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RobustRegression(2, -1, 8, 9))
        .withMessageContaining("noise >= 0");
  }

  /** Gradient steps on windows of 40 pairs, one in ten of which is bad. */
  @Test
  void a_stream_with_a_tenth_of_bad_records_is_learned_from() {
    double plain = stream(false);
    double robust = stream(true);
    assertThat(plain).isGreaterThan(3);
    assertThat(robust).isLessThan(0.02);
  }

  private static double stream(boolean aggregated) {
    double[] truth = {1, -2, 0.5, 3, -1};
    int d = truth.length;
    int n = 40;
    double[] theta = new double[d];
    SplitMix64 rng = new SplitMix64(11);
    RobustMean mean = new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.15));
    double[] gradients = new double[n * d];
    double[] step = new double[d];
    double[] x = new double[d];
    for (int window = 0; window < 400; window++) {
      Arrays.fill(step, 0);
      for (int i = 0; i < n; i++) {
        double y = 0.1 * rng.gaussian();
        for (int j = 0; j < d; j++) {
          x[j] = rng.gaussian();
          y += truth[j] * x[j];
        }
        if (rng.uniform() < 0.1) {
          Arrays.fill(x, 3);
          y = -100;
        }
        double r = -y;
        for (int j = 0; j < d; j++) {
          r += theta[j] * x[j];
        }
        for (int j = 0; j < d; j++) {
          gradients[i * d + j] = r * x[j];
          step[j] += r * x[j] / n;
        }
      }
      if (aggregated) {
        mean.weigh(gradients, n, d);
        mean.mean(step);
      }
      for (int j = 0; j < d; j++) {
        theta[j] -= 0.05 * step[j];
      }
    }
    double off = 0;
    for (int j = 0; j < d; j++) {
      off += (theta[j] - truth[j]) * (theta[j] - truth[j]);
    }
    return Math.sqrt(off);
  }

  @ParameterizedTest(name = "{0} rows of {1}")
  @CsvSource({"400, 3000", "3000, 400", "700, 700"})
  void the_room_it_takes_is_what_it_says(int n, int d) {
    double[] rows = rows(n, d, 5, 8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    new RobustMean(RobustRule.mean(Variant.FILTER, 0.2, 3)).weigh(rows(30, 4, 2, 8), 30, 4);
    long before = threads.getCurrentThreadAllocatedBytes();
    new RobustMean(RobustRule.aggregate(Variant.FILTER, 0.2)).weigh(rows, n, d);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat((double) bytes)
        .isBetween(0.9 * 8 * RobustMean.entries(n, d), 1.1 * 8 * RobustMean.entries(n, d));
  }
}
