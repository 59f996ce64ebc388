package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.files.LineReader;
import io.thalweg.kafka.SampleProducer;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Settings;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedingTest {
  private static final double FAST = Double.POSITIVE_INFINITY;

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void one_line_is_one_record_and_lines_without_content_are_none() {
    Feeding feeding = feeding(RecordCheck.record(SampleFormat.JSON), FAST);
    feeding.run(lines("{\"y\":1}\n\n  \n{\"y\":2}"), "f", () -> false);
    assertThat(values()).containsExactly("{\"y\":1}", "{\"y\":2}");
    assertThat(feeding.acknowledged()).isEqualTo(2);
    assertThat(feeding.bytes()).isEqualTo(14);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "[1,2] | expected one JSON object, found start_array",
        "{\"y\":1}{\"y\":2} | found more after it",
        "{\"y\":1 | column",
        "y=1 | not JSON",
        "3 | expected one JSON object"
      })
  void a_line_that_is_no_record_stops_with_its_place(String bad, String reason) {
    Feeding feeding = feeding(RecordCheck.record(SampleFormat.JSON), FAST);
    assertThatThrownBy(() -> feeding.run(lines("{\"y\":1}\n\n" + bad), "f.jsonl", () -> false))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DATA))
        .hasMessageStartingWith("f.jsonl:3: ")
        .hasMessageContaining(reason);
    assertThat(values()).containsExactly("{\"y\":1}");
  }

  @Test
  void without_a_check_anything_is_sent() {
    feeding(RecordCheck.none(), FAST).run(lines("nonsense"), "f", () -> false);
    assertThat(values()).containsExactly("nonsense");
  }

  @Test
  void a_request_to_stop_ends_between_two_lines() {
    AtomicInteger asked = new AtomicInteger();
    feeding(RecordCheck.none(), FAST).run(lines("a\nb\nc"), "f", () -> asked.incrementAndGet() > 2);
    assertThat(values()).containsExactly("a", "b");
  }

  @Test
  void a_rate_sets_when_records_are_due() {
    long start = System.nanoTime();
    feeding(RecordCheck.none(), 100).run(lines("a\nb\nc\nd\ne\nf"), "f", () -> false);
    assertThat(values()).hasSize(6);
    // the sixth is due 50 ms after the first: never earlier, however fast the machine
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000L);
  }

  @Test
  void a_refused_record_is_the_commands_failure() {
    MockProducer<byte[], byte[]> refusing =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized void flush() {
            errorNext(new TimeoutException("no leader"));
          }
        };
    Feeding feeding = new Feeding(new LineOutlet(refusing, "t", null, RecordCheck.none()), FAST);
    assertThatThrownBy(() -> feeding.run(lines("a"), "f", () -> false))
        .isInstanceOf(TimeoutException.class);
    assertThat(feeding.acknowledged()).isZero();
  }

  @Test
  void another_format_than_the_jobs_is_named_in_a_header() {
    RecordHeader type = new RecordHeader("content-type", "text/csv".getBytes(UTF_8));
    new Feeding(new LineOutlet(producer, "t", type, RecordCheck.none()), FAST)
        .run(lines("1,2"), "f", () -> false);
    assertThat(producer.history().get(0).headers().lastHeader("content-type").value())
        .asString(UTF_8)
        .isEqualTo("text/csv");
  }

  @Test
  void packed_lines_share_records_and_a_bad_one_is_named_by_its_line() {
    Feeding feeding = new Feeding(pack(3), FAST);
    String good = "{\"x\":[1,2],\"y\":1,\"id\":\"a\",\"t\":5}\n";
    String bad = "{\"x\":[1,2],\"y\":7}\n";
    assertThatThrownBy(
            () -> feeding.run(lines(good.repeat(4) + "\n" + bad + good), "f.jsonl", () -> false))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.code()).isEqualTo(ExitCode.DATA))
        .hasMessageStartingWith("f.jsonl:6: y must be 1, 0 or -1, but was 7");
    // all before it, and nothing of it
    assertThat(counts()).containsExactly(3, 1);
    assertThat(feeding.sent()).isEqualTo(4);
    assertThat(feeding.acknowledged()).isEqualTo(4);
    assertThat(feeding.records()).isEqualTo(2);
    assertThat(producer.history().get(0).headers().lastHeader("content-type").value())
        .asString(UTF_8)
        .isEqualTo("application/x-thalweg-sample");
    feeding.close();
  }

  @Test
  void samples_of_one_role_share_records_with_their_like() {
    Feeding feeding = new Feeding(pack(4), FAST);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      String role =
          i % 3 == 0 ? "" : i % 3 == 1 ? ",\"role\":\"train\"" : ",\"role\":\"validation\"";
      text.append("{\"x\":[" + i + ",0],\"y\":1" + role + "}\n");
    }
    feeding.run(lines(text.toString()), "f", () -> false);
    assertThat(counts()).containsExactly(4, 4, 4);
    assertThat(producer.history().stream().map(r -> r.value()[3] & 48)).containsExactly(0, 16, 32);
    feeding.close();
  }

  @Test
  void a_rate_counts_samples_however_they_are_packed() {
    long start = System.nanoTime();
    Feeding feeding = new Feeding(pack(100), 100);
    feeding.run(lines("{\"x\":[1,2],\"y\":1}\n".repeat(6)), "f", () -> false);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000L);
    assertThat(feeding.acknowledged()).isEqualTo(6);
    feeding.close();
  }

  private PackOutlet pack(int samples) {
    Problem problem =
        Problems.create(
            Settings.of("problem", Map.of("type", "logistic-regression", "features", 2)));
    return new PackOutlet(
        producer,
        "t",
        SampleOptions.DEFAULT,
        SampleFormat.JSON,
        Wiring.schemas(problem),
        null,
        SampleProducer.Options.DEFAULTS.withSamples(samples).withLinger(Duration.ofDays(1)));
  }

  /** How many samples each record says it holds. */
  private List<Integer> counts() {
    return producer.history().stream()
        .map(r -> ByteBuffer.wrap(r.value()).order(ByteOrder.LITTLE_ENDIAN).getInt(4))
        .toList();
  }

  private Feeding feeding(RecordCheck check, double rate) {
    return new Feeding(new LineOutlet(producer, "t", null, check), rate);
  }

  private static LineReader lines(String text) {
    return new LineReader("f", new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  private List<String> values() {
    return producer.history().stream().map(r -> new String(r.value(), UTF_8)).toList();
  }
}
