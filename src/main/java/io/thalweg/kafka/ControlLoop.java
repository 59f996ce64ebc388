package io.thalweg.kafka;

import io.thalweg.pipeline.ControlRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * Reads the control topic on its own thread: one consumer, assigned, from the offset that the
 * checkpoint says. Without demand it is paused, so nothing piles up; what a rollback goes back to
 * is looked up here, where blocking holds nobody up.
 */
final class ControlLoop implements Subscription, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

  /** How long a poll waits, and so a cancellation at the most. */
  private static final Duration POLL = Duration.ofMillis(100);

  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** How often a consumer that is paused is polled for nothing, to keep its connections. */
  private static final long TEND_EVERY_NANOS = 250_000_000;

  /** Records of one item. */
  private static final int MOST_RECORDS = 100;

  /** Characters of one item's commands: all of them go into the ledger of one snapshot. */
  private static final int MOST_TEXT = 128 << 10;

  private final KafkaSettings kafka;
  private final TopicPartition lane;
  private final long from;
  private final ControlDecoder decoder;
  private final BiConsumer<String, String> notes;
  private final CoreSubscriber<? super List<ControlRecord>> subscriber;
  private final Thread thread;
  private final AtomicLong requested = new AtomicLong();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile boolean cancelled;

  /**
   * A subscription; {@link #start} begins it.
   *
   * @param topic the control topic
   * @param from offset of the first record
   * @param decoder what records ask for
   * @param notes hears of commands that are lost, a kind and a text
   */
  ControlLoop(
      KafkaSettings kafka,
      String topic,
      long from,
      ControlDecoder decoder,
      BiConsumer<String, String> notes,
      CoreSubscriber<? super List<ControlRecord>> subscriber) {
    this.kafka = kafka;
    this.lane = new TopicPartition(topic, 0);
    this.from = from;
    this.decoder = decoder;
    this.notes = notes;
    this.subscriber = subscriber;
    this.thread = new Thread(this, "thalweg-control");
    this.thread.setDaemon(true);
  }

  void start() {
    subscriber.onSubscribe(this);
    thread.start();
  }

  /** Completes when the consumer is closed and the thread about to end. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  @Override
  public void request(long n) {
    if (Operators.validate(n)) {
      requested.updateAndGet(before -> Operators.addCap(before, n));
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    Throwable failure = null;
    try {
      Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings());
      try {
        consumer.assign(List.of(lane));
        consumer.seek(lane, from);
        read(consumer);
      } finally {
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    } catch (Throwable t) { // whatever it is, the subscriber must hear of it
      failure = t;
    } finally {
      closed.complete(null);
    }
    if (failure != null) {
      fail(failure);
    }
  }

  private void fail(Throwable failure) {
    Throwable said =
        failure instanceof Exception ? Failures.of(failure, "reading " + lane) : failure;
    if (cancelled) {
      Operators.onErrorDropped(said, subscriber.currentContext());
    } else {
      cancelled = true;
      subscriber.onError(said);
    }
  }

  /** Commands are few and waited for: nothing is gathered. */
  private Map<String, Object> settings() {
    Map<String, Object> settings = kafka.consumer("thalweg-control-" + lane.topic());
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
    return settings;
  }

  private void read(Consumer<byte[], byte[]> consumer) {
    boolean paused = false;
    while (!cancelled) {
      if (requested.get() == 0) {
        if (!paused) {
          consumer.pause(List.of(lane));
          paused = true;
        }
        consumer.poll(Duration.ZERO);
        LockSupport.parkNanos(this, TEND_EVERY_NANOS);
        continue;
      }
      if (paused) {
        consumer.resume(List.of(lane));
        paused = false;
      }
      poll(consumer);
    }
  }

  private void poll(Consumer<byte[], byte[]> consumer) {
    List<ControlRecord> together = new ArrayList<>();
    int text = 0;
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        if (text >= MOST_TEXT) {
          consumer.seek(lane, record.offset()); // the rest goes into the next item
          break;
        }
        ControlRecord asked = decoder.decode(record);
        if (asked != null) {
          together.add(asked);
          text += asked.text().length();
        }
      }
    } catch (OffsetOutOfRangeException e) {
      lost(consumer, e.offsetOutOfRangePartitions().getOrDefault(lane, 0L));
    }
    if (!together.isEmpty() && !cancelled) {
      requested.decrementAndGet();
      subscriber.onNext(together);
    }
  }

  /** Commands that nobody will read any more are no reason to stop; that they are lost is said. */
  private void lost(Consumer<byte[], byte[]> consumer, long wanted) {
    long first = consumer.beginningOffsets(Set.of(lane)).getOrDefault(lane, 0L);
    long end = consumer.endOffsets(Set.of(lane)).getOrDefault(lane, 0L);
    String what =
        "commands at " + lane + "@" + wanted + ": " + PollLoop.outOfRangeReason(wanted, first, end);
    LOG.warn("{}", what);
    notes.accept("commands-lost", what);
    // behind the end of a log that was cut short everything left was obeyed already
    consumer.seek(lane, wanted < first ? first : end);
  }
}
