package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.kafka.ControlClient.Ask;
import io.thalweg.pipeline.Controls;
import io.thalweg.stream.Header;
import io.thalweg.wire.CommandCodec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * One thread with one producer and one consumer that writes commands and hears their answers, from
 * its start to its end, after which it takes nothing more. It shares nothing with the one after it,
 * so that what is slow to close disturbs nobody.
 */
final class ControlSession {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** Answers that are kept for a command whose offset is not known yet. */
  private static final int MOST_EARLY = 1_000;

  private final Clients clients;
  private final Duration idle;
  private final Thread thread;

  /** Guards all that follows, and where every command is. */
  private final Object lock = new Object();

  private final Deque<Ask> outgoing = new ArrayDeque<>();
  private final Set<Ask> sent = new HashSet<>();
  private final Map<Long, Ask> waiting = new HashMap<>();
  private final Map<Long, Controls.Outcome> early =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Controls.Outcome> eldest) {
          return size() > MOST_EARLY;
        }
      };
  private @Nullable Consumer<byte[], byte[]> listening;

  /** Whether it is to end as soon as there is nothing to do. */
  private boolean ending;

  private boolean ended;

  /** What a session works with. */
  interface Clients {
    TopicPartition lane();

    String job();

    /** Throws when the topic is not there. */
    void check();

    Consumer<byte[], byte[]> consumer();

    Producer<byte[], byte[]> producer();
  }

  /**
   * Those that talk to brokers.
   *
   * @param kafka settings
   * @param topic the control topic
   * @param job whose
   */
  record KafkaClients(KafkaSettings kafka, String topic, String job) implements Clients {
    @Override
    public TopicPartition lane() {
      return new TopicPartition(topic, 0);
    }

    @Override
    public void check() {
      Topics.require(kafka, topic, MissingRight.read(topic));
    }

    @Override
    public Consumer<byte[], byte[]> consumer() {
      Map<String, Object> reading = kafka.consumer(job + "-answers");
      reading.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
      reading.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
      return new KafkaConsumer<>(reading);
    }

    @Override
    public Producer<byte[], byte[]> producer() {
      Map<String, Object> writing = kafka.producer(job + "-commands");
      writing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      return new KafkaProducer<>(writing);
    }
  }

  /**
   * A session; {@link #start} begins it.
   *
   * @param clients what it works with
   * @param idle how long it waits for another command
   */
  ControlSession(Clients clients, Duration idle) {
    this.clients = clients;
    this.idle = idle;
    this.thread = new Thread(this::run, "thalweg-ask-" + clients.lane().topic());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes a command; false when the session is over, and then nothing is done. */
  boolean offer(Ask ask) {
    synchronized (lock) {
      if (ended) {
        return false;
      }
      outgoing.add(ask);
      if (listening != null) {
        listening.wakeup();
      }
      return true;
    }
  }

  /** Forgets a command whose time is over, and says where it was. */
  Ask.Place giveUp(Ask ask) {
    synchronized (lock) {
      ask.givenUp = true;
      if (outgoing.remove(ask)) {
        return Ask.Place.WAITS;
      }
      waiting.values().remove(ask);
      return ask.place;
    }
  }

  private void run() {
    TopicPartition lane = clients.lane();
    try {
      clients.check();
      Consumer<byte[], byte[]> consumer = clients.consumer();
      try (Producer<byte[], byte[]> producer = clients.producer()) {
        consumer.assign(List.of(lane));
        consumer.seekToEnd(List.of(lane));
        consumer.position(lane); // an answer comes after its command: nothing may be missed
        try {
          converse(producer, consumer);
        } finally {
          over(); // closing may take its time: the next command begins another session
        }
        producer.close(CLOSE);
      } finally {
        synchronized (lock) {
          listening = null;
        }
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    } catch (Throwable failure) { // whatever it is, whoever waits must hear of it
      fail(Failures.of(failure, "asking on " + lane.topic(), MissingRight.read(lane.topic())));
    }
  }

  private void over() {
    synchronized (lock) {
      ended = true;
    }
  }

  private void converse(Producer<byte[], byte[]> producer, Consumer<byte[], byte[]> consumer) {
    DamagedRecords damaged = new DamagedRecords();
    synchronized (lock) {
      listening = consumer;
    }
    long idleSince = System.nanoTime();
    while (true) {
      Ask next;
      synchronized (lock) {
        next = outgoing.poll();
        if (next != null) {
          next.place = Ask.Place.SENT;
          sent.add(next);
        }
        boolean nothing = next == null && waiting.isEmpty() && sent.isEmpty();
        idleSince = nothing ? idleSince : System.nanoTime();
        if (nothing && (ending || System.nanoTime() - idleSince > idle.toNanos())) {
          ended = true;
          return;
        }
      }
      if (next != null) {
        write(producer, next);
        continue;
      }
      try {
        consumer.poll(POLL).forEach(this::hear);
        damaged.forget();
      } catch (WakeupException somethingToSend) {
        // it is the next thing done
      } catch (KafkaException e) {
        if (damaged.believed(consumer.assignment(), e) != null) { // no answer is to be had of it
          consumer.seek(clients.lane(), consumer.position(clients.lane()) + 1);
        }
      }
    }
  }

  private void write(Producer<byte[], byte[]> producer, Ask ask) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(clients.lane().topic(), 0, clients.job().getBytes(UTF_8), ask.value);
    for (Header header : CommandCodec.headers()) {
      record.headers().add(header.key(), header.value());
    }
    var unused =
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure == null) {
                written(ask, metadata.offset());
              } else {
                synchronized (lock) {
                  sent.remove(ask);
                }
                String topic = clients.lane().topic();
                ask.fail(
                    Failures.of(
                        failure, "writing a command to " + topic, MissingRight.write(topic)));
              }
            });
  }

  private void written(Ask ask, long offset) {
    Controls.Outcome outcome;
    synchronized (lock) {
      sent.remove(ask);
      ask.place = Ask.Place.WRITTEN;
      ask.offset = offset;
      outcome = early.remove(offset);
      if (outcome == null && ask.answered && !ask.givenUp) {
        waiting.put(offset, ask);
      }
    }
    ask.written.complete(offset);
    if (outcome != null) {
      ask.answer.complete(outcome);
    }
  }

  private void hear(ConsumerRecord<byte[], byte[]> record) {
    Controls.Outcome outcome = ControlClient.outcome(record, clients.job());
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

  private void fail(RuntimeException why) {
    List<Ask> all = new ArrayList<>();
    synchronized (lock) {
      ended = true;
      all.addAll(outgoing);
      all.addAll(sent);
      all.addAll(waiting.values());
      outgoing.clear();
      sent.clear();
      waiting.clear();
      early.clear();
    }
    all.forEach(ask -> ask.fail(why));
  }

  /** Takes no more; waits so long at the most for what is under way. */
  void end(Duration within) {
    synchronized (lock) {
      ending = true;
      if (listening != null) {
        listening.wakeup();
      }
    }
    if (thread != Thread.currentThread()) {
      try {
        thread.join(within.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
