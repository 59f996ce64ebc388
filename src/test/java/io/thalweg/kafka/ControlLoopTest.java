package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.pipeline.ControlRead;
import io.thalweg.pipeline.ControlRecord;
import io.thalweg.stream.Header;
import io.thalweg.stream.Instruction;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.EventCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.BaseSubscriber;

/** What the reader of the control topic hands on, against a consumer that a test writes for. */
@Timeout(60)
class ControlLoopTest {
  private static final TopicPartition LANE = new TopicPartition("j.control", 0);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final List<ControlRead> reads = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final List<Instruction> looked = new CopyOnWriteArrayList<>();
  private final List<String> watched = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable KafkaFailure> alarm = new AtomicReference<>();
  private Runnable sameTopic = () -> {};
  private ControlTargets.Lookup lookup = new Lookup();
  private BooleanSupplier stopped = () -> false;
  private @Nullable ControlLoop loop;
  private long atOnce;

  private final BaseSubscriber<ControlRead> subscriber =
      new BaseSubscriber<>() {
        @Override
        protected void hookOnSubscribe(org.reactivestreams.Subscription s) {
          if (atOnce > 0) { // else a test says how much, when the first poll may be over
            request(atOnce);
          }
        }

        @Override
        protected void hookOnNext(ControlRead read) {
          reads.add(read);
        }

        @Override
        protected void hookOnError(Throwable failure) {
          failures.add(failure);
        }
      };

  /** Knows no snapshot, and notes what it is asked for. */
  private class Lookup implements ControlTargets.Lookup {
    @Override
    public SnapshotRegistry.@Nullable Found find(long version) {
      looked.add(new Instruction.RollBack(version));
      return null;
    }

