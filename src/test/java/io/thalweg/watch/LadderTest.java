package io.thalweg.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.watch.Ladder.Measure;
import io.thalweg.watch.Ladder.Rungs;
import org.junit.jupiter.api.Test;

/** Every rung of the ladder, and the ways back down. */
class LadderTest {
  private static final int PATIENCE = 5;
  private static final int RECOVERY = 100;

  private static Ladder ladder(int rollbacks) {
    return new Ladder(new Rungs(0.5, 0.2, PATIENCE, 3, rollbacks, RECOVERY));
  }

  /** Takes steps of one loss; the measure that is not none or note, and when. */
  private static Measure steps(Ladder ladder, int most, double loss, double best) {
    for (int i = 0; i < most; i++) {
      Measure measure = ladder.taken(loss, loss, best);
      if (measure != Measure.NONE && measure != Measure.NOTE) {
        return measure;
      }
    }
    return Measure.NONE;
  }

  @Test
  void a_steady_loss_asks_for_nothing() {
    Ladder ladder = ladder(3);
    assertThat(steps(ladder, 1000, 1, 1)).isEqualTo(Measure.NONE);
    assertThat(ladder.scale()).isEqualTo(1);
    assertThat(ladder.isAlarmed()).isFalse();
    assertThat(ladder.smoothed()).isEqualTo(1);
  }

  @Test
  void the_point_of_the_least_smoothed_loss_is_noted() {
    Ladder ladder = ladder(3);
    int notes = 0;
    for (int t = 0; t < 64; t++) {
      notes += ladder.taken(1 - 0.01 * t, 0, 0) == Measure.NOTE ? 1 : 0;
    }
    assertThat(notes).isEqualTo(4);
    assertThat(ladder.best()).isEqualTo(ladder.smoothed());
    double best = ladder.best();
    for (int t = 0; t < 64; t++) {
      assertThat(ladder.taken(0.38, 0, 0)).isEqualTo(Measure.NONE);
    }
    assertThat(ladder.best()).isEqualTo(best);
  }

  @Test
  void three_steps_skipped_in_a_row_halve_the_steps() {
    Ladder ladder = ladder(3);
    steps(ladder, 20, 1, 1);
    assertThat(ladder.skipped()).isEqualTo(Measure.NONE);
    assertThat(ladder.skipped()).isEqualTo(Measure.NONE);
    assertThat(ladder.taken(1, 0, 0)).isEqualTo(Measure.NONE); // not in a row
    assertThat(ladder.skipped()).isEqualTo(Measure.NONE);
    assertThat(ladder.skipped()).isEqualTo(Measure.NONE);
    assertThat(ladder.skipped()).isEqualTo(Measure.HALVE);
    assertThat(ladder.scale()).isEqualTo(0.5);
    assertThat(ladder.skips()).isEqualTo(5);
    assertThat(ladder.halvings()).isEqualTo(1);
  }

