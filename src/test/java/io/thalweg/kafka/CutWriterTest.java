package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Positions;
import io.thalweg.wire.CheckpointCodec;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotCodec;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class CutWriterTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final KafkaCheckpointStore store =
      new KafkaCheckpointStore(
          new KafkaSettings(Map.of("bootstrap.servers", "b:1")), "job", "job.checkpoints");
  private final CutWriter writer =
      new CutWriter(
          producer,
          SinkTopics.of("job"),
          store,
          new SnapshotCodec(SnapshotCodec.Vectors.COMPACT),
          LargeModels.DEFAULTS,
          Long.MAX_VALUE);

  @Test
  void a_first_life_takes_its_epoch_before_its_first_snapshot_and_only_then() {
    store.found(new KafkaCheckpointStore.Reading(null));
    Cut cut = Cuts.cut("job", "t", 1);
    writer.commit(List.of(cut, Cuts.cut("job", "t", 2)), new Told(true));
    writer.commit(List.of(Cuts.cut("job", "t", 3)), new Told(true));
    assertThat(topics())
        .containsExactly(
            "job.checkpoints",
            "job.snapshots job",
            "job.snapshots job",
            "job.snapshots job@best",
            "job.checkpoints",
            "job.snapshots job",
            "job.snapshots job@best",
            "job.checkpoints");
    Checkpoint taken = CheckpointCodec.decode(producer.history().get(0).value());
    assertThat(taken.isStart()).isTrue();
    assertThat(taken.epoch()).isEqualTo(1);
    assertThat(taken.config()).isEqualTo(cut.checkpoint().config());
    assertThat(taken.topicIds()).isEqualTo(cut.checkpoint().topicIds());
    assertThat(taken.positions()).isEqualTo(cut.snapshot().ledger().from());
  }

  @Test
  void a_later_life_writes_the_checkpoint_it_resumed_from_again_with_its_own_epoch() {
    Checkpoint last = Cuts.checkpoint("t", 3, 5).withPrevious("abc");
    store.found(new KafkaCheckpointStore.Reading(last));
    Cut cut = Cuts.cut("job", "t", 4);
    Cut later = new Cut(cut.snapshot(), cut.checkpoint().withEpoch(2), cut.deadLetters());
    writer.commit(List.of(later), new Told(true));
    assertThat(topics())
        .containsExactly(
            "job.checkpoints", "job.snapshots job", "job.snapshots job@best", "job.checkpoints");
    assertThat(producer.history().get(0).value())
        .isEqualTo(CheckpointCodec.encode(last.withEpoch(2)));
    assertThat(CheckpointCodec.decode(producer.history().get(3).value()).version()).isEqualTo(4);
  }

  @Test
  void dead_letters_alone_take_the_epoch_with_their_own_checkpoint() {
    store.found(new KafkaCheckpointStore.Reading(null));
    Cut cut = new Cut(null, Cuts.checkpoint("t", 0, 3), List.of());
    writer.commit(List.of(cut), new Told(true));
    writer.commit(List.of(Cuts.cut("job", "t", 1)), new Told(true));
    assertThat(topics())
        .containsExactly(
            "job.checkpoints", "job.snapshots job", "job.snapshots job@best", "job.checkpoints");
  }

  @Test
  void a_transaction_needs_no_record_of_its_epoch_ahead() {
    store.found(new KafkaCheckpointStore.Reading(null));
    writer.commit(List.of(Cuts.cut("job", "t", 1)), new Told(false));
    assertThat(topics())
        .containsExactly("job.snapshots job", "job.snapshots job@best", "job.checkpoints");
  }

  @Test
  void the_best_of_a_commit_is_written_once_more_under_its_own_key() {
    store.found(new KafkaCheckpointStore.Reading(null));
    writer.commit(List.of(withLoss(1, 0.5), withLoss(2, 0.3), withLoss(3, 0.4)), new Told(false));
    writer.commit(List.of(withLoss(4, 0.3)), new Told(false));
    assertThat(topics())
        .containsExactly(
            "job.snapshots job",
            "job.snapshots job",
            "job.snapshots job",
            "job.snapshots job@best",
            "job.checkpoints",
            "job.snapshots job",
            "job.checkpoints");
    ProducerRecord<byte[], byte[]> second = producer.history().get(1);
    ProducerRecord<byte[], byte[]> best = producer.history().get(3);
    assertThat(best.value()).isEqualTo(second.value());
    assertThat(best.headers().lastHeader("thalweg-sha256"))
        .isEqualTo(second.headers().lastHeader("thalweg-sha256"));
    assertThat(best.headers().lastHeader("thalweg-alias").value())
        .isEqualTo("best".getBytes(UTF_8));
    assertThat(second.headers().lastHeader("thalweg-alias")).isNull();
  }

  @Test
  void the_next_life_knows_how_good_the_best_was() {
    store.found(new KafkaCheckpointStore.Reading(null));
    writer.commit(List.of(withLoss(1, 0.3)), new Told(false));
    Checkpoint left = CheckpointCodec.decode(producer.history().get(2).value());
    store.found(new KafkaCheckpointStore.Reading(left));
    CutWriter next =
        new CutWriter(
            producer,
            SinkTopics.of("job"),
            store,
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT),
            LargeModels.DEFAULTS,
            Long.MAX_VALUE);
    producer.clear();
    next.commit(List.of(withLoss(2, 0.4)), new Told(false));
    next.commit(List.of(withLoss(3, 0.2)), new Told(false));
    assertThat(topics())
        .containsExactly(
            "job.snapshots job",
            "job.checkpoints",
            "job.snapshots job",
            "job.snapshots job@best",
            "job.checkpoints");
  }

  private static Cut withLoss(long version, double loss) {
    Cut cut = Cuts.cut("job", "t", version);
    return new Cut(
        Cuts.withMetrics(cut.snapshot(), Map.of("upper-loss", loss)),
        cut.checkpoint(),
        cut.deadLetters());
  }

  private List<String> topics() {
    return producer.history().stream()
        .map(
            r ->
                r.topic().equals("job.snapshots")
                    ? r.topic() + " " + new String(r.key(), UTF_8)
                    : r.topic())
        .toList();
  }

  private record Told(boolean showsSnapshotsEarly) implements CutWriter.Delivery {
    @Override
    public int markers() {
      return 0;
    }

    @Override
    public void begin() {
      // nothing to open
    }

    @Override
    public void beforeCheckpoint(Outbox outbox) {
      outbox.flush();
    }

    @Override
    public void end(Outbox outbox, Positions positions) {
      outbox.flush();
    }

    @Override
    public RuntimeException abandon(RuntimeException failure) {
      return failure;
    }
  }
}
