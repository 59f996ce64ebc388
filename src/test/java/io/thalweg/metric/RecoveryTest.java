package io.thalweg.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecoveryTest {
  private static final int WINDOW = 10;

  private static Recovery before(double tolerance) {
    Recovery recovery = new Recovery(WINDOW, tolerance);
    for (int i = 0; i < 50; i++) {
      recovery.add(i < 30 ? 9 : 1, 1, 1);
    }
    return recovery;
  }

  @ParameterizedTest(name = "{0} bad records, then back to {1}: {2} records")
  @CsvSource({"0,1,0", "25,1,24", "25,1.05,25", "3,1,2"})
  void it_lasts_until_the_first_run_of_good_records_begins(int bad, double good, int expected) {
    Recovery recovery = before(0.1);
    recovery.drift();
    assertThat(recovery.level()).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      // one record of 2 in a run of ten is as much as a tolerance of a tenth allows
      recovery.add(i < bad ? 2 : good, 1, 1);
    }
    assertThat(recovery.isFelt()).isFalse();
    assertThat(recovery.atLeast()).isEqualTo(expected);
  }

  @Test
  void what_is_not_over_lasts_at_least_as_long_as_it_did() {
    Recovery recovery = before(0.1);
    recovery.drift();
    for (int i = 0; i < 73; i++) {
      recovery.add(1.2, 1, 1);
      assertThat(recovery.isFelt()).isTrue();
      assertThat(recovery.atLeast()).isEqualTo(i + 1);
    }
  }

  @Test
  void only_records_after_the_drift_count() {
    Recovery recovery = before(0);
    recovery.drift();
    for (int i = 0; i < WINDOW - 1; i++) {
      recovery.add(0, 1, 1);
      assertThat(recovery.isFelt()).isTrue();
    }
    recovery.add(0, 1, 1);
    assertThat(recovery.isFelt()).isFalse();
    assertThat(recovery.atLeast()).isZero();
  }

  @Test
  void a_second_drift_begins_anew_from_the_level_of_late() {
    Recovery recovery = before(0.1);
    recovery.drift();
    for (int i = 0; i < 20; i++) {
      recovery.add(4, 1, 1);
    }
    recovery.drift();
    assertThat(recovery.level()).isEqualTo(4);
    for (int i = 0; i < WINDOW; i++) {
      recovery.add(4.3, 1, 1);
    }
    assertThat(recovery.atLeast()).isZero();
    assertThat(recovery.isFelt()).isFalse();
  }

  @Test
  void chunks_count_their_records_and_weights() {
    Recovery recovery = new Recovery(2, 0);
    recovery.add(2, 1, 5);
    recovery.add(3, 4, 5);
    recovery.drift();
    assertThat(recovery.level()).isEqualTo(1);
    recovery.add(50, 5, 7);
    recovery.add(4, 4, 6);
    assertThat(recovery.isFelt()).isTrue();
    recovery.add(4, 4, 9);
    assertThat(recovery.atLeast()).isEqualTo(7);
  }

  @Test
  void a_run_cut_anywhere_equals_the_whole_run() {
    for (int cut = 0; cut < 120; cut += 7) {
      Recovery whole = before(0.1);
      Recovery resumed = new Recovery(WINDOW, 0.1);
      for (int i = 0; i < 120; i++) {
        if (i == cut) {
          System.arraycopy(whole.counts(), 0, resumed.counts(), 0, whole.counts().length);
          System.arraycopy(whole.numbers(), 0, resumed.numbers(), 0, whole.numbers().length);
        }
        for (Recovery each : new Recovery[] {whole, resumed}) {
          if (i == 30 || i == 50) {
            each.drift();
          }
          each.add(i % 50 < 20 ? 3 : 1, 1, 2);
        }
        if (i >= cut) {
          assertThat(resumed.atLeast()).isEqualTo(whole.atLeast());
          assertThat(resumed.isFelt()).isEqualTo(whole.isFelt());
        }
      }
      assertThat(whole.drifts()).isEqualTo(2);
      assertThat(resumed.drifts()).isEqualTo(2);
    }
  }

  @Test
  void without_a_drift_nothing_is_to_recover_from() {
    Recovery recovery = new Recovery(WINDOW, 0.1);
    recovery.add(1, 1, 1);
    assertThat(recovery.isFelt()).isFalse();
    assertThat(recovery.atLeast()).isZero();
    assertThat(recovery.level()).isNaN();
    assertThatIllegalArgumentException().isThrownBy(() -> new Recovery(0, 0.1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Recovery(1, -0.1));
  }
}