  @Test
  void a_loss_that_is_worse_for_good_leads_up_the_whole_ladder() {
    Ladder ladder = ladder(2);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.HALVE);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.ROLL_BACK);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.ROLL_BACK);
    assertThat(ladder.scale()).isEqualTo(0.125);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.STOP);
    assertThat(ladder.rollbacks()).isEqualTo(3);
    assertThat(ladder.halvings()).isEqualTo(3);
    assertThat(steps(ladder, 50, 2, 1)).as("who goes on all the same").isEqualTo(Measure.STOP);
  }

  @Test
  void what_a_measure_was_taken_for_is_the_loss_of_that_very_step() {
    Ladder ladder = new Ladder(new Rungs(0.5, 0.2, 1, 3, 3, RECOVERY));
    steps(ladder, 40, 1, 1);
    assertThat(ladder.taken(3, 3, 1)).isEqualTo(Measure.NONE);
    double smoothed = ladder.smoothed();
    double best = ladder.best();
    assertThat(ladder.taken(5, 5, 1)).isEqualTo(Measure.HALVE);
    assertThat(ladder.heard()).isCloseTo(smoothed + 0.5 * (5 - smoothed), within(1e-9));
    assertThat(ladder.against()).isEqualTo(best);
    assertThat(ladder.smoothed()).as("forgotten by then").isNaN();
    ladder.taken(7, 7, 1);
    assertThat(ladder.smoothed()).as("begins with the next loss").isEqualTo(7);
  }

  @Test
  void without_rollbacks_halving_is_followed_by_the_end() {
    Ladder ladder = ladder(0);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.HALVE);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.STOP);
  }

  @Test
  void patience_is_counted_in_steps_above_the_bound_in_a_row() {
    Ladder ladder = new Ladder(new Rungs(1, 0.2, PATIENCE, 3, 3, RECOVERY));
    steps(ladder, 40, 1, 1);
    for (int round = 0; round < 10; round++) {
      for (int t = 0; t < PATIENCE; t++) {
        assertThat(ladder.taken(1.21, 1.21, 1)).isEqualTo(Measure.NONE);
        assertThat(ladder.isAlarmed()).isTrue();
      }
      for (int t = 0; t < 10; t++) {
        assertThat(ladder.taken(1, 1, 1)).isEqualTo(Measure.NONE);
      }
      assertThat(ladder.isAlarmed()).isFalse();
    }
    for (int t = 0; t < PATIENCE; t++) {
      assertThat(ladder.taken(1.21, 1.21, 1)).isEqualTo(Measure.NONE);
    }
    assertThat(ladder.taken(1.21, 1.21, 1)).isEqualTo(Measure.HALVE);
  }

  @Test
  void a_loss_that_is_far_worse_needs_a_tenth_of_the_patience() {
    Ladder ladder = new Ladder(new Rungs(1, 0.2, 50, 3, 3, RECOVERY));
    steps(ladder, 40, 1, 1);
    for (int t = 0; t < 5; t++) {
      assertThat(ladder.taken(1e30, 1e30, 1)).as("step %d", t).isEqualTo(Measure.NONE);
    }
    assertThat(ladder.taken(1e30, 1e30, 1)).isEqualTo(Measure.HALVE);
  }

  @Test
  void a_loss_below_its_bound_is_no_worsening() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 1000, 1.19, 1)).isEqualTo(Measure.NONE);
    assertThat(steps(ladder, 1000, 1.21, 1)).isEqualTo(Measure.HALVE);
  }

  @Test
  void a_best_point_that_does_no_better_now_counts_no_more() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 50, 2, 2)).isEqualTo(Measure.RENEW);
    assertThat(ladder.best()).isEqualTo(2);
    assertThat(steps(ladder, 1000, 2, 1)).isEqualTo(Measure.NONE);
    assertThat(ladder.scale()).isEqualTo(1);
  }

  @Test
  void a_best_point_that_does_a_little_better_stays_the_best_at_what_it_is_worth_now() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 50, 2, 1.8)).isEqualTo(Measure.NONE);
    assertThat(ladder.best()).isEqualTo(1.8);
    assertThat(steps(ladder, 50, 2.4, 1.9)).isEqualTo(Measure.HALVE);
  }

  @Test
  void a_loss_that_is_not_finite_is_worse_than_any() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 50, Double.POSITIVE_INFINITY, 1)).isEqualTo(Measure.HALVE);
    assertThat(steps(ladder, 200, 1, 1)).as("forgotten").isEqualTo(Measure.DOUBLE);
    assertThat(ladder.smoothed()).isEqualTo(1);
  }

  @Test
  void steps_whose_loss_nobody_heard_change_nothing_but_end_an_alarm() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    double smoothed = ladder.smoothed();
    assertThat(ladder.taken(Double.NaN, 0, 0)).isEqualTo(Measure.NONE);
    assertThat(ladder.smoothed()).isEqualTo(smoothed);
  }

  @Test
  void a_long_time_without_trouble_doubles_the_steps_and_leads_to_the_foot() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    assertThat(steps(ladder, 50, 2, 1)).isEqualTo(Measure.HALVE);
    assertThat(steps(ladder, 2 * RECOVERY - 1, 1, 1)).isEqualTo(Measure.NONE);
    assertThat(steps(ladder, 1, 1, 1)).isEqualTo(Measure.DOUBLE);
    assertThat(ladder.scale()).isEqualTo(1);
    assertThat(steps(ladder, 50, 2, 1)).as("at the foot again").isEqualTo(Measure.HALVE);
    assertThat(steps(ladder, 4 * RECOVERY - 1, 1, 1)).as("twice as long").isEqualTo(Measure.NONE);
    assertThat(steps(ladder, 1, 1, 1)).isEqualTo(Measure.DOUBLE);
  }

  @Test
  void a_run_that_is_bad_from_its_first_step_is_measured_by_its_start() {
    Ladder ladder = ladder(3);
    ladder.taken(0.7, 0, 0);
    assertThat(ladder.best()).isEqualTo(0.7);
    assertThat(steps(ladder, 50, 5, 0.7)).isEqualTo(Measure.HALVE);
  }

  @Test
  void after_a_drift_what_was_best_counts_no_more() {
    Ladder ladder = ladder(3);
    steps(ladder, 40, 1, 1);
    ladder.restart();
    assertThat(ladder.best()).isNaN();
    assertThat(ladder.smoothed()).isNaN();
    assertThat(steps(ladder, 1000, 3, 1)).isEqualTo(Measure.NONE);
    assertThat(ladder.best()).isEqualTo(3);
  }
}
