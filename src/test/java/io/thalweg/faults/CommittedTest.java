package io.thalweg.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.Sha256;
import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The judge itself, on logs with one thing wrong. */
class CommittedTest {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private final List<byte[]> log = new ArrayList<>();
  private String previous = "";

  @Test
  void a_sound_log_gives_no_complaint() {
    publish(1, 1, 0, 10, 5);
    publish(1, 2, 10, 20, 5);
    publish(2, 3, 20, 20, 0);
    assertThat(complaints()).isEmpty();
    assertThat(Committed.snapshots(log).lives()).isEqualTo(2);
  }

  @Test
  void a_gap_is_noticed() {
    publish(1, 1, 0, 10, 5);
    publish(1, 3, 10, 20, 5);
    assertThat(complaints()).containsExactly("version 3: expected version 2");
  }

  @Test
  void a_repeat_is_noticed() {
    publish(1, 1, 0, 10, 5);
    log.add(log.get(0));
    assertThat(complaints()).contains("version 1: expected version 2");
  }

  @Test
  void a_broken_chain_is_noticed() {
    publish(1, 1, 0, 10, 5);
    previous = "0".repeat(64);
    publish(1, 2, 10, 20, 5);
    assertThat(complaints()).containsExactly("version 2: the chain is broken");
  }

  @Test
  void a_zombie_is_noticed_by_its_epoch() {
    publish(2, 1, 0, 10, 5);
    publish(1, 2, 10, 20, 5);
    assertThat(complaints()).containsExactly("version 2: epoch 1 after 2");
  }

  @Test
  void samples_left_out_or_taken_twice_between_snapshots_are_noticed() {
    publish(1, 1, 0, 10, 5);
    publish(1, 2, 9, 20, 5);
    assertThat(complaints())
        .containsExactly("version 2: does not go on where the one before ended");
  }

  @Test
  void more_samples_than_there_are_is_noticed() {
    publish(1, 1, 0, 10, 11);
    assertThat(complaints()).containsExactly("version 1: took 11 samples of t-0 between 0 and 10");
  }

  private List<String> complaints() {
    return Committed.snapshots(log).complaints();
  }

  private void publish(long epoch, long version, long from, long to, int lowerTaken) {
    Positions before = at(from);
    Ledger.Builder ledger = new Ledger.Builder(before);
    if (lowerTaken > 0) {
      ledger.batch(0, 1);
      ledger.segment(0, lowerTaken);
      ledger.endStep();
    }
    Snapshot snapshot =
        new Snapshot(
            "job",
            epoch,
            version,
            version,
            0,
            "m",
            "c",
            Map.of(),
            new double[] {1},
            new double[] {2},
            List.of(),
            Map.of(),
            at(to),
            ledger.take(at(to)),
            Long.MIN_VALUE,
            "test");
    byte[] value = CODEC.encode(snapshot, previous);
    previous = Sha256.hex(value);
    log.add(value);
  }

  private static Positions at(long offset) {
    return Positions.at(List.of(new Lane("t", 0)), List.of(new Position(offset, 0)));
  }
}
