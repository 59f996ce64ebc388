package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureScaleTest {
  private static final int RECORDS = 300;
  private static final double NEVER = Double.POSITIVE_INFINITY;
  private static final double[] UNITS = {1, 1e6, 1e-5};
  private static final double[] SHIFTS = {0, 4e7, -3};

  private static FeatureScale dense(double clip, double halfLife) {
    return new FeatureScale(UNITS.length, false, true, new Standardization(clip, halfLife));
  }

  private static double[][] data(long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    double[][] out = new double[RECORDS][UNITS.length];
    for (double[] row : out) {
      for (int j = 0; j < row.length; j++) {
        row[j] = SHIFTS[j] + UNITS[j] * rng.gaussian();
      }
    }
    return out;
  }

  private static double[] scaled(FeatureScale scale, double weight, double... x) {
    Batch batch = new Batch(new SampleSchema(List.of(Field.features("x", x.length)), false), 1);
    batch.openRow();
    System.arraycopy(x, 0, batch.column(0), 0, x.length);
    batch.commitRow();
    scale.row(batch, 0, weight);
    return Arrays.copyOf(batch.column(0), x.length);
  }

  private static double sparse(FeatureScale scale, double weight, double x) {
    Batch batch = new Batch(new SampleSchema(List.of(Field.features("x", 3)), true), 1);
    batch.openRow();
    batch.append(1, x);
    batch.commitRow();
    scale.row(batch, 0, weight);
    return batch.value()[0];
  }

  /** Mean and standard deviation of the present rows by two passes over all of them. */
  private static double[] twoPass(double[][] x, double[] w, int rows, int j) {
    double sum = 0;
    double all = 0;
    for (int i = 0; i < rows; i++) {
      sum += w[i] * x[i][j];
      all += w[i];
    }
    double mean = sum / all;
    double squares = 0;
    for (int i = 0; i < rows; i++) {
      squares += w[i] * (x[i][j] - mean) * (x[i][j] - mean);
    }
    return new double[] {mean, Math.sqrt(squares / all)};
  }

  @ParameterizedTest(name = "half-life {0}")
  @CsvSource({"Infinity", "20", "1000"})
  void every_prefix_is_scaled_as_two_passes_over_it_would(double halfLife) {
    double[][] x = data(5);
    SplitMix64 rng = new SplitMix64(6);
    FeatureScale scale = dense(1e6, halfLife);
    double[] own = new double[RECORDS];
    for (int t = 0; t < RECORDS; t++) {
      double[] weights = new double[t];
      for (int i = 0; i < t; i++) {
        weights[i] = own[i] * Math.pow(0.5, (t - 1 - i) / halfLife);
      }
      double[] z = scaled(scale, 0, x[t]);
      for (int j = 0; j < UNITS.length && t >= 2; j++) {
        double[] by = twoPass(x, weights, t, j);
        double expected = (x[t][j] - by[0]) / by[1];
        assertThat(z[j]).isCloseTo(expected, within(1e-9 * Math.max(1, Math.abs(expected))));
      }
      own[t] = rng.uniform() + 0.1;
      scaled(scale, own[t], x[t]);
    }
  }

  @Test
  void a_row_is_scaled_by_what_was_known_before_it() {
    FeatureScale scale = dense(5, NEVER);
    for (double[] row : data(1)) {
      double[] before = scaled(scale, 0, row);
      double[] learned = scaled(scale, 1, row);
      for (int j = 0; j < row.length; j++) {
        if (before[j] != 0) {
          assertThat(learned[j]).isEqualTo(before[j]);
        }
      }
    }
  }

  @Test
  void a_feature_that_has_not_varied_is_zero_until_it_does_and_what_lacks_is_the_mean() {
    FeatureScale scale = dense(5, NEVER);
    for (int i = 0; i < 99; i++) {
      assertThat(scaled(scale, 1, 1e9, 0, 0.1)).containsExactly(0, 0, 0);
    }
    // the hundredth: one of a hundred, seen from the mean of all
    double rare = 0.99 / Math.sqrt(0.01 * 0.99);
    assertThat(rare).isGreaterThan(5);
    assertThat(scaled(scale, 1, 1e9, 1, Double.NaN)).containsExactly(0, 5, 0);
    assertThat(scale.missing()).isEqualTo(1);
    assertThat(scaled(scale, 1, Double.NaN, Double.NaN, 0.1)).containsExactly(0, 0, 0);
    assertThat(scale.missing()).isEqualTo(3);
  }

  @Test
  void an_outlier_counts_as_one_at_the_clip_and_does_little_to_the_scale() {
    double[][] x = data(3);
    FeatureScale clean = dense(5, NEVER);
    FeatureScale hit = dense(5, NEVER);
    for (double[] row : x) {
      scaled(clean, 1, row);
      scaled(hit, 1, row);
    }
    double[] far = {1e300, -1e15, 1e3};
    assertThat(scaled(hit, 1, far)).containsExactly(5, -5, 5);
    assertThat(hit.clipped()).isEqualTo(clean.clipped() + 3);
    double[] low = new double[3];
    double[] high = new double[3];
    double[] lowHit = new double[3];
    double[] highHit = new double[3];
    clean.range(low, high);
    hit.range(lowHit, highHit);
    for (int j = 0; j < 3; j++) {
      double growth = (highHit[j] - lowHit[j]) / (high[j] - low[j]);
      assertThat(growth).isBetween(1.0, Math.sqrt(1 + 100.0 / RECORDS));
    }
  }

  /** Ten thousand records in one unit, then in another one. */
  @ParameterizedTest(name = "times {0}")
  @ValueSource(doubles = {1000, 100})
  void a_larger_unit_is_followed(double factor) {
    FeatureScale scale = new FeatureScale(1, false, true, Standardization.DEFAULTS);
    SplitMix64 rng = new SplitMix64(8);
    int atTheEnds = 0;
    for (int i = 0; i < 20_000; i++) {
      double z = scaled(scale, 1, (i < 10_000 ? 1 : factor) * rng.gaussian())[0];
      assertThat(Math.abs(z)).isLessThanOrEqualTo(5);
      atTheEnds += i >= 19_000 && Math.abs(z) == 5 ? 1 : 0;
    }
    assertThat(atTheEnds).isLessThan(8);
  }

  @Test
  void a_smaller_unit_is_followed_with_a_half_life_alone() {
    SplitMix64 rng = new SplitMix64(8);
    FeatureScale keeps = new FeatureScale(1, false, true, Standardization.DEFAULTS);
    FeatureScale forgets = new FeatureScale(1, false, true, new Standardization(5, 200));
    double square = 0;
    double forgotten = 0;
    for (int i = 0; i < 20_000; i++) {
      double x = (i < 10_000 ? 1 : 1e-3) * rng.gaussian();
      double z = scaled(keeps, 1, x)[0];
      double w = scaled(forgets, 1, x)[0];
      square += i >= 19_000 ? z * z / 1000 : 0;
      forgotten += i >= 19_000 ? w * w / 1000 : 0;
    }
    assertThat(square).isLessThan(1e-5);
    assertThat(forgotten).isCloseTo(1, within(0.2));
  }

  @Test
  void stored_entries_are_divided_by_their_root_mean_square_and_rare_ones_stay() {
    FeatureScale scale = new FeatureScale(3, true, false, new Standardization(5, NEVER));
    assertThat(sparse(scale, 0, 7)).isZero();
    assertThat(sparse(scale, 1, -7)).isEqualTo(-1);
    assertThat(sparse(scale, 1, 14)).isEqualTo(2);
    assertThat(sparse(scale, 0, 14)).isCloseTo(14 / Math.sqrt((49 + 196) / 2.0), within(1e-12));
    FeatureScale indicator = new FeatureScale(3, true, false, Standardization.DEFAULTS);
    for (int i = 0; i < 50; i++) {
      assertThat(sparse(indicator, 1, 1)).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "sparse {0}")
  @ValueSource(booleans = {false, true})
  void what_was_taken_in_can_be_undone(boolean sparse) {
    FeatureScale scale = new FeatureScale(3, sparse, !sparse, Standardization.DEFAULTS);
    FeatureScale other = new FeatureScale(3, sparse, !sparse, Standardization.DEFAULTS);
    for (double[] row : data(2)) {
      for (double x : row) {
        take(scale, sparse, x);
        take(other, sparse, x);
      }
    }
    scale.begin();
    take(scale, sparse, 1e9);
    take(scale, sparse, 17);
    scale.undo();
    double next = take(scale, sparse, 0.3);
    assertThat(next).isEqualTo(take(other, sparse, 0.3)).isNotZero();
    assertThat(scale.clipped()).isEqualTo(other.clipped());
  }

  private static double take(FeatureScale scale, boolean sparse, double x) {
    return sparse ? sparse(scale, 1, x) : scaled(scale, 1, x, 1, 2)[0];
  }
}
