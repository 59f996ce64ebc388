package io.thalweg.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RankCountsTest {
  /** By its definition: all pairs of a positive and a negative sample. */
  private static double exact(double[] scores, boolean[] positive) {
    double wins = 0;
    long pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    return wins / pairs;
  }

  private static RankCounts counted(double[] scores, boolean[] positive) {
    RankCounts out = new RankCounts();
    for (int i = 0; i < scores.length; i++) {
      out.add(scores[i], positive[i]);
    }
    return out;
  }

  /** Scores are logits: of a size beyond 20 nobody is uncertain any more, and bins get wide. */
  @ParameterizedTest(name = "scores of size {0}, a share of {1} positive, seed {2}, bound {3}")
  @CsvSource({
    "0.5,0.5,1,.005",
    "3,0.12,2,.005",
    "3,0.5,3,.005",
    "20,0.02,4,.005",
    "1000,0.5,5,.05"
  })
  void the_area_is_that_of_all_pairs_up_to_its_bound(
      double size, double share, long seed, double most) {
    SplitMix64 rng = new SplitMix64(seed);
    double[] scores = new double[3000];
    boolean[] positive = new boolean[3000];
    for (int i = 0; i < scores.length; i++) {
      positive[i] = rng.uniform() < share;
      scores[i] = size * (rng.gaussian() + (positive[i] ? 1 : 0));
    }
    RankCounts counts = counted(scores, positive);
    assertThat(counts.bound()).isPositive().isLessThan(most);
    assertThat(counts.auc()).isCloseTo(exact(scores, positive), within(counts.bound()));
    // ties within a bin mostly cancel
    assertThat(counts.auc()).isCloseTo(exact(scores, positive), within(most / 5));
  }

  @Test
  void equal_scores_count_half_and_order_does_not_matter() {
    double[] scores = {1, 1, -2, 5, 1};
    boolean[] positive = {true, false, false, true, false};
    assertThat(counted(scores, positive).auc()).isEqualTo(exact(scores, positive));
    RankCounts turned = new RankCounts();
    for (int i = 4; i >= 0; i--) {
      turned.add(scores[i], positive[i]);
    }
    assertThat(turned.state()).isEqualTo(counted(scores, positive).state());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(booleans = {true, false})
  void one_class_alone_has_no_area(boolean positive) {
    RankCounts counts = new RankCounts();
    assertThat(counts.auc()).isNaN();
    counts.add(0.3, positive);
    assertThat(counts.auc()).isNaN();
    assertThat(counts.bound()).isNaN();
    counts.add(0.1, !positive);
    assertThat(counts.auc()).isEqualTo(positive ? 1 : 0);
  }

  @Test
  void bins_rise_with_the_score_and_have_no_end() {
    double[] rising = {
      Double.NEGATIVE_INFINITY, -1e300, -40, -2, -0.01, -1e-300, 0, 0.01, 2, 40, 1e300
    };
    for (int i = 1; i < rising.length; i++) {
      assertThat(RankCounts.bin(rising[i])).isGreaterThanOrEqualTo(RankCounts.bin(rising[i - 1]));
    }
    assertThat(RankCounts.bin(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(RankCounts.bin(Double.POSITIVE_INFINITY)).isEqualTo(RankCounts.BINS - 1);
    assertThat(RankCounts.bin(Double.NaN)).isZero();
    assertThat(RankCounts.bin(-1e-9)).isLessThan(RankCounts.bin(1e-9));
    for (double[] width : new double[][] {{0, 128}, {4, 32}, {8, 14.2}}) {
      double step = 1 / width[1];
      assertThat(RankCounts.bin(width[0] + 8 * step) - RankCounts.bin(width[0])).isBetween(7, 9);
    }
  }

  @Test
  void the_window_forgets_all_but_the_last() {
    SplitMix64 rng = new SplitMix64(9);
    int records = 2 * RankWindow.SAMPLES + 777;
    double[] scores = new double[records];
    boolean[] positive = new boolean[records];
    RankWindow window = new RankWindow();
    for (int i = 0; i < records; i++) {
      positive[i] = rng.uniform() < 0.3;
      scores[i] = rng.gaussian() + (positive[i] ? 3.0 * i / records : 0);
      window.add(scores[i], positive[i]);
      if (i % 1001 == 1000 || i == records - 1) {
        RankCounts last = new RankCounts();
        for (int k = Math.max(0, i + 1 - RankWindow.SAMPLES); k <= i; k++) {
          last.add(scores[k], positive[k]);
        }
        assertThat(window.auc()).isEqualTo(last.auc());
      }
    }
    RankWindow again = new RankWindow();
    System.arraycopy(window.state(), 0, again.state(), 0, window.state().length);
    window.add(0.4, true);
    again.add(0.4, true);
    assertThat(again.auc()).isEqualTo(window.auc());
  }
}
