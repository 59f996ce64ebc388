package io.thalweg.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalRegretTest {
  private static final int STEPS = 100;
  private static final int LENGTH = 5;

  private static List<double[]> hypergradients() {
    SplitMix64 rng = new SplitMix64(4);
    List<double[]> out = new ArrayList<>();
    for (int t = 0; t < STEPS; t++) {
      double[] h = new double[LENGTH];
      for (int j = 0; j < LENGTH; j++) {
        h[j] = 1e3 * j + rng.gaussian();
      }
      out.add(h);
    }
    return out;
  }

  /** sum_t || (1/W) sum_{i < W} h_{t-i} ||^2 by the letter. */
  private static double byDefinition(List<double[]> all, int window) {
    double sum = 0;
    for (int t = 0; t < all.size(); t++) {
      for (int j = 0; j < LENGTH; j++) {
        double mean = 0;
        for (int i = 0; i < window && t - i >= 0; i++) {
          mean += all.get(t - i)[j] / window;
        }
        sum += mean * mean;
      }
    }
    return sum;
  }

  @Test
  void both_windows_are_those_of_the_definition() {
    LocalRegret regret = new LocalRegret(LENGTH);
    List<double[]> seen = new ArrayList<>();
    for (double[] h : hypergradients()) {
      seen.add(h);
      regret.add(h, LENGTH);
      double plain = byDefinition(seen, 1);
      double windowed = byDefinition(seen, LocalRegret.WINDOW);
      assertThat(regret.plain()).isCloseTo(plain, within(1e-12 * plain));
      assertThat(regret.windowed()).isCloseTo(windowed, within(1e-12 * windowed));
    }
  }

  @Test
  void noise_cancels_in_the_longer_window_and_a_drift_does_not() {
    LocalRegret noise = new LocalRegret(1);
    LocalRegret drift = new LocalRegret(1);
    for (int t = 0; t < 1600; t++) {
      noise.add(new double[] {t % 2 == 0 ? 1 : -1}, 1);
      drift.add(new double[] {1}, 1);
    }
    assertThat(noise.plain()).isEqualTo(drift.plain()).isEqualTo(1600);
    assertThat(noise.windowed()).isLessThan(1);
    assertThat(drift.windowed()).isGreaterThan(1500);
  }

  @Test
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit() {
    List<double[]> all = hypergradients();
    for (int cut = 0; cut < STEPS; cut += 7) {
      LocalRegret whole = new LocalRegret(LENGTH);
      LocalRegret resumed = new LocalRegret(LENGTH);
      for (int t = 0; t < STEPS; t++) {
        if (t == cut) {
          resumed.steps()[0] = whole.steps()[0];
          List<double[]> pieces = new ArrayList<>();
          whole.state((name, live) -> pieces.add(live.clone()));
          resumed.state(
              (name, live) -> System.arraycopy(pieces.remove(0), 0, live, 0, live.length));
        }
        whole.add(all.get(t), LENGTH);
        if (t >= cut) {
          resumed.add(all.get(t), LENGTH);
        }
      }
      assertThat(resumed.plain()).isEqualTo(whole.plain());
      assertThat(resumed.windowed()).isEqualTo(whole.windowed());
    }
  }

  @Test
  void the_longer_window_has_a_largest_length() {
    int most = LocalRegret.LARGEST;
    assertThat(new LocalRegret(most).isWindowed()).isTrue();
    LocalRegret longer = new LocalRegret(most + 1);
    assertThat(longer.isWindowed()).isFalse();
    double[] h = new double[most + 1];
    h[most] = 3;
    longer.add(h, h.length);
    assertThat(longer.plain()).isEqualTo(9);
    assertThat(longer.windowed()).isZero();
    longer.state((name, live) -> assertThat(live).hasSizeLessThanOrEqualTo(2));
  }
}
