package io.thalweg.load.openloop;

import io.thalweg.load.workload.Phase;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends samples when they are due, whatever became of those before: the schedule is fixed, and a
 * record that is sent late is late from the time it was due. The samples of one record are due
 * together.
 */
final class Generator implements AutoCloseable {
  /**
   * The shortest sleep: waking up for every record would take the CPU that the others need. A
   * record is late by at most so much, and its latency says so.
   */
  private static final long TICK_NANOS = 200_000;

  private final MicroClock clock;
  private final SentLog log;
  private final byte[][] values;
  private final int perRecord;
  private final String train;
  private final String validation;
  private final KafkaProducer<byte[], byte[]> producer;
  private long sent;

  Generator(
      MicroClock clock,
      SentLog log,
      byte[][] values,
      int perRecord,
      String bootstrap,
      String train,
      String validation) {
    this.clock = clock;
    this.log = log;
    this.values = values;
    this.perRecord = perRecord;
    this.train = train;
    this.validation = validation;
    this.producer =
        new KafkaProducer<>(
            // one request in flight: on a topic made a moment ago several of them can be taken in
            // another order and then never
            Map.of(
                "bootstrap.servers", bootstrap,
                "linger.ms", "0",
                "batch.size", "131072",
                "acks", "all",
                "max.in.flight.requests.per.connection", "1"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.partitionsFor(train);
    producer.partitionsFor(validation);
  }

  /**
   * Sends what the schedule of a phase has, the first record at its start.
   *
   * @param start of the phase, by {@link System#nanoTime}
   */
  void onSchedule(Phase phase, long start) {
    double gap = perRecord * 1e9 / phase.rate();
    long records = (long) (phase.seconds() * 1e9 / gap);
    for (long i = 0; i < records; i++) {
      long due = start + (long) (i * gap);
      long wait = due - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(Math.max(wait, TICK_NANOS));
      }
      send(topic(phase.levels()), clock.at(due));
    }
  }

  /** Sends records as fast as the broker takes them, at most as long as the phase. */
  void asFastAsPossible(Phase phase) {
    long records = phase.samples() / perRecord;
    long end = System.nanoTime() + (long) (1e9 * phase.seconds());
    for (long i = 0; i < records && System.nanoTime() < end; i++) {
      send(topic(phase.levels()), clock.now());
    }
    producer.flush();
  }

  private String topic(Phase.Levels levels) {
    return switch (levels) {
      case BOTH -> sent % 2 == 0 ? train : validation;
      case TRAIN -> train;
      case VALIDATION -> validation;
    };
  }

  /**
   * Sends records that do not count, partners for samples of the other level that wait for some.
   */
  void sendPartners(String topic, long records) {
    for (long i = 0; i < records; i++) {
      Future<RecordMetadata> unused =
          producer.send(new ProducerRecord<>(topic, values[(int) (i % values.length)]));
    }
    producer.flush();
  }

  private void send(String topic, long due) {
    byte[] value = values[(int) (sent % values.length)];
    sent++;
    Future<RecordMetadata> unused = // the callback hears of it
        producer.send(
            new ProducerRecord<>(topic, value),
            (meta, failure) -> {
              if (failure == null) {
                log.acknowledged(
                    new TopicPartition(meta.topic(), meta.partition()),
                    meta.offset(),
                    due,
                    clock.now());
              } else {
                log.failed();
              }
            });
  }

  /** Waits for the last acknowledgement. */
  void flush() {
    producer.flush();
  }

  String train() {
    return train;
  }

  String validation() {
    return validation;
  }

  @Override
  public void close() {
    producer.close();
  }
}
