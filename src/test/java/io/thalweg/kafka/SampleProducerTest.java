package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.kafka.SampleProducer.Options;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import io.thalweg.wire.SampleRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SampleProducerTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final SampleSchema SCHEMA =
      Problems.create(Settings.of("problem", Map.of("type", "logistic-regression", "features", 1)))
          .schema(Level.LOWER);

  private final MockProducer<byte[], byte[]> client = client(true);

  private static MockProducer<byte[], byte[]> client(boolean acknowledges) {
    return new MockProducer<>(
        acknowledges, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static SampleProducer over(MockProducer<byte[], byte[]> client, Options options) {
    return SampleProducer.over(client, "t", SCHEMA, null, options);
  }

  private static void send(SampleProducer samples, SampleRow row, double x) {
    row.features(new double[] {x}).set("y", 1);
    samples.send(row);
  }

  private static List<Integer> counts(MockProducer<byte[], byte[]> client) {
    return client.history().stream().map(r -> count(r.value())).toList();
  }

  private static int count(byte[] record) {
    return ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
  }

  @Test
  void records_end_by_their_number_of_samples_and_the_rest_goes_at_a_flush() {
    try (SampleProducer samples = over(client, Options.DEFAULTS.withSamples(3).withLinger(NEVER))) {
      SampleRow row = samples.newRow();
      for (int i = 0; i < 7; i++) {
        send(samples, row, i);
      }
      assertThat(counts(client)).containsExactly(3, 3);
      assertThat(samples.sent()).isEqualTo(7);
      assertThat(samples.acknowledged()).isEqualTo(6);
      samples.flush();
      assertThat(counts(client)).containsExactly(3, 3, 1);
      assertThat(samples.acknowledged()).isEqualTo(7);
      assertThat(samples.acknowledgedRecords()).isEqualTo(3);
      samples.flush();
      assertThat(client.history()).hasSize(3);
      send(samples, row, 8);
    }
    assertThat(counts(client)).as("what was left is sent by closing").containsExactly(3, 3, 1, 1);
    assertThat(client.closed()).as("the caller's client stays open").isFalse();
    ProducerRecord<byte[], byte[]> first = client.history().get(0);
    assertThat(first.key()).isNull();
    assertThat(new String(first.headers().lastHeader("content-type").value(), UTF_8))
        .isEqualTo("application/x-thalweg-sample");
  }

  @Test
  void records_end_before_they_are_too_large() {
    // one sample is 24 bytes, a header 16
    try (SampleProducer samples =
        over(client, Options.DEFAULTS.withBytes(16 + 2 * 24).withLinger(NEVER))) {
      SampleRow row = samples.newRow();
      for (int i = 0; i < 5; i++) {
        send(samples, row, i);
      }
    }
    assertThat(counts(client)).containsExactly(2, 2, 1);
  }

  @Test
  void a_sample_waits_no_longer_than_the_linger() {
    long linger = 20_000_000;
    try (SampleProducer samples =
        over(client, Options.DEFAULTS.withLinger(Duration.ofNanos(linger)))) {
      SampleRow row = samples.newRow();
      for (int round = 1; round <= 3; round++) {
        long start = System.nanoTime();
        send(samples, row, 1);
        send(samples, row, 2);
        int records = round;
        Awaitility.await()
            .atMost(30, TimeUnit.SECONDS)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> client.history().size() >= records);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(linger);
      }
      assertThat(samples.acknowledged()).isEqualTo(6);
    }
  }

  @Test
  void without_linger_every_sample_is_a_record() {
    try (SampleProducer samples = over(client, Options.DEFAULTS.withLinger(Duration.ZERO))) {
      SampleRow row = samples.newRow();
      send(samples, row, 1);
      send(samples, row, 2);
      assertThat(counts(client)).containsExactly(1, 1);
    }
  }

  @Test
  void a_sample_that_does_not_fit_is_refused_at_once_and_spoils_nothing() {
    try (SampleProducer samples = over(client, Options.DEFAULTS.withLinger(NEVER))) {
      SampleRow row = samples.newRow();
      send(samples, row, 1);
      row.features(new double[] {Double.NaN}).set("y", 1);
      assertThatThrownBy(() -> samples.send(row))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("x[0] must be finite, but was NaN");
      row.features(new double[1]);
      assertThatThrownBy(() -> samples.send(row)).hasMessage("y is missing");
      send(samples, row, 2);
      assertThat(samples.sent()).isEqualTo(2);
    }
    assertThat(counts(client)).containsExactly(2);
  }

  @Test
  void a_record_that_was_refused_later_is_thrown_by_every_later_call() {
    MockProducer<byte[], byte[]> refusing = client(false);
    SampleProducer samples = over(refusing, Options.DEFAULTS.withSamples(2).withLinger(NEVER));
    SampleRow row = samples.newRow();
    send(samples, row, 1);
    send(samples, row, 2);
    refusing.errorNext(new RecordTooLargeException("too large for t"));
    assertThatThrownBy(() -> send(samples, row, 3))
        .isInstanceOfSatisfying(
            KafkaFailure.class,
            e -> assertThat(e.category()).isEqualTo(KafkaFailure.Category.TOO_LARGE))
        .hasMessage("sending samples to t failed: too large for t");
    assertThatThrownBy(samples::flush).isInstanceOf(KafkaFailure.class);
    assertThatThrownBy(samples::close).isInstanceOf(KafkaFailure.class);
    samples.close();
    assertThat(samples.acknowledged()).isZero();
  }

  @Test
  void a_client_whose_buffer_stays_full_fails_the_caller_and_not_only_a_callback() {
    client.sendException = new TimeoutException("no room within 60000 ms");
    SampleProducer samples = over(client, Options.DEFAULTS.withSamples(1));
    assertThatThrownBy(() -> send(samples, samples.newRow(), 1))
        .isInstanceOf(KafkaFailure.class)
        .hasMessageContaining("no room");
  }

  @Test
  void a_failure_within_a_try_comes_out_as_it_is() {
    client.sendException = new TimeoutException("no leader");
    assertThatThrownBy(
            () -> {
              try (SampleProducer samples = over(client, Options.DEFAULTS.withSamples(1))) {
                send(samples, samples.newRow(), 1);
              }
            })
        .isInstanceOf(KafkaFailure.class)
        .hasMessageContaining("no leader");
  }

  @Test
  void a_failure_the_linger_met_is_told_to_the_next_caller() {
    client.sendException = new TimeoutException("no leader");
    SampleProducer samples = over(client, Options.DEFAULTS.withLinger(Duration.ofMillis(1)));
    SampleRow row = samples.newRow();
    send(samples, row, 1);
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThatThrownBy(samples::flush).isInstanceOf(KafkaFailure.class));
  }

  @Test
  void threads_with_a_row_each_lose_and_repeat_nothing() throws Exception {
    int threads = 4;
    int each = 5_000;
    CountDownLatch done = new CountDownLatch(threads);
    try (SampleProducer samples =
        over(client, Options.DEFAULTS.withSamples(7).withLinger(Duration.ofMillis(1)))) {
      for (int t = 0; t < threads; t++) {
        int first = t * each;
        new Thread(
                () -> {
                  SampleRow row = samples.newRow();
                  for (int i = 0; i < each; i++) {
                    send(samples, row, first + i);
                  }
                  done.countDown();
                })
            .start();
      }
      assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    }
    List<Integer> values = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : client.history()) {
      ByteBuffer in = ByteBuffer.wrap(record.value()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count(record.value()); i++) {
        values.add((int) in.getDouble(16 + 24 * i));
      }
    }
    Set<Integer> distinct = new HashSet<>(values);
    assertThat(values).hasSize(threads * each);
    assertThat(distinct).hasSize(threads * each);
    int[] last = {-1, -1, -1, -1};
    for (int value : values) {
      assertThat(value % each)
          .as("a thread's samples keep their order")
          .isGreaterThan(last[value / each]);
      last[value / each] = value % each;
    }
  }

  @Test
  void a_closed_producer_takes_nothing() {
    SampleProducer samples = over(client, Options.DEFAULTS);
    SampleRow row = samples.newRow();
    samples.close();
    assertThatThrownBy(() -> send(samples, row, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void what_the_user_says_of_the_client_wins_and_what_delivery_hangs_on_stands() {
    Map<String, Object> plain = KafkaSettings.of("b:1").sampleProducer("c", 1 << 20);
    assertThat(plain)
        .containsEntry("compression.type", "none")
        .containsEntry("batch.size", 256 * 1024)
        .containsEntry("buffer.memory", 1L << 20)
        .containsEntry("acks", "all")
        .containsEntry("enable.idempotence", true)
        .containsEntry("max.in.flight.requests.per.connection", 1);
    Map<String, Object> own =
        new KafkaSettings(
                Map.of(
                    "bootstrap.servers",
                    "b:1",
                    "compression.type",
                    "lz4",
                    "linger.ms",
                    "50",
                    "acks",
                    "0",
                    "transactional.id",
                    "x",
                    "group.id",
                    "g"))
            .sampleProducer("c", 1 << 20);
    assertThat(own)
        .containsEntry("compression.type", "lz4")
        .containsEntry("linger.ms", "50")
        .containsEntry("acks", "all")
        .doesNotContainKeys("transactional.id", "group.id");
  }
}
