package io.thalweg.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.pipeline.Feed;
import io.thalweg.sample.Level;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

class FileSampleSourceTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Feed FEED = new Feed("a.train", Level.LOWER);

  @TempDir private Path dir;

  private Path file(String content) throws IOException {
    return Files.writeString(dir.resolve("f.jsonl"), content);
  }

  private static FileSampleSource source(Path file, boolean titled, int repeat) {
    return new FileSampleSource(List.of(new SampleFile("a.train", file, null, titled)), repeat);
  }

  private static List<String> read(FileSampleSource source, long from) {
    List<String> out = new ArrayList<>();
    Positions start = Positions.at(source.lanes(), List.of(new Position(from, 0)));
    for (RecordBatch batch : source.records(FEED, start).collectList().block(LIMIT)) {
      for (int i = 0; i < batch.size(); i++) {
        out.add(batch.offset(i) + "=" + new String(batch.value(i), StandardCharsets.UTF_8));
      }
    }
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"a\nb\nc\n", "a\nb\nc", "a\r\nb\r\nc\r\n", "\uFEFFa\nb\nc\n"})
  void lines_are_records_and_their_numbers_are_offsets(String content) throws IOException {
    assertThat(read(source(file(content), false, 1), 0)).containsExactly("0=a", "1=b", "2=c");
  }

  @Test
  void empty_lines_are_no_records_but_count() throws IOException {
    FileSampleSource source = source(file("a\n\nb\n\n\nc"), false, 1);
    assertThat(read(source, 0)).containsExactly("0=a", "2=b", "5=c");
    assertThat(source.where(new Lane("a.train", 0), 2)).endsWith("f.jsonl:3");
  }

  @Test
  void a_line_of_column_names_is_no_record_in_any_pass() throws IOException {
    FileSampleSource source = source(file("x,y\n1,2\n3,4\n"), true, 2);
    assertThat(read(source, 0)).containsExactly("0=1,2", "1=3,4", "2=1,2", "3=3,4");
    assertThat(source.where(new Lane("a.train", 0), 0)).endsWith("f.jsonl:2");
    assertThat(source.where(new Lane("a.train", 0), 3)).endsWith("f.jsonl:3");
  }

  @ParameterizedTest(name = "from {0}")
  @CsvSource({"0,6", "1,5", "5,1", "6,0", "9,0"})
  void reading_begins_at_the_start_position_over_passes(long from, int left) throws IOException {
    assertThat(read(source(file("a\nb\nc\n"), false, 2), from)).hasSize(left);
  }

  @Test
  void an_empty_file_completes_at_once() throws IOException {
    assertThat(read(source(file(""), false, 3), 0)).isEmpty();
    assertThat(read(source(file(""), true, 1), 0)).isEmpty();
  }

  @Test
  void gzip_is_told_by_content_even_in_two_members() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String part : List.of("a\nb", "c\nd\n")) {
      try (OutputStream zip = new GZIPOutputStream(bytes)) {
        zip.write(part.getBytes(StandardCharsets.UTF_8));
      }
    }
    Path file = Files.write(dir.resolve("f.data"), bytes.toByteArray());
    FileSampleSource source = source(file, false, 1);
    assertThat(read(source, 0)).containsExactly("0=a", "1=bc", "2=d");
    assertThat(source.bytesRead()).isEqualTo(source.bytesTotal()).isEqualTo(Files.size(file));
  }

  @Test
  void a_damaged_gzip_file_fails_with_the_line() throws IOException {
    Path file = Files.write(dir.resolve("f.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});
    assertThatThrownBy(() -> read(source(file, false, 1), 0))
        .isInstanceOf(SampleFileException.class)
        .hasMessageContaining("f.gz:1: cannot be read");
  }

  @Test
  void lines_longer_than_any_buffer_are_whole() throws IOException {
    String line = "0123456789".repeat(30_000);
    List<String> read = read(source(file(line + "\nz\n" + line), false, 1), 0);
    assertThat(read).containsExactly("0=" + line, "1=z", "2=" + line);
  }

  @Test
  void batches_are_bounded_and_come_on_demand_only() throws IOException {
    FileSampleSource source = source(file("abc\n".repeat(1200)), false, 1);
    StepVerifier.create(source.records(FEED, source.beginning()), 0)
        .expectSubscription()
        .then(() -> assertThat(source.bytesRead()).isZero())
        .thenRequest(1)
        .assertNext(batch -> assertThat(batch.size()).isEqualTo(FileSampleSource.LINES))
        .thenRequest(2)
        .assertNext(batch -> assertThat(batch.offset(0)).isEqualTo(500))
        .assertNext(batch -> assertThat(batch.size()).isEqualTo(200))
        .thenRequest(1)
        .expectComplete()
        .verify(LIMIT);
  }

  @Test
  void large_lines_make_small_batches() throws IOException {
    String line = "x".repeat(FileSampleSource.BYTES / 2);
    FileSampleSource source = source(file((line + "\n").repeat(4)), false, 1);
    StepVerifier.create(source.records(FEED, source.beginning()).map(RecordBatch::size))
        .expectNext(2, 2)
        .expectComplete()
        .verify(LIMIT);
  }

  @Test
  void lanes_are_sorted_by_topic_and_carry_the_content_type() throws IOException {
    Path file = file("1\n");
    FileSampleSource source =
        new FileSampleSource(
            List.of(
                new SampleFile("b", file, null, false),
                new SampleFile("a", file, "text/csv", false)),
            1);
    assertThat(source.lanes()).containsExactly(new Lane("a", 0), new Lane("b", 0));
    RecordBatch a = source.records(new Feed("a", null), source.beginning()).blockFirst(LIMIT);
    assertThat(a.headers(0)).extracting(h -> h.key()).containsExactly("content-type");
    RecordBatch b = source.records(new Feed("b", null), source.beginning()).blockFirst(LIMIT);
    assertThat(b.lane(0)).isEqualTo(1);
    assertThat(b.headers(0)).isEmpty();
  }

  @Test
  void a_missing_file_is_named() {
    assertThatThrownBy(() -> source(dir.resolve("none.jsonl"), false, 1))
        .isInstanceOf(SampleFileException.class)
        .hasMessageContaining("none.jsonl: expected a file to read, found none");
    assertThatThrownBy(() -> source(dir, false, 1)).hasMessageContaining("a directory");
  }
}
