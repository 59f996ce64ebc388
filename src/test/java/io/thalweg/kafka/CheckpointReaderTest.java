package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.stream.Checkpoint;
import io.thalweg.wire.CheckpointCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointReaderTest {
  private final CheckpointReader reader = new CheckpointReader("job", new CheckpointLayout("job"));
  private final CheckpointLayout leader = new CheckpointLayout("job");
  private final CheckpointLayout sleeper = new CheckpointLayout("job");
  private long offset;

  @ParameterizedTest(name = "{0} doubles of state")
  @ValueSource(ints = {3, 100_000})
  void the_highest_epoch_wins_over_a_later_record_of_an_instance_that_had_lost_its_lead(int size) {
    write(sleeper, 1, 5, size);
    write(leader, 2, 6, size);
    write(leader, 2, 7, size);
    assertNewest(2, 7);
    long place = reader.newestOffset();
    write(sleeper, 1, 8, size);
    assertNewest(2, 7);
    assertThat(reader.newestOffset()).isEqualTo(place);
    assertThat(reader.complaint()).contains("epoch 1").contains("epoch 2");
    write(leader, 2, 8, size);
    assertNewest(2, 8);
    assertThat(reader.complaint()).isNull();
  }

  @Test
  void a_checkpoint_that_cannot_be_read_is_not_passed_over() {
    write(leader, 2, 6, 3);
    byte[] damaged = CheckpointCodec.encode(Cuts.checkpoint("t", 7, 3));
    damaged[20] ^= 1;
    reader.take(offset++, "job".getBytes(UTF_8), damaged);
    assertThat(Pieces.joined(reader.newest())).isEqualTo(damaged);
  }

  @Test
  void after_a_tombstone_any_epoch_is_the_first() {
    write(leader, 2, 6, 3);
    reader.take(offset++, "job".getBytes(UTF_8), null);
    assertThat(reader.newest()).isNull();
    write(leader, 1, 1, 3);
    assertNewest(1, 1);
  }

  private void write(CheckpointLayout layout, long epoch, long version, int doubles) {
    Checkpoint checkpoint = Cuts.checkpoint("t", version, doubles).withEpoch(epoch);
    layout.write(
        CheckpointLayout.body(checkpoint),
        entry -> reader.take(offset++, entry.keyBytes(), entry.value()));
  }

  private void assertNewest(long epoch, long version) {
    Checkpoint newest = CheckpointCodec.decode(reader.newest());
    assertThat(newest.epoch()).isEqualTo(epoch);
    assertThat(newest.version()).isEqualTo(version);
  }
}
