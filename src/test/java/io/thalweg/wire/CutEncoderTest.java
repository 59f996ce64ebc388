package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutEncoderTest {
  private final SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private final Checkpoint checkpoint = Specimens.checkpoint();

  private Cut cut(long version, double y) {
    return new Cut(Specimens.snapshot(version, y), checkpoint, List.of());
  }

  @Test
  void each_snapshot_names_the_one_before_and_the_checkpoint_names_the_last() {
    CutEncoder encoder = new CutEncoder(codec, null);
    EncodedCut first = encoder.encode(cut(1, 1));
    EncodedCut second = encoder.encode(cut(2, 2));
    assertThat(codec.decode(first.snapshot()).previous()).isEmpty();
    assertThat(codec.decode(second.snapshot()).previous())
        .isEqualTo(Sha256.hex(first.snapshot()))
        .isEqualTo(first.sha());
    assertThat(second.checkpoint().previous()).isEqualTo(second.sha());
  }

  @Test
  void the_chain_goes_on_from_the_restored_checkpoint() {
    CutEncoder encoder = new CutEncoder(codec, checkpoint.withPrevious("cafe"));
    assertThat(codec.decode(encoder.encode(cut(3, 1)).snapshot()).previous()).isEqualTo("cafe");
  }

  @Test
  void a_cut_of_dead_letters_alone_leaves_the_chain_as_it_is() {
    CutEncoder encoder = new CutEncoder(codec, null);
    String sha = encoder.encode(cut(1, 1)).sha();
    DeadLetter letter =
        new DeadLetter(new Lane("a", 0), Position.START, 0, null, null, List.of(), "why");
    EncodedCut letters = encoder.encode(new Cut(null, checkpoint, List.of(letter)));
    assertThat(letters.snapshot()).isNull();
    assertThat(letters.snapshotHeaders()).isEmpty();
    assertThat(letters.deadLetters()).containsExactly(letter);
    assertThat(letters.sha()).isEqualTo(sha);
    assertThat(letters.checkpoint().previous()).isEqualTo(sha);
    assertThat(codec.decode(encoder.encode(cut(2, 1)).snapshot()).previous()).isEqualTo(sha);
  }

  private Cut withLoss(long version, double loss, String config) {
    return withMetrics(version, java.util.Map.of("upper-loss", loss), config);
  }

  private Cut withMetrics(long version, java.util.Map<String, Double> metrics, String config) {
    Snapshot s = Specimens.snapshot(version, 1);
    return new Cut(
        new Snapshot(
            s.job(),
            s.epoch(),
            s.version(),
            s.step(),
            s.timeMillis(),
            s.method(),
            config,
            s.upper(),
            s.x(),
            s.y(),
            s.members(),
            metrics,
            s.positions(),
            s.ledger(),
            s.eventTimeMillis(),
            s.software()),
        checkpoint,
        List.of());
  }

  @Test
  void best_is_what_has_a_lower_loss_than_all_before_under_the_same_configuration() {
    CutEncoder encoder = new CutEncoder(codec, null);
    assertThat(encoder.encode(withLoss(1, 0.5, "a")).best()).isTrue();
    assertThat(encoder.encode(withLoss(2, 0.5, "a")).best()).isFalse();
    assertThat(encoder.encode(withLoss(3, 0.4, "a")).best()).isTrue();
    EncodedCut other = encoder.encode(withLoss(4, 0.9, "b"));
    assertThat(other.best()).as("losses of another configuration do not compare").isTrue();
    CutEncoder next = new CutEncoder(codec, other.checkpoint());
    assertThat(other.checkpoint().config()).isNotEqualTo("b");
    assertThat(next.encode(withLoss(5, 0.8, other.checkpoint().config())).best()).isTrue();
    assertThat(next.encode(withLoss(6, 0.85, other.checkpoint().config())).best()).isFalse();
  }

  @Test
  void best_begins_anew_when_a_guard_finds_that_the_stream_has_left_it_behind() {
    CutEncoder encoder = new CutEncoder(codec, null);
    assertThat(encoder.encode(guarded(1, 0.3, 0.31)).best()).isTrue();
    assertThat(encoder.encode(guarded(2, 0.29, 0.31)).best()).isTrue();
    assertThat(encoder.encode(guarded(3, 0.35, 0.31)).best()).as("it looks rarely").isFalse();
    assertThat(encoder.encode(guarded(4, 0.6, 0.58)).best()).as("still the best").isFalse();
    assertThat(encoder.encode(guarded(7, 0.7, 0.7)).best()).as("renewed").isTrue();
    assertThat(encoder.encode(guarded(8, 0.71, 0.7)).best()).isFalse();
  }

  private Cut guarded(long version, double smoothed, double best) {
    return withMetrics(
        version,
        java.util.Map.of(
            "upper-loss", 0.1, "smoothed-upper-loss", smoothed, "best-upper-loss", best),
        "a");
  }

  @Test
  void a_refused_snapshot_leaves_the_chain_as_it_is() {
    CutEncoder encoder = new CutEncoder(codec, null);
    String sha = encoder.encode(cut(1, 1)).sha();
    assertThatThrownBy(() -> encoder.encode(cut(2, Double.NaN)))
        .isInstanceOf(NonFiniteException.class);
    assertThat(codec.decode(encoder.encode(cut(2, 1)).snapshot()).previous()).isEqualTo(sha);
  }
}
