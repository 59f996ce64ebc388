package io.thalweg.app;

import io.thalweg.data.BankMarketing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the bank marketing rows in file order at a steady rate, every fifth one to the validation
 * topic, values brought within three standard deviations; begins again when the file is through.
 * The schedule is fixed in advance: a slow moment is caught up, so that the rate is what was asked
 * for.
 */
final class BankFeed implements AutoCloseable {
  /** One row in so many is held out for validation. */
  static final int VALIDATION_EVERY = 5;

  /**
   * Standard deviations a value may lie from its mean; farther ones are brought to it. A few
   * columns of the file reach a hundred, and a single such row makes any step of a useful size
   * unstable.
   */
  private static final double FARTHEST = 3;

  private final BankMarketing bank;
  private final Producer<byte[], byte[]> producer;
  private final String train;
  private final String validation;
  private final double rate;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::run, "thalweg-feed");
  private volatile boolean stopping;

  BankFeed(BankMarketing bank, String bootstrap, String train, String validation, double rate) {
    this.bank = bank;
    this.train = train;
    this.validation = validation;
    this.rate = rate;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "client.id", "demo-feed",
                "acks", "all",
                "linger.ms", "5",
                "batch.size", "131072",
                "enable.metrics.push", "false"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void start() {
    thread.start();
  }

  /** Records acknowledged so far. */
  long sent() {
    return sent.get();
  }

  /** What stopped the feed early, or null. */
  @Nullable Exception failure() {
    return failure.get();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback sees every outcome
  private void run() {
    long start = System.nanoTime();
    for (long i = 0; !stopping && failure.get() == null; i++) {
      long due = start + (long) (i * 1e9 / rate);
      for (long now = System.nanoTime(); now < due && !stopping; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      String topic = i % VALIDATION_EVERY == VALIDATION_EVERY - 1 ? validation : train;
      producer.send(
          new ProducerRecord<>(topic, null, record(i)),
          (metadata, e) -> {
            if (e != null) {
              failure.compareAndSet(null, e);
            } else {
              sent.incrementAndGet();
            }
          });
    }
  }

  private byte[] record(long i) {
    int row = (int) (i % bank.rows());
    double[] features = bank.row(row);
    StringBuilder json = new StringBuilder(8 * features.length);
    json.append("{\"id\":\"bank-").append(i).append("\",\"x\":[");
    for (int j = 0; j < features.length; j++) {
      if (j > 0) {
        json.append(',');
      }
      double value = Math.max(-FARTHEST, Math.min(FARTHEST, features[j]));
      json.append(String.format(Locale.ROOT, "%.4f", value));
    }
    json.append("],\"y\":").append((int) bank.label(row)).append('}');
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ofSeconds(5));
  }
}
