package io.thalweg.app;

import io.thalweg.files.LineReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Lines to a topic. With a rate, sample {@code i} is due at {@code start + i / rate}, whatever
 * became of those before it: a slow broker makes samples late, not fewer, and the schedule does not
 * drift. Without one, the producer's buffer is the only brake: it blocks when the broker is slower
 * than the file.
 */
final class Feeding implements AutoCloseable {
  private static final Set<String> PRODUCER_KEYS = ProducerConfig.configNames();
  private static final long LONGEST_NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Outlet outlet;
  private final double rate;

  /**
   * A feeding that has not begun.
   *
   * @param outlet where the lines go; closed with this feeding
   * @param rate samples per second, infinite for as fast as possible
   */
  Feeding(Outlet outlet, double rate) {
    this.outlet = outlet;
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
        String complaint = outlet.complaint(line);
        if (complaint != null) {
          throw new UserError(ExitCode.DATA, name + ":" + lines.number() + ": " + complaint);
        }
        await(start, stop);
        outlet.send(line);
      }
    } catch (RuntimeException e) {
      flushAfter(e);
      throw e;
    }
    outlet.flush();
    outlet.throwFailure();
  }

  /** What was found good before a failure is sent nevertheless; the failure is what is reported. */
  private void flushAfter(RuntimeException failure) {
    try {
      outlet.flush();
    } catch (RuntimeException e) {
      if (e != failure) {
        failure.addSuppressed(e);
      }
    }
  }

  private void await(long start, BooleanSupplier stop) {
    if (Double.isInfinite(rate)) {
      return;
    }
    long due = start + (long) (outlet.sent() / rate * 1e9);
    long left;
    while ((left = due - System.nanoTime()) > 0 && !stop.getAsBoolean()) {
      LockSupport.parkNanos(Math.min(left, LONGEST_NAP_NANOS));
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

  /** Samples taken. */
  long sent() {
    return outlet.sent();
  }

  /** Samples the broker has. */
  long acknowledged() {
    return outlet.acknowledged();
  }

  /** Records the broker has. */
  long records() {
    return outlet.records();
  }

  /** Bytes of the records handed to the producer. */
  long bytes() {
    return outlet.bytes();
  }

  @Override
  public void close() {
    outlet.close();
  }
}
