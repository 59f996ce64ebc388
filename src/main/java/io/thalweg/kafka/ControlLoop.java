package io.thalweg.kafka;

import io.thalweg.pipeline.ControlRead;
import io.thalweg.pipeline.ControlRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;

/**
 * Reads the control topic from the offset that the checkpoint says. Without demand it is paused, so
 * nothing piles up; what a rollback goes back to is looked up here, where blocking holds nobody up.
 * Whatever cannot be read is told and stepped over: a job goes on though its commands are lost.
 */
final class ControlLoop extends ConsumerThread<ControlRead> {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

  /** How long a poll waits, and so a cancellation at the most. */
  private static final Duration POLL = Duration.ofMillis(100);

  /** Records of one item. */
  private static final int MOST_RECORDS = 100;

  /** Characters of one item's commands: all of them go into the ledger of one snapshot. */
  private static final int MOST_TEXT = 128 << 10;

  /** Bytes of the points that one item's rollbacks go back to. */
  private static final long MOST_POINTS = 16 << 20;

  private final KafkaSettings kafka;
  private final TopicPartition lane;
  private final ControlDecoder decoder;
  private final BiConsumer<String, String> notes;
  private final AtomicReference<@Nullable KafkaFailure> alarm;
  private final Runnable sameTopic;
  private final DamagedRecords damaged = new DamagedRecords();

  /** Offset of the record to read next. */
  private long next;

  /** The same as it was handed on last. */
  private long told;

  /**
   * A subscription; {@link #start} begins it.
   *
   * @param clients makes the consumer
   * @param lane the control topic's only partition
   * @param from offset of the first record
   * @param decoder what records ask for
   * @param notes hears of commands that are lost, a kind and a text
   * @param alarm a failure found elsewhere that must end this subscription
   * @param sameTopic throws when the topic is another one of the same name
   */
  ControlLoop(
      KafkaSettings kafka,
      Function<Map<String, Object>, Consumer<byte[], byte[]>> clients,
      TopicPartition lane,
      long from,
      ControlDecoder decoder,
      BiConsumer<String, String> notes,
      AtomicReference<@Nullable KafkaFailure> alarm,
      Runnable sameTopic,
      CoreSubscriber<? super ControlRead> subscriber) {
    super(kafka, clients, "thalweg-control", lane.toString(), subscriber);
    this.kafka = kafka;
    this.lane = lane;
    this.decoder = decoder;
    this.notes = notes;
    this.alarm = alarm;
    this.sameTopic = sameTopic;
    this.next = from;
    this.told = from;
  }

  /** Commands are few and waited for: nothing is gathered. */
  @Override
  Map<String, Object> settings() {
    Map<String, Object> settings = kafka.consumer("thalweg-control-" + lane.topic());
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
    return settings;
  }

  @Override
  void read(Consumer<byte[], byte[]> consumer) {
    consumer.assign(List.of(lane));
    consumer.seek(lane, next);
    boolean paused = false;
    while (!isCancelled()) {
      KafkaFailure heard = alarm.get();
      if (heard != null) {
        throw heard;
      }
      if (!isRequested()) {
        if (!paused) {
          consumer.pause(List.of(lane));
          paused = true;
        }
        consumer.poll(Duration.ZERO);
        park(TEND_EVERY_NANOS);
        continue;
      }
      if (paused) {
        consumer.resume(List.of(lane));
        paused = false;
      }
      List<ControlRecord> together = poll(consumer);
      if (next != told && !isCancelled()) {
        told = next;
        handOver(new ControlRead(together, next));
      }
    }
  }

  /** What a poll brought, of bounded size; {@link #next} moves on to what is behind it. */
  private List<ControlRecord> poll(Consumer<byte[], byte[]> consumer) {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      damaged.forget();
      return taken(consumer, records);
    } catch (OffsetOutOfRangeException e) {
      lost(consumer, e.offsetOutOfRangePartitions().getOrDefault(lane, 0L));
      return List.of();
    } catch (KafkaException e) {
      if (damaged.believed(Set.of(lane), e) == null) {
        park(TEND_EVERY_NANOS);
        return List.of();
      }
      return List.of(steppedOver(consumer));
    }
  }

  private List<ControlRecord> taken(
      Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
    List<ControlRecord> together = new ArrayList<>();
    int text = 0;
    long points = 0;
    try (ControlDecoder.Session session = decoder.open(this::isCancelled)) {
      for (ConsumerRecord<byte[], byte[]> record : records) {
        if (text >= MOST_TEXT || points >= MOST_POINTS) {
          consumer.seek(lane, next); // the rest goes into the next item
          return together;
        }
        ControlRecord asked = session.decode(record);
        if (asked != null) {
          together.add(asked);
          text += asked.text().length();
          points += asked.bytes();
        }
        next = record.offset() + 1;
      }
    } catch (CancellationException nobodyWaits) {
      return List.of();
    }
    OffsetAndMetadata behind = records.nextOffsets().get(lane);
    if (behind != null) {
      next = Math.max(next, behind.offset()); // markers of transactions ask for nothing
    }
    return together;
  }

  /** A damaged record is answered like one that is no command: it is named, counted and passed. */
  private ControlRecord steppedOver(Consumer<byte[], byte[]> consumer) {
    long at = next;
    String what =
        lane
            + "@"
            + at
            + ": "
            + DamagedRecords.REASON
            + " and is stepped over; if it was a command, send it again";
    LOG.warn("{}", what);
    notes.accept("commands-lost", what);
    next = at + 1;
    consumer.seek(lane, next);
    return ControlRecord.refused(at, what);
  }

  /** Commands that nobody will read any more are no reason to stop; that they are lost is said. */
  private void lost(Consumer<byte[], byte[]> consumer, long wanted) {
    long first = consumer.beginningOffsets(Set.of(lane)).getOrDefault(lane, 0L);
    long end = consumer.endOffsets(Set.of(lane)).getOrDefault(lane, 0L);
    if (wanted > end) {
      sameTopic.run();
    }
    String what =
        "commands at "
            + lane
            + "@"
            + wanted
            + ": "
            + LaneLosses.outOfRange(wanted, first, end)
            + "; whether commands were among them cannot be known: look whether the job is as it"
            + " should be, and send again what is missing";
    LOG.warn("{}", what);
    notes.accept("commands-lost", what);
    // behind the end of a log that was cut short everything left was obeyed already
    next = wanted < first ? first : end;
    consumer.seek(lane, next);
  }
}
