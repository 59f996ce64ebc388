package io.thalweg.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.SnapshotCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotFileSinkTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Positions START =
      Positions.at(List.of(new Lane("a", 0)), List.of(Position.START));
  private final SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.PLAIN);
  private final List<DeadLetter> letters = new ArrayList<>();

  private SnapshotFileSink sink(OutputStream out) {
    return new SnapshotFileSink(out, "out.jsonl", new CutEncoder(codec, null), letters::add);
  }

  private static Cut cut(long version, double... y) {
    Snapshot snapshot =
        new Snapshot(
            "a",
            1,
            version,
            version,
            0,
            "msgbio",
            "c",
            Map.of(),
            new double[1],
            y,
            List.of(),
            Map.of(),
            START,
            new Ledger(START, List.of()),
            Long.MIN_VALUE,
            "dev");
    return new Cut(snapshot, checkpoint(), List.of());
  }

  private static Checkpoint checkpoint() {
    return new Checkpoint("c", 1, 1, "", START, Map.of(), List.of(), List.of());
  }

  @Test
  void one_snapshot_is_one_line_in_plain_numbers() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotFileSink sink = sink(out);
    sink.accept(cut(1, new double[100])).block(LIMIT);
    sink.accept(cut(2, 0.1)).block(LIMIT);
    sink.flush().block(LIMIT);
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2).noneMatch(line -> line.contains("base64"));
    SnapshotCodec.Decoded first = codec.decode(lines.get(0).getBytes(StandardCharsets.UTF_8));
    SnapshotCodec.Decoded second = codec.decode(lines.get(1).getBytes(StandardCharsets.UTF_8));
    assertThat(first.snapshot().y()).hasSize(100);
    assertThat(second.previous()).isEqualTo(first.sha());
  }

  @Test
  void dead_letters_go_where_they_are_wanted_with_or_without_a_snapshot() {
    DeadLetter letter =
        new DeadLetter(new Lane("a", 0), Position.START, 0, null, null, List.of(), "why");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotFileSink sink = sink(out);
    sink.accept(new Cut(null, checkpoint(), List.of(letter))).block(LIMIT);
    sink.flush().block(LIMIT);
    assertThat(letters).containsExactly(letter);
    assertThat(out.size()).isZero();
  }

  @Test
  void a_full_disk_is_an_error_with_the_name_of_the_file() {
    SnapshotFileSink sink =
        sink(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }
            });
    sink.accept(cut(1, 1)).block(LIMIT);
    assertThatThrownBy(() -> sink.flush().block(LIMIT))
        .isInstanceOf(SampleFileException.class)
        .hasMessage("out.jsonl: cannot be written: No space left on device");
  }
}