    @Override
    public SnapshotRegistry.@Nullable Found find(io.thalweg.wire.SnapshotAlias alias) {
      looked.add(new Instruction.RollBackTo(alias.name()));
      return null;
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  @BeforeEach
  void log() {
    consumer.updateBeginningOffsets(Map.of(LANE, 0L));
    consumer.updateEndOffsets(Map.of(LANE, 1_000L));
  }

  private void start(long from) {
    ClientWatch watch =
        new ClientWatch() {
          @Override
          public Runnable opened(Consumer<?, ?> client) {
            watched.add("opened");
            return () -> watched.add("closed");
          }

          @Override
          public Runnable opened(Producer<?, ?> client) {
            return () -> {};
          }
        };
    ControlLoop begun =
        new ControlLoop(
            KafkaSettings.of("127.0.0.1:1").watched(watch),
            settings -> consumer,
            LANE,
            from,
            new ControlDecoder(
                "j",
                by -> {
                  stopped = by;
                  return new ControlTargets(lookup, "config");
                }),
            (kind, text) -> notes.add(kind + ": " + text),
            alarm,
            sameTopic,
            subscriber);
    loop = begun;
    begun.start();
  }

  @AfterEach
  void end() throws Exception {
    subscriber.cancel();
    ControlLoop begun = loop;
    if (begun != null) {
      begun.closed().get(30, java.util.concurrent.TimeUnit.SECONDS);
      assertThat(watched).containsExactly("opened", "closed");
    }
  }

  private static ConsumerRecord<byte[], byte[]> record(
      long offset, String key, List<Header> headers, String value) {
    RecordHeaders all = new RecordHeaders();
    headers.forEach(header -> all.add(header.key(), header.value()));
    return new ConsumerRecord<>(
        LANE.topic(),
        0,
        offset,
        0,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        key.getBytes(UTF_8),
        value.getBytes(UTF_8),
        all,
        Optional.empty());
  }

  private static ConsumerRecord<byte[], byte[]> command(long offset, String json) {
    return record(offset, "j", CommandCodec.headers(), json);
  }

  private static ConsumerRecord<byte[], byte[]> event(long offset) {
    return record(offset, "j", List.of(new Header(EventCodec.HEADER, new byte[] {'1'})), "{}");
  }

  /** Arrive together, as soon as they are polled for. */
  @SafeVarargs
  private void arrive(ConsumerRecord<byte[], byte[]>... records) {
    consumer.schedulePollTask(() -> List.of(records).forEach(consumer::addRecord));
  }

  private void throwing(KafkaException failure) {
    consumer.schedulePollTask(() -> consumer.setPollException(failure));
  }

  @Test
  void the_place_moves_on_with_what_is_passed_over() {
    arrive(event(40), record(41, "other", CommandCodec.headers(), "{\"command\":\"pause\"}"));
    start(40);
    subscriber.request(5);
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).isNotEmpty());
    assertThat(reads).containsExactly(new ControlRead(List.of(), 42));
    arrive(event(50), command(51, "{\"command\":\"pause\"}"), event(52));
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).hasSize(2));
    assertThat(reads.get(1).next()).isEqualTo(53);
    assertThat(reads.get(1).records()).extracting(ControlRecord::offset).containsExactly(51L);
    assertThat(notes).isEmpty();
  }

  @Test
  void nothing_is_handed_on_without_demand_and_where_nothing_came() {
    arrive(event(40));
    start(40);
    await().atMost(LONG).until(() -> consumer.paused().contains(LANE));
    assertThat(reads).isEmpty();
    subscriber.request(2);
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).hasSize(1));
    await().during(Duration.ofMillis(300)).atMost(LONG).until(() -> reads.size() == 1);
  }

  @Test
  void a_damaged_record_is_named_answered_and_stepped_over() {
    arrive(command(40, "{\"command\":\"pause\"}"));
    for (int fetch = 0; fetch < DamagedRecords.FETCHES; fetch++) {
      throwing(
          new KafkaException(
              "Received exception when fetching the next record from "
                  + LANE
                  + ". If needed, please seek past the record to continue consumption.",
              new CorruptRecordException("Record for partition " + LANE + " is invalid")));
    }
    arrive(command(42, "{\"command\":\"resume\"}"));
    atOnce = 5;
    start(40);
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).hasSize(3));
    assertThat(failures).isEmpty();
    assertThat(reads.get(1).next()).isEqualTo(42);
    assertThat(reads.get(1).records())
        .singleElement()
        .satisfies(
            damaged -> {
              assertThat(damaged.offset()).isEqualTo(41);
              assertThat(damaged.instruction()).isNull();
              assertThat(damaged.refusal())
                  .contains("j.control-0@41")
                  .contains("damaged in the log (checksum)")
                  .contains("send it again");
            });
    assertThat(notes)
        .singleElement()
        .satisfies(note -> assertThat(note).startsWith("commands-lost: j.control-0@41: "));
    assertThat(reads.get(2).records()).extracting(ControlRecord::offset).containsExactly(42L);
  }

  @Test
  void a_failed_fetch_that_is_no_damage_ends_the_reading() {
    throwing(new KafkaException("something else"));
    start(40);
    subscriber.request(1);
    await().atMost(LONG).untilAsserted(() -> assertThat(failures).hasSize(1));
    assertThat(failures.get(0)).hasMessageContaining("something else");
  }

  @Test
  void where_the_log_begins_later_it_is_said_that_nobody_knows_and_the_place_is_kept() {
    consumer.updateBeginningOffsets(Map.of(LANE, 60L));
    throwing(new OffsetOutOfRangeException(Map.of(LANE, 40L)));
    start(40);
    subscriber.request(5);
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).hasSize(1));
    assertThat(reads.get(0)).isEqualTo(new ControlRead(List.of(), 60));
    assertThat(notes)
        .singleElement()
        .satisfies(
            note ->
                assertThat(note)
                    .contains("j.control-0@40")
                    .contains("20 records were removed before they were read")
                    .contains("whether commands were among them cannot be known"));
  }

  @Test
  void a_log_that_ends_before_the_place_is_looked_at_for_another_topic_first() {
    consumer.updateEndOffsets(Map.of(LANE, 3L));
    sameTopic =
        () -> {
          throw new KafkaFailure(KafkaFailure.Category.RESTARTABLE, "made anew");
        };
    throwing(new OffsetOutOfRangeException(Map.of(LANE, 40L)));
    start(40);
    subscriber.request(5);
    await().atMost(LONG).untilAsserted(() -> assertThat(failures).hasSize(1));
    assertThat(failures.get(0)).hasMessage("made anew");
    assertThat(notes).isEmpty();
  }

  @Test
  void an_alarm_ends_the_reading() {
    start(40);
    subscriber.request(1);
    KafkaFailure heard = new KafkaFailure(KafkaFailure.Category.RESTARTABLE, "made anew");
    alarm.set(heard);
    await().atMost(LONG).untilAsserted(() -> assertThat(failures).containsExactly(heard));
  }

  @Test
  void equal_rollbacks_of_one_read_are_looked_up_once() {
    arrive(
        command(40, "{\"command\":\"rollback\",\"version\":7}"),
        command(41, "{\"command\":\"rollback\",\"version\":\"best\"}"),
        command(42, "{\"command\":\"rollback\",\"version\":7}"),
        command(43, "{\"command\":\"rollback\",\"version\":\"best\"}"));
    start(40);
    subscriber.request(5);
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).hasSize(1));
    assertThat(reads.get(0).records()).hasSize(4).allMatch(r -> !r.refusal().isEmpty());
    assertThat(looked).hasSize(2);
  }

  @Test
  void a_rollback_that_cannot_be_looked_up_is_turned_away_with_what_to_do() {
    lookup =
        new Lookup() {
          @Override
          public SnapshotRegistry.@Nullable Found find(long version) {
            throw new KafkaFailure(KafkaFailure.Category.UNREACHABLE, "no broker answered in time");
          }
        };
    arrive(
        command(40, "{\"command\":\"rollback\",\"version\":7}"),
        command(41, "{\"command\":\"pause\"}"));
    start(40);
    subscriber.request(5);
    await().atMost(LONG).untilAsserted(() -> assertThat(reads).hasSize(1));
    assertThat(reads.get(0).records().get(0).refusal())
        .isEqualTo(
            "version 7 could not be looked up in the snapshot topic: no broker answered in time;"
                + " nothing was changed, send the command again when the topic can be read. A version"
                + " far back is found at once where it is pinned: thalweg snapshot pin, then rollback"
                + " pinned");
    assertThat(reads.get(0).records().get(1).instruction()).isEqualTo(new Instruction.Pause());
  }

  @Test
  void a_stop_ends_a_lookup_and_the_command_is_left_for_the_next_life() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    lookup =
        new Lookup() {
          @Override
          public SnapshotRegistry.@Nullable Found find(long version) {
            looking.countDown();
            await().atMost(LONG).until(stopped::getAsBoolean);
            throw new CancellationException("nobody waits");
          }
        };
    arrive(command(40, "{\"command\":\"rollback\",\"version\":7}"));
    start(40);
    subscriber.request(5);
    looking.await();
    subscriber.cancel();
    end();
    assertThat(reads).isEmpty();
    assertThat(failures).isEmpty();
    loop = null;
  }
}
