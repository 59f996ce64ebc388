package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.pipeline.Controls;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.EventCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControlClientTest {
  private static final TopicPartition LANE = new TopicPartition("j.control", 0);
  private static final CommandCodec.Decoded PAUSE = CommandCodec.decode("{\"command\":\"pause\"}");
  private static final Duration LONG = Duration.ofSeconds(30);

  /** The clients of one session. */
  private static final class Fakes implements ControlSession.Clients {
    final MockConsumer<byte[], byte[]> consumer;
    final MockProducer<byte[], byte[]> producer;
    private final CountDownLatch reachable;
    volatile CountDownLatch producerCloses = new CountDownLatch(0);
    volatile boolean producerClosing;

    Fakes(boolean acknowledges, CountDownLatch reachable, CountDownLatch closes) {
      this.reachable = reachable;
      producer =
          new MockProducer<>(
              Cluster.empty(),
              acknowledges,
              null,
              new ByteArraySerializer(),
              new ByteArraySerializer()) {
            @Override
            public void close() {
              producerClosing = true;
              join(producerCloses);
              super.close();
            }
          };
      consumer =
          new MockConsumer<>("none") {
            @Override
            public void close(CloseOptions options) {
              join(closes);
              super.close(options);
              throw new IllegalStateException("a close that fails");
            }
          };
      consumer.updateEndOffsets(Map.of(LANE, 0L));
      consumer.updateBeginningOffsets(Map.of(LANE, 0L));
    }

    private static void join(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public TopicPartition lane() {
      return LANE;
    }

    @Override
    public String job() {
      return "j";
    }

    @Override
    public void check() {
      join(reachable);
    }

    @Override
    public Consumer<byte[], byte[]> consumer() {
      return consumer;
    }

    @Override
    public Producer<byte[], byte[]> producer() {
      return producer;
    }

    void answer(long at, long command) {
      String event =
          "{\"schema\":\"thalweg.event.v1\",\"job\":\"j\",\"epoch\":1,\"version\":5,\"step\":3,"
              + "\"kind\":\"control\",\"reason\":\"paused\",\"figures\":{\"offset\":"
              + command
              + "}}";
      RecordHeaders headers = new RecordHeaders();
      headers.add(EventCodec.HEADER, "control".getBytes(UTF_8));
      consumer.schedulePollTask(
          () ->
              consumer.addRecord(
                  new ConsumerRecord<>(
                      LANE.topic(),
                      0,
                      at,
                      0,
                      TimestampType.CREATE_TIME,
                      -1,
                      -1,
                      "j".getBytes(UTF_8),
                      event.getBytes(UTF_8),
                      headers,
                      Optional.empty())));
    }
  }

  private final CountDownLatch open = new CountDownLatch(0);
  private final CountDownLatch shut = new CountDownLatch(1);
  private final List<Fakes> made = new CopyOnWriteArrayList<>();

  private ControlClient client(Duration limit, Duration idle, List<Fakes> fakes) {
    return new ControlClient(
        LANE.topic(),
        "j",
        limit,
        () -> {
          Fakes next = fakes.get(made.size());
          made.add(next);
          return new ControlSession(next, idle);
        });
  }

  private static <T> void assertLate(CompletableFuture<T> future, String... words) {
    assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class)
        .cause()
        .satisfies(late -> assertThat(late.getMessage()).contains(words));
  }

  @Test
  void what_is_no_command_opens_nothing() {
    try (ControlClient client = client(LONG, LONG, List.of())) {
      assertThatThrownBy(() -> client.send("{\"command\":\"stop\"}").toCompletableFuture().join())
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("there is no command stop");
    }
    assertThat(made).isEmpty();
  }

  @Test
  void a_command_that_no_broker_takes_is_withdrawn_when_its_time_is_over() throws Exception {
    Fakes away = new Fakes(true, shut, open);
    try (ControlClient client = client(Duration.ofMillis(200), LONG, List.of(away))) {
      assertLate(
          client.send(PAUSE).toCompletableFuture(),
          "no broker took the command for j.control within 200 ms",
          "it was not written and has no effect");
      assertLate(client.write(PAUSE).toCompletableFuture(), "it was not written");
      shut.countDown(); // they come back
    }
    assertThat(away.producer.history()).as("nothing of it is written later").isEmpty();
  }

  @Test
  void a_command_that_is_not_acknowledged_is_not_said_to_be_lost() {
    Fakes slow = new Fakes(false, open, open);
    try (ControlClient client = client(Duration.ofMillis(300), LONG, List.of(slow))) {
      ControlClient.Asked asked = client.follow(PAUSE);
      assertLate(
          asked.answer().toCompletableFuture(),
          "no broker said within 300 ms whether the command stands in j.control");
      assertLate(asked.offset().toCompletableFuture(), "before you send it again");
      assertThat(slow.producer.history()).hasSize(1);
      assertThat(slow.producer.completeNext()).isTrue();
    }
  }

  @Test
  void a_command_that_nobody_answers_is_named_by_its_place() {
    Fakes quiet = new Fakes(true, open, open);
    try (ControlClient client = client(Duration.ofSeconds(1), LONG, List.of(quiet))) {
      ControlClient.Asked asked = client.follow(PAUSE);
      assertThat(asked.offset().toCompletableFuture().join()).isZero();
      assertLate(
          asked.answer().toCompletableFuture(),
          "no answer to the command at j.control-0@0 within 1 s",
          "takes effect when a leader reads it");
    }
  }

  @Test
  void a_session_that_is_slow_to_end_and_fails_at_that_disturbs_none_after_it() throws Exception {
    Fakes first = new Fakes(true, open, shut);
    Fakes second = new Fakes(true, open, open);
    try (ControlClient client =
        client(Duration.ofSeconds(30), Duration.ofMillis(50), List.of(first, second))) {
      client.write(PAUSE).toCompletableFuture().get(30, TimeUnit.SECONDS);
      // idle: its producer is closed, its consumer is about to be
      await().atMost(LONG).until(first.producer::closed);
      ControlClient.Asked asked = client.follow(PAUSE);
      asked.offset().toCompletableFuture().get(30, TimeUnit.SECONDS);
      shut.countDown();
      await().atMost(LONG).until(first.consumer::closed);
      second.answer(1, 0);
      Controls.Outcome outcome = asked.answer().toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(outcome.applied()).isTrue();
      assertThat(outcome.version()).isEqualTo(5);
    }
    assertThat(made).containsExactly(first, second);
  }

  @Test
  void a_session_that_fails_takes_no_more_though_it_is_slow_to_close() throws Exception {
    Fakes first = new Fakes(true, open, open);
    first.producerCloses = shut;
    Fakes second = new Fakes(true, open, open);
    first.consumer.schedulePollTask(
        () -> first.consumer.setPollException(new KafkaException("the consumer breaks")));
    try (ControlClient client = client(LONG, LONG, List.of(first, second))) {
      var unused = client.follow(PAUSE);
      await().atMost(LONG).until(() -> first.producerClosing);
      client.write(PAUSE).toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(made).containsExactly(first, second);
    } finally {
      shut.countDown();
    }
  }
}
