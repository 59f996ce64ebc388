package io.thalweg.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JournalTest {
  private final Journal journal = new Journal(() -> 5L);

  private void commits(long epoch, long version) {
    commits(epoch, version, false);
  }

  private void commits(long epoch, long version, boolean best) {
    Positions at = Positions.at(List.of(new Lane("samples", 0)), List.of(new Position(version, 0)));
    journal.committed(
        new Snapshot(
            "job",
            epoch,
            version,
            version,
            1_000 * version,
            "msgbio",
            "c0ffee",
            Map.of("l2", 1.0),
            new double[0],
            new double[0],
            List.of(),
            Map.of(),
            at,
            new Ledger.Builder(at).take(at),
            Long.MIN_VALUE,
            "0"),
        "5ha",
        best,
        List.of());
  }

  private static Point past(long epoch, long version) {
    return Point.of(
        version,
        epoch,
        version,
        1_000 * version,
        Long.MIN_VALUE,
        "5ha",
        Map.of(),
        Map.of("l2", 2.0),
        List.of());
  }

  private List<Long> versions() {
    List<Long> versions = new ArrayList<>();
    journal.course().read(0, point -> versions.add(point.version()));
    return versions;
  }

  @Test
  void the_past_comes_before_what_this_process_has_committed_meanwhile() {
    journal.expectPast();
    assertThat(journal.isComplete()).isFalse();
    commits(3, 11);
    commits(3, 12);
    journal.past(List.of(past(1, 9), past(2, 10), past(3, 11)));
    assertThat(journal.isComplete()).isTrue();
    journal.present();
    assertThat(versions()).containsExactly(9L, 10L, 11L, 12L);
    commits(3, 13);
    assertThat(versions()).endsWith(12L, 13L);
  }

  @Test
  void a_standby_is_told_what_the_leader_commits_and_then_leads_itself() {
    journal.expectPast();
    journal.past(List.of(past(1, 9)));
    journal.past(List.of(past(1, 10)));
    assertThat(versions()).containsExactly(9L, 10L);
    assertThat(journal.newest()).as("its own").isNull();
    commits(2, 12); // leads, and has not read yet what the one before committed last
    assertThat(versions()).containsExactly(9L, 10L);
    journal.past(List.of(past(1, 10), past(1, 11), past(2, 12)));
    journal.present();
    commits(2, 13);
    assertThat(versions()).containsExactly(9L, 10L, 11L, 12L, 13L);
  }

  @Test
  void what_waits_for_the_past_is_bounded() {
    journal.expectPast();
    for (int i = 1; i <= Course.MOST + 5; i++) {
      commits(1, i);
    }
    journal.present();
    assertThat(versions()).hasSize(Course.MOST).startsWith(6L);
  }

  @Test
  void what_a_solver_that_is_fenced_wrote_before_is_not_told_after_its_successor() {
    journal.past(List.of(past(2, 10), past(1, 11), past(2, 10), past(2, 11)));
    assertThat(versions()).containsExactly(10L, 11L);
  }

  @Test
  void what_the_past_has_already_is_not_told_twice() {
    journal.expectPast();
    journal.past(List.of(past(2, 10), past(3, 11), past(3, 12)));
    journal.present();
    commits(3, 11); // were committed while the past was read
    commits(3, 12);
    commits(3, 13);
    assertThat(versions()).containsExactly(10L, 11L, 12L, 13L);
  }

  @Test
  void who_has_seen_the_last_of_the_past_is_told_what_comes_after_it() {
    journal.expectPast();
    journal.past(List.of(past(1, 9), close(9, 10), close(9, 11)));
    journal.present();
    assertThat(versions()).containsExactly(9L, 11L);
    assertThat(journal.course().after(11)).isEqualTo(journal.course().end());
  }

  /** Committed a few milliseconds after another one. */
  private static Point close(long after, long version) {
    Point point = past(1, version);
    return Point.of(
        version,
        1,
        version,
        1_000 * after + version,
        point.eventTimeMillis(),
        point.sha256(),
        Map.of(),
        point.upper(),
        List.of());
  }

  @Test
  void a_version_that_comes_again_in_a_later_life_is_another_one() {
    commits(3, 11);
    commits(4, 11);
    assertThat(versions()).containsExactly(11L, 11L);
  }

  @Test
  void the_past_is_nothing_that_this_process_has_committed() {
    journal.past(List.of(past(2, 10)));
    assertThat(journal.newest()).isNull();
    commits(3, 11);
    assertThat(journal.newest()).isNotNull();
    assertThat(journal.newest().version()).isEqualTo(11);
  }

  @Test
  void aliases_change_when_they_are_other_ones() {
    journal.aliases(7, 0);
    journal.aliases(7, 0);
    assertThat(journal.aliasChanges()).isEqualTo(1);
    assertThat(journal.bestVersion()).isEqualTo(7);
    journal.aliases(0, 9);
    assertThat(journal.pinnedVersion()).isEqualTo(9);
    assertThat(journal.bestVersion()).isEqualTo(7);
    journal.aliases(7, 0);
    assertThat(journal.pinnedVersion()).isZero();
    assertThat(journal.aliasChanges()).isEqualTo(3);
  }

  @Test
  void the_best_version_of_others_changes_until_this_process_has_one() {
    journal.aliases(7, 0);
    journal.aliases(8, 0);
    assertThat(journal.bestVersion()).isEqualTo(8);
    commits(3, 9, true);
    journal.aliases(8, 0); // was read before the commit
    assertThat(journal.bestVersion()).isEqualTo(9);
  }
}
