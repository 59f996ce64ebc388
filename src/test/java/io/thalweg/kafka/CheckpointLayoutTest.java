package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.kafka.CheckpointLayout.Entry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointLayoutTest {
  private static final int CHUNK = CheckpointLayout.CHUNK;

  private final List<Entry> log = new ArrayList<>();
  private CheckpointLayout layout = new CheckpointLayout("job");

  @ParameterizedTest(name = "{0} bytes")
  @ValueSource(ints = {1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 17})
  void what_is_written_is_read(int length) {
    byte[] written = bytes(1, length);
    log.addAll(write(layout, written));
    assertThat(log).allMatch(e -> e.value().length <= CHUNK + 8);
    assertThat(read()).isEqualTo(written);
  }

  @Test
  void one_of_a_single_record_is_the_checkpoint_itself() {
    byte[] written = bytes(1, 100);
    assertThat(write(layout, written))
        .singleElement()
        .satisfies(e -> assertThat(e.value()).isEqualTo(written));
  }

  @Test
  void the_newest_whole_one_wins_after_compaction_too_and_nothing_superfluous_stays() {
    for (int length : new int[] {5 * CHUNK, 3 * CHUNK, 4 * CHUNK, 10, 2 * CHUNK + 1, CHUNK + 1}) {
      byte[] written = bytes(length, length);
      log.addAll(write(layout, written));
      assertThat(read()).isEqualTo(written);
      compact();
      assertThat(read()).isEqualTo(written);
      layout = new CheckpointLayout("job");
      new CheckpointReaderOver(log, layout);
    }
    // one manifest, two chunks of the newest and three of the one before it in the other slot
    assertThat(log).hasSize(6);
    log.addAll(write(layout, bytes(9, 9)));
    compact();
    assertThat(log).hasSize(1);
  }

  @Test
  void a_write_that_breaks_off_anywhere_leaves_the_one_before_it_whole_even_compacted() {
    byte[] before = bytes(1, 3 * CHUNK);
    log.addAll(write(layout, before));
    List<Entry> whole = List.copyOf(log);
    List<Entry> next = write(layout, bytes(2, 4 * CHUNK));
    for (int cut = 0; cut < next.size() - 1; cut++) {
      log.clear();
      log.addAll(whole);
      log.addAll(next.subList(0, cut));
      compact();
      assertThat(read()).as("broken off after %d records", cut).isEqualTo(before);
    }
    log.addAll(next);
    assertThat(read()).isNotEqualTo(before);
  }

  @Test
  void a_writer_that_starts_after_a_broken_off_write_does_not_mix_chunks() {
    log.addAll(write(layout, bytes(1, 2 * CHUNK)));
    log.addAll(write(layout, bytes(2, 4 * CHUNK)).subList(0, 3));
    layout = new CheckpointLayout("job");
    new CheckpointReaderOver(log, layout);
    byte[] third = bytes(3, 2 * CHUNK);
    log.addAll(write(layout, third));
    compact();
    assertThat(read()).isEqualTo(third);
    // chunks of the broken-off write that the third did not overwrite are deleted
    assertThat(log).filteredOn(e -> e.key().startsWith("job|1|")).hasSize(2);
  }

  @Test
  void a_flipped_bit_in_a_chunk_is_noticed_and_complained_of() {
    List<Entry> entries = write(layout, bytes(1, 2 * CHUNK));
    entries.get(1).value()[CHUNK / 2] ^= 1;
    log.addAll(entries);
    CheckpointReaderOver reader = new CheckpointReaderOver(log, new CheckpointLayout("job"));
    assertThat(reader.reader.newest()).isNull();
    assertThat(reader.reader.complaint()).contains("CRC-32C");
  }

  @Test
  void records_of_other_jobs_in_the_same_topic_are_left_alone() {
    log.addAll(write(new CheckpointLayout("job-2"), bytes(2, 2 * CHUNK)));
    assertThat(read()).isNull();
    byte[] mine = bytes(1, 2 * CHUNK);
    log.addAll(write(layout, mine));
    log.addAll(write(new CheckpointLayout("other"), bytes(3, 10)));
    assertThat(read()).isEqualTo(mine);
  }

  private byte[] read() {
    List<ByteBuffer> pieces =
        new CheckpointReaderOver(log, new CheckpointLayout("job")).reader.newest();
    return pieces == null ? null : Pieces.joined(pieces);
  }

  private static List<Entry> write(CheckpointLayout layout, byte[] checkpoint) {
    List<Entry> entries = new ArrayList<>();
    layout.write(Pieces.of(checkpoint), entries::add);
    return entries;
  }

  private void compact() {
    Map<String, Entry> last = new LinkedHashMap<>();
    for (Entry entry : log) {
      last.remove(entry.key());
      last.put(entry.key(), entry);
    }
    log.clear();
    last.values().stream().filter(e -> e.value() != null).forEach(log::add);
  }

  private static byte[] bytes(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static final class CheckpointReaderOver {
    final CheckpointReader reader;

    CheckpointReaderOver(List<Entry> log, CheckpointLayout layout) {
      reader = new CheckpointReader("job", layout);
      for (int offset = 0; offset < log.size(); offset++) {
        reader.take(offset, log.get(offset).keyBytes(), log.get(offset).value());
      }
    }
  }
}
