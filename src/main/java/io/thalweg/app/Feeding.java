package io.thalweg.app;

import io.thalweg.files.LineReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Lines to a topic. With a rate, record {@code i} is due at {@code start + i / rate}, whatever
 * became of those before it: a slow broker makes records late, not fewer, and the schedule does not
 * drift. Without one, the producer's buffer is the only brake: it blocks when the broker is slower
 * than the file.
 */
final class Feeding implements AutoCloseable {
  private static final Set<String> PRODUCER_KEYS = ProducerConfig.configNames();
  private static final long LONGEST_NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final @Nullable Header contentType;
  private final RecordCheck check;
  private final double rate;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private volatile long sent;
  private volatile long bytes;

  /**
   * A feeding that has not begun.
   *
   * @param rate records per second, infinite for as fast as possible
   */
  Feeding(
      Producer<byte[], byte[]> producer,
      String topic,
      @Nullable Header contentType,
      RecordCheck check,
      double rate) {
    this.producer = producer;
    this.topic = topic;
    this.contentType = contentType;
    this.check = check;
    this.rate = rate;
  }

  /**
   * A producer that loses nothing and repeats nothing, with batches large enough not to be the
   * bottleneck.
   */
  static Producer<byte[], byte[]> producer(Map<String, String> kafka, int batchBytes) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, batchBytes);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 10);
    // input topics are uncompressed: what the producer packed, the broker would unpack
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
    settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    kafka.forEach(
        (key, value) -> {
          if (PRODUCER_KEYS.contains(key)) {
            settings.put(key, value);
          }
        });
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // with more, the first batch to a partition just made can be overtaken by the second and is
    // lost then
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Sends the lines, those without content apart, until they end or somebody asks to stop, and
   * waits for every acknowledgement.
   *
   * @param lines where they come from
   * @param name of the file, for messages
   * @param stop asked before each line
   * @throws UserError with {@link ExitCode#DATA} at the first line that is no record; those before
   *     it are sent
   */
  void run(LineReader lines, String name, BooleanSupplier stop) {
    long start = System.nanoTime();
    byte[] line;
    try {
      while (!stop.getAsBoolean() && (line = lines.next()) != null) {
        if (blank(line)) {
          continue;
        }
        String complaint = check.complaint(line);
        if (complaint != null) {
          throw new UserError(ExitCode.DATA, name + ":" + lines.number() + ": " + complaint);
        }
        await(start, stop);
        send(line);
      }
    } finally {
      producer.flush();
    }
    throwFailure();
  }

  private void await(long start, BooleanSupplier stop) {
    if (Double.isInfinite(rate)) {
      return;
    }
    long due = start + (long) (sent / rate * 1e9);
    long left;
    while ((left = due - System.nanoTime()) > 0 && !stop.getAsBoolean()) {
      LockSupport.parkNanos(Math.min(left, LONGEST_NAP_NANOS));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the callback hears the same
  private void send(byte[] line) {
    throwFailure();
    ProducerRecord<byte[], byte[]> item = new ProducerRecord<>(topic, line);
    if (contentType != null) {
      item.headers().add(contentType);
    }
    producer.send(
        item,
        (metadata, e) -> {
          if (e == null) {
            acknowledged.incrementAndGet();
          } else {
            failure.compareAndSet(null, e);
          }
        });
    count(line.length);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread, read by the progress line
  private void count(int length) {
    sent++;
    bytes += length;
  }

  private void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
  }

  private static boolean blank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Records handed to the producer. */
  long sent() {
    return sent;
  }

  /** Records the broker has. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Bytes of the records handed to the producer. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
