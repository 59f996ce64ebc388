package io.thalweg.kafka;

import static io.thalweg.kafka.SnapshotOrder.Verdict.BREAKS;
import static io.thalweg.kafka.SnapshotOrder.Verdict.FOLLOWS;
import static io.thalweg.kafka.SnapshotOrder.Verdict.LATER;
import static io.thalweg.kafka.SnapshotOrder.Verdict.OLD;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import org.junit.jupiter.api.Test;

class SnapshotOrderTest {
  private final SnapshotOrder order = new SnapshotOrder();

  private SnapshotOrder.Verdict take(long epoch, long version, String previous, String sha) {
    Snapshot s = Cuts.withEpoch(Cuts.snapshot("a", "t", version, 1), epoch);
    return order.take(new SnapshotCodec.Decoded(s, previous, sha, true));
  }

  @Test
  void the_next_of_the_chain_follows_and_one_that_names_another_breaks_it() {
    assertThat(take(1, 7, "f", "g")).isEqualTo(FOLLOWS);
    assertThat(take(1, 8, "g", "h")).isEqualTo(FOLLOWS);
    assertThat(take(1, 9, "x", "forged")).isEqualTo(BREAKS);
    assertThat(take(1, 9, "h", "i")).isEqualTo(FOLLOWS);
    assertThat(order.newest().version()).isEqualTo(9);
  }

  @Test
  void versions_that_were_not_seen_are_a_gap_and_old_ones_are_passed_over() {
    take(1, 7, "f", "g");
    assertThat(take(1, 12, "k", "l")).isEqualTo(LATER);
    assertThat(take(1, 12, "k", "l")).isEqualTo(OLD);
    assertThat(take(1, 8, "g", "h")).isEqualTo(OLD);
    assertThat(take(1, 13, "l", "m")).isEqualTo(FOLLOWS);
  }

  @Test
  void a_later_life_may_take_versions_back_and_an_earlier_one_may_not_speak_any_more() {
    take(1, 7, "f", "g");
    assertThat(take(2, 6, "e", "f2")).isEqualTo(FOLLOWS);
    assertThat(take(1, 8, "g", "h")).isEqualTo(OLD);
    assertThat(take(2, 7, "f2", "g2")).isEqualTo(FOLLOWS);
    assertThat(take(3, 8, "x", "h3")).isEqualTo(BREAKS);
    assertThat(take(3, 8, "g2", "h3")).isEqualTo(FOLLOWS);
  }
}
