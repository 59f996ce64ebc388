package io.thalweg.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Alarms, delays and states of both detectors; single steps by hand. */
class DriftDetectorTest {
  /** A detector with the defaults, by name. */
  private record Kind(String name, Supplier<DriftDetector> maker) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Kind> kinds() {
    return List.of(
        new Kind(
            "page-hinkley", () -> new PageHinkley(PageHinkley.TOLERANCE, PageHinkley.THRESHOLD)),
        new Kind("adwin", () -> new Adwin(Adwin.CONFIDENCE)));
  }

  /** Noise of mean 1 and variance 1: normal, skewed, and of two values. */
  private static double noise(String kind, SplitMix64 rng) {
    return switch (kind) {
      case "normal" -> 1 + rng.gaussian();
      case "exponential" -> -StrictMath.log(1 - rng.uniform());
      default -> rng.uniform() < 0.5 ? 0 : 2;
    };
  }

  static Stream<Arguments> noises() {
    return kinds().stream()
        .flatMap(
            kind ->
                Stream.of("normal", "exponential", "two values").map(n -> Arguments.of(kind, n)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("noises")
  void stationary_noise_in_batches_of_any_size_raises_hardly_any_alarm(Kind kind, String noise) {
    int alarms = 0;
    for (long seed = 0; seed < 50; seed++) {
      SplitMix64 rng = new SplitMix64(seed);
      DriftDetector detector = kind.maker().get();
      for (int t = 0; t < 10_000; t++) {
        int n = 1 + rng.index(64);
        double sum = 0;
        for (int i = 0; i < n; i++) {
          sum += noise(noise, rng);
        }
        alarms += detector.add(sum / n, n) ? 1 : 0;
      }
    }
    // documented: about one in a million steps; these are half a million
    assertThat(alarms).isLessThanOrEqualTo(2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void a_rise_by_two_deviations_is_found_once_and_soon_and_told_right(Kind kind) {
    double delays = 0;
    for (long seed = 0; seed < 40; seed++) {
      SplitMix64 rng = new SplitMix64(100 + seed);
      DriftDetector detector = kind.maker().get();
      int found = -1;
      for (int t = 0; t < 3000; t++) {
        double loss = (t < 2000 ? 1 : 3) + rng.gaussian();
        if (detector.add(loss, 1)) {
          assertThat(found).as("a second alarm").isNegative();
          assertThat(t).isGreaterThanOrEqualTo(2000);
          found = t;
          assertThat(detector.before()).isCloseTo(1, within(0.2));
          assertThat(detector.after()).isCloseTo(3, within(1.5));
        }
      }
      assertThat(found).isPositive();
      delays += found - 2000;
    }
    assertThat(delays / 40).isBetween(8.0, 30.0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void a_loss_that_falls_is_progress(Kind kind) {
    SplitMix64 rng = new SplitMix64(5);
    DriftDetector detector = kind.maker().get();
    for (int t = 0; t < 20_000; t++) {
      assertThat(detector.add(3 * StrictMath.exp(-t / 3000.0) + 0.3 * rng.gaussian(), 8)).isFalse();
    }
    for (int t = 0; t < 2000; t++) {
      assertThat(detector.add(-4 + 0.3 * rng.gaussian(), 8)).as("a fall at once").isFalse();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void losses_that_are_all_the_same_say_nothing(Kind kind) {
    DriftDetector detector = kind.maker().get();
    for (int t = 0; t < 5000; t++) {
      assertThat(detector.add(StrictMath.log(2), 1 + t % 7)).isFalse();
    }
    boolean found = false;
    for (int t = 0; t < 50; t++) {
      found |= detector.add(0.8, 4);
    }
    assertThat(found).as("the first rise ever").isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void the_unit_of_the_loss_does_not_matter(Kind kind) {
    DriftDetector one = kind.maker().get();
    DriftDetector other = kind.maker().get();
    SplitMix64 rng = new SplitMix64(8);
    int alarms = 0;
    for (int t = 0; t < 4000; t++) {
      double loss = (t % 1000 < 500 ? 1 : 2) + rng.gaussian();
      boolean found = one.add(loss, 2);
      // powers of two are exact
      assertThat(other.add(1024 * loss, 2)).isEqualTo(found);
      alarms += found ? 1 : 0;
    }
    assertThat(alarms).isGreaterThanOrEqualTo(4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void many_small_steps_and_few_large_ones_agree_about_a_drift(Kind kind) {
    int history = 256 * 256;
    for (int n : new int[] {1, 16, 256}) {
      SplitMix64 rng = new SplitMix64(n);
      DriftDetector detector = kind.maker().get();
      int records = 0;
      int found = -1;
      while (found < 0 && records < history + 20_000) {
        double mean = records < history ? 1 : 2.5;
        found = detector.add(mean + rng.gaussian() / Math.sqrt(n), n) ? records : -1;
        records += n;
      }
      assertThat(found).as("batches of %d", n).isBetween(history, history + 20 * n + 100);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void a_state_taken_up_again_goes_on_with_the_same_bits(Kind kind) {
    SplitMix64 rng = new SplitMix64(21);
    DriftDetector whole = kind.maker().get();
    DriftDetector resumed = kind.maker().get();
    int alarms = 0;
    for (int t = 0; t < 3000; t++) {
      if (t % 7 == 0) {
        DriftDetector fresh = kind.maker().get();
        List<Object> from = arrays(resumed);
        List<Object> to = arrays(fresh);
        assertThat(to).hasSameSizeAs(from);
        for (int i = 0; i < from.size(); i++) {
          System.arraycopy(from.get(i), 0, to.get(i), 0, length(from.get(i)));
        }
        resumed = fresh;
      }
      double loss = (t % 1000 < 600 ? 1 : 2.5) + rng.gaussian();
      boolean found = whole.add(loss, 3);
      assertThat(resumed.add(loss, 3)).isEqualTo(found);
      alarms += found ? 1 : 0;
    }
    assertThat(alarms).isGreaterThanOrEqualTo(3);
    assertThat(arrays(resumed).stream().map(DriftDetectorTest::text).toList())
        .isEqualTo(arrays(whole).stream().map(DriftDetectorTest::text).toList());
  }

  private static String text(Object array) {
    return array instanceof double[] d ? Arrays.toString(d) : Arrays.toString((long[]) array);
  }

  private static int length(Object array) {
    return array instanceof double[] d ? d.length : ((long[]) array).length;
  }

  private static List<Object> arrays(DriftDetector detector) {
    List<Object> out = new ArrayList<>();
    detector.state(
        new Slots() {
          @Override
          public void doubles(String name, double[] live) {
            out.add(live);
          }

          @Override
          public void longs(String name, long[] live) {
            out.add(live);
          }
        });
    return out;
  }

  /** Steps of 1 and 3 in turn: m = 2, s = 1 but for the correction of a short past. */
  @Test
  void page_hinkley_sums_the_rises_beyond_its_tolerance() {
    PageHinkley detector = new PageHinkley(0.5, 10);
    for (int t = 0; t < PageHinkley.LEAST; t++) {
      assertThat(detector.add(t % 2 == 0 ? 1 : 3, 1)).isFalse();
    }
    // of 30 steps the variance is 30/29; z of 4 is 2 / sqrt(30/29) at first, and then a little less
    double variance = 30.0 / 29;
    double mean = 2;
    double sum = 0;
    int steps = 0;
    for (int t = 31; sum <= 10; t++) {
      sum += (4 - mean) / Math.sqrt(variance) - 0.5;
      double rise = 4 - mean;
      mean += rise / t;
      variance += (rise * (4 - mean) - variance) / (t - 1);
      steps++;
    }
    for (int t = 1; t < steps; t++) {
      assertThat(detector.add(4, 1)).as("step %d of %d", t, steps).isFalse();
    }
    assertThat(detector.add(4, 1)).isTrue();
    assertThat(detector.after()).isEqualTo(4);
    assertThat(steps).isBetween(7, 12);
  }

  /** One value of 4 among twos and the like does not count for more than five deviations. */
  @Test
  void one_wild_step_is_no_drift() {
    for (Kind kind : kinds()) {
      SplitMix64 rng = new SplitMix64(3);
      DriftDetector detector = kind.maker().get();
      for (int t = 0; t < 4000; t++) {
        assertThat(detector.add(t % 500 == 499 ? 1e6 : 1 + rng.gaussian(), 1)).isFalse();
      }
    }
  }

  @ParameterizedTest(name = "{0} steps")
  @ValueSource(ints = {100, 10_000, 200_000})
  void the_window_of_adwin_holds_every_step_as_long_as_they_agree(int steps) {
    Adwin adwin = new Adwin(Adwin.CONFIDENCE);
    SplitMix64 rng = new SplitMix64(17);
    for (int t = 0; t < steps; t++) {
      adwin.add(1 + rng.gaussian(), 1 + rng.index(8));
    }
    assertThat(adwin.steps()).isEqualTo(steps);
  }

  @Test
  void the_window_of_adwin_forgets_what_disagrees() {
    Adwin adwin = new Adwin(Adwin.CONFIDENCE);
    SplitMix64 rng = new SplitMix64(19);
    for (int t = 0; t < 10_000; t++) {
      adwin.add((t < 9000 ? 1 : 0) + 0.2 * rng.gaussian(), 1);
    }
    assertThat(adwin.steps()).as("of the 1000 after a fall").isBetween(900L, 1100L);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void a_restart_is_a_fresh_detector(Kind kind) {
    SplitMix64 rng = new SplitMix64(23);
    DriftDetector used = kind.maker().get();
    for (int t = 0; t < 500; t++) {
      used.add(50 + rng.gaussian(), 2);
    }
    used.restart();
    assertThat(arrays(used).stream().map(DriftDetectorTest::text).toList())
        .isEqualTo(arrays(kind.maker().get()).stream().map(DriftDetectorTest::text).toList());
  }
}
