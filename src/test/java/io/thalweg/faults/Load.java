package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.broker.TestBroker;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes samples of a small game to both topics of a job at a steady rate, some of them broken,
 * until stopped.
 */
final class Load implements AutoCloseable {
  /** One record in so many cannot be used. */
  static final int BROKEN_EVERY = 97;

  private static final int DX = 3;
  private static final int DY = 4;

  private final TestBroker broker;
  private final String job;
  private final int pairsPerSecond;
  private final Random random;
  private final Thread thread = new Thread(this::run, "load");
  private volatile boolean stopping;
  private volatile RuntimeException failure;

  private Load(TestBroker broker, String job, int pairsPerSecond, long seed) {
    this.broker = broker;
    this.job = job;
    this.pairsPerSecond = pairsPerSecond;
    this.random = new Random(seed);
  }

  static Load start(TestBroker broker, String job, int pairsPerSecond, long seed) {
    Load load = new Load(broker, job, pairsPerSecond, seed);
    load.thread.start();
    return load;
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    thread.join();
    if (failure != null) {
      throw failure;
    }
  }

  private void run() {
    try (KafkaProducer<byte[], byte[]> producer =
        broker.producer(Map.of("linger.ms", 5, "delivery.timeout.ms", 120_000))) {
      long start = System.nanoTime();
      for (long i = 0; !stopping; i++) {
        long due = start + i * 1_000_000_000L / pairsPerSecond;
        long early = due - System.nanoTime();
        if (early > 1_000_000) {
          LockSupport.parkNanos(early);
        }
        producer.send(record(job + ".train", i, lower()));
        producer.send(record(job + ".validation", i, upper()));
      }
      producer.flush();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private ProducerRecord<byte[], byte[]> record(String topic, long i, String json) {
    String value = i % BROKEN_EVERY == BROKEN_EVERY - 1 ? json.substring(0, 20) : json;
    return new ProducerRecord<>(topic, value.getBytes(UTF_8));
  }

  private String lower() {
    return "{\"q\":"
        + vector(DY)
        + ",\"a\":"
        + vector(DX)
        + ",\"b\":"
        + vector(DY)
        + ",\"e\":"
        + vector(DY)
        + "}";
  }

  private String upper() {
    return "{\"p\":"
        + vector(DX)
        + ",\"a\":"
        + vector(DX)
        + ",\"b\":"
        + vector(DY)
        + ",\"s\":"
        + vector(DX)
        + ",\"t\":"
        + vector(DY)
        + "}";
  }

  private String vector(int n) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < n; i++) {
      text.append(i == 0 ? "" : ",");
      text.append(String.format(Locale.ROOT, "%.6f", random.nextGaussian()));
    }
    return text.append(']').toString();
  }
}
