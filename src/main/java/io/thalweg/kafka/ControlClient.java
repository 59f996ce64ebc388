package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.pipeline.Controls;
import io.thalweg.stream.Event;
import io.thalweg.stream.Header;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import io.thalweg.wire.EventCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands to the control topic of a job and reads the answers, which are events that name
 * the offset of their command. May be used by any thread, and blocks none: the clients are opened
 * on a thread of its own with the first command, closed when there was none for a minute, and
 * opened again with the next, whatever became of them.
 */
public final class ControlClient implements Controls, AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final long IDLE_NANOS = 60_000_000_000L;

  /** Answers that are kept for a command whose offset is not known yet. */
  private static final int MOST_EARLY = 1_000;

  private final KafkaSettings kafka;
  private final TopicPartition lane;
  private final String job;
  private final Duration limit;

  private final Object lock = new Object();
  private final Deque<Ask> outgoing = new ArrayDeque<>();
  private final Map<Long, Ask> waiting = new HashMap<>();
  private final List<Ask> sending = new ArrayList<>();
  private final Map<Long, Outcome> early =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Outcome> eldest) {
          return size() > MOST_EARLY;
        }
      };
  private @Nullable Thread thread;
  private @Nullable KafkaConsumer<byte[], byte[]> listening;
  private boolean closed;

  /** A command on its way. */
  private static final class Ask {
    private final byte[] value;
    private final long deadline;

    /** Whether somebody waits for what comes of it. */
    private final boolean answered;

    private final CompletableFuture<Long> written = new CompletableFuture<>();
    private final CompletableFuture<Outcome> answer = new CompletableFuture<>();

    Ask(byte[] value, long deadline, boolean answered) {
      this.value = value;
      this.deadline = deadline;
      this.answered = answered;
    }

    void fail(Throwable why) {
      written.completeExceptionally(why);
      answer.completeExceptionally(why);
    }
  }

  /**
   * A client; nothing is opened yet.
   *
   * @param kafka settings
   * @param topic the control topic
   * @param job whose
   * @param limit how long an answer is waited for
   */
  public ControlClient(KafkaSettings kafka, String topic, String job, Duration limit) {
    this.kafka = kafka;
    this.lane = new TopicPartition(topic, 0);
    this.job = job;
    this.limit = limit;
  }

  @Override
  public CompletionStage<Outcome> send(String json) {
    return ask(json, true).answer;
  }

  /**
   * Writes a command to the control topic and does not wait for an answer.
   *
   * @param json value of the record, as for {@link #send}
   * @return the offset of the record; fails as {@link #send} does
   */
  public CompletionStage<Long> write(String json) {
    return ask(json, false).written;
  }

  /**
   * A command on its way.
   *
   * @param offset of its record, once it is written
   * @param answer what came of it, as for {@link #send}
   */
  public record Asked(CompletionStage<Long> offset, CompletionStage<Outcome> answer) {}

  /**
   * Writes a command to the control topic and tells both when it is written and when it is
   * answered.
   *
   * @param json value of the record, as for {@link #send}
   * @return both; each fails as {@link #send} does
   */
  public Asked follow(String json) {
    Ask ask = ask(json, true);
    return new Asked(ask.written, ask.answer);
  }

  private Ask ask(String json, boolean answered) {
    byte[] value = new byte[0];
    IllegalArgumentException wrong = null;
    try {
      value = CommandCodec.decode(json).text().getBytes(UTF_8);
    } catch (CommandFormatException e) {
      wrong = new IllegalArgumentException(e.getMessage(), e);
    }
    Ask ask = new Ask(value, System.nanoTime() + limit.toNanos(), answered);
    if (wrong != null) {
      ask.fail(wrong);
      return ask;
    }
    synchronized (lock) {
      if (closed) {
        ask.fail(new IllegalStateException("the client of " + lane.topic() + " is closed"));
        return ask;
      }
      outgoing.add(ask);
      if (thread == null) {
        Thread started = new Thread(this::run, "thalweg-ask-" + lane.topic());
        started.setDaemon(true);
        thread = started;
        started.start();
      } else if (listening != null) {
        listening.wakeup();
      }
    }
    return ask;
  }

  private void run() {
    try {
      Topics.require(kafka, List.of(lane.topic()));
      Map<String, Object> reading = kafka.consumer(job + "-answers");
      reading.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
      reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
      Map<String, Object> writing = kafka.producer(job + "-commands");
      writing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(reading);
      try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(writing)) {
        consumer.assign(List.of(lane));
        consumer.seekToEnd(List.of(lane));
        consumer.position(lane); // an answer comes after its command: nothing may be missed
        converse(producer, consumer);
        producer.close(CLOSE);
      } finally {
        synchronized (lock) {
          listening = null;
        }
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    } catch (Throwable failure) { // whatever it is, whoever waits must hear of it
      end(Failures.of(failure, "asking on " + lane.topic()));
    }
  }

  private void converse(Producer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer) {
    synchronized (lock) {
      listening = consumer;
    }
    long idleSince = System.nanoTime();
    while (true) {
      Ask next;
      synchronized (lock) {
        next = outgoing.poll();
        boolean idle = next == null && waiting.isEmpty() && sending.isEmpty();
        idleSince = idle ? idleSince : System.nanoTime();
        if (idle && (closed || System.nanoTime() - idleSince > IDLE_NANOS)) {
          thread = null;
          listening = null;
          early.clear();
          return;
        }
      }
      if (next != null) {
        write(producer, next);
        continue;
      }
      try {
        consumer.poll(POLL).forEach(this::hear);
      } catch (WakeupException somethingToSend) {
        continue;
      }
      expire();
    }
  }

  private void write(Producer<byte[], byte[]> producer, Ask ask) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(lane.topic(), 0, job.getBytes(UTF_8), ask.value);
    for (Header header : CommandCodec.headers()) {
      record.headers().add(header.key(), header.value());
    }
    synchronized (lock) {
      sending.add(ask);
    }
    var unused =
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure == null) {
                written(ask, metadata.offset());
              } else {
                synchronized (lock) {
                  sending.remove(ask);
                }
                ask.fail(Failures.of(failure, "writing a command to " + lane.topic()));
              }
            });
  }

  private void written(Ask ask, long offset) {
    Outcome outcome;
    synchronized (lock) {
      sending.remove(ask);
      outcome = early.remove(offset);
      if (outcome == null && ask.answered) {
        waiting.put(offset, ask);
      }
    }
    ask.written.complete(offset);
    if (outcome != null) {
      ask.answer.complete(outcome);
    }
  }

  private void hear(ConsumerRecord<byte[], byte[]> record) {
    Outcome outcome = outcome(record, job);
    if (outcome == null) {
      return;
    }
    Ask ask;
    synchronized (lock) {
      ask = waiting.remove(outcome.offset());
      if (ask == null) {
        early.put(outcome.offset(), outcome);
      }
    }
    if (ask != null) {
      ask.answer.complete(outcome);
    }
  }

  /** The answer to a command, null for any other record. */
  static @Nullable Outcome outcome(ConsumerRecord<byte[], byte[]> record, String job) {
    if (record.headers().lastHeader(EventCodec.HEADER) == null || record.value() == null) {
      return null;
    }
    EventCodec.Decoded read;
    try {
      read = EventCodec.decode(record.value());
    } catch (SnapshotFormatException e) {
      return null; // somebody else's
    }
    Event event = read.event();
    Double offset = event.figures().get(Event.COMMAND_OFFSET);
    if (offset == null || !read.job().equals(job) || !EventCodec.isAnswer(event)) {
      return null;
    }
    return new Outcome(
        EventCodec.isApplied(event),
        event.reason(),
        offset.longValue(),
        event.step(),
        read.version());
  }

  private void expire() {
    long now = System.nanoTime();
    List<Ask> late = new ArrayList<>();
    List<String> places = new ArrayList<>();
    synchronized (lock) {
      waiting
          .entrySet()
          .removeIf(
              entry -> {
                boolean over = now - entry.getValue().deadline > 0;
                if (over) {
                  late.add(entry.getValue());
                  places.add(lane + "@" + entry.getKey());
                }
                return over;
              });
    }
    for (int i = 0; i < late.size(); i++) {
      late.get(i)
          .answer
          .completeExceptionally(
              new TimeoutException(
                  "no answer to the command at "
                      + places.get(i)
                      + " within "
                      + limit.toSeconds()
                      + " s: no instance leads job "
                      + job
                      + ", or it is slow; the command takes effect when a leader reads it"));
    }
  }

  private void end(RuntimeException why) {
    List<Ask> all = new ArrayList<>();
    synchronized (lock) {
      all.addAll(outgoing);
      all.addAll(sending);
      all.addAll(waiting.values());
      outgoing.clear();
      sending.clear();
      waiting.clear();
      early.clear();
      listening = null;
      thread = null;
    }
    all.forEach(ask -> ask.fail(why));
  }

  /** Takes no more, and leaves what is not written or answered within seconds. */
  @Override
  public void close() {
    Thread running;
    synchronized (lock) {
      closed = true;
      running = thread;
      if (listening != null) {
        listening.wakeup();
      }
    }
    if (running != null && running != Thread.currentThread()) {
      try {
        running.join(CLOSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
