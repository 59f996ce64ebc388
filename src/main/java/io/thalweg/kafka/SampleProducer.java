package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SamplePack;
import io.thalweg.wire.SampleRow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends samples to a topic, many per record: what a client pays, it pays per record. Each sample is
 * checked against the schema before it is sent; samples go into binary records of at most so many
 * samples and so many bytes, and an unfinished record is sent when its first sample has waited for
 * the linger.
 *
 * <pre>
 * try (SampleProducer churn = SampleProducer.open(
 *     KafkaSettings.of("127.0.0.1:9092"), "churn.train", schema, null, Options.DEFAULTS)) {
 *   SampleRow row = churn.newRow();  // one per thread, used again and again
 *   row.clear().features(x).set("y", 1).id("customer-17").time(millis);
 *   churn.send(row);
 * }                                  // sends the rest and waits for every acknowledgement
 * </pre>
 *
 * <p>As with a {@code KafkaProducer}, {@link #send} returns when the sample is in hand, and blocks
 * while the bytes in flight are at their bound ({@code buffer.memory}), for {@code max.block.ms} at
 * most. Delivery is idempotent and acknowledged by all replicas; the first failure, wherever it is
 * noticed, is thrown by every later call, and {@link #flush} says whether all went well so far.
 * Samples of one thread keep their order. All methods may be called from any thread; a row serves
 * one.
 */
public final class SampleProducer implements AutoCloseable {
  /**
   * When a record is sent.
   *
   * @param samples most samples of a record, at least 1
   * @param bytes size of a record that is not exceeded unless by one sample alone; well below the
   *     topic's {@code max.message.bytes}
   * @param linger how long a sample waits for others to share its record; zero for not at all,
   *     which makes a record of every sample
   * @param memory bytes in flight before {@link #send} blocks
   */
  public record Options(int samples, int bytes, Duration linger, long memory) {
    /** 256 samples, 128 KiB, 10 ms; 32 MiB in flight. */
    public static final Options DEFAULTS =
        new Options(256, 128 * 1024, Duration.ofMillis(10), 32L * 1024 * 1024);

    /**
     * Checks the ranges.
     *
     * @param samples most samples of a record, at least 1
     * @param bytes size of a record that is not exceeded unless by one sample alone
     * @param linger how long a sample waits for others to share its record
     * @param memory bytes in flight before {@link #send} blocks
     */
    public Options {
      if (samples < 1 || bytes < 1 || linger.isNegative() || memory < bytes) {
        throw new IllegalArgumentException(
            "expected samples and bytes of at least 1, a linger of at least 0 and memory of at"
                + " least one record, but was "
                + samples
                + ", "
                + bytes
                + ", "
                + linger
                + ", "
                + memory);
      }
    }

    /**
     * These options with another number of samples.
     *
     * @param most samples of a record
     * @return a copy
     */
    public Options withSamples(int most) {
      return new Options(most, bytes, linger, memory);
    }

    /**
     * These options with another size.
     *
     * @param most bytes of a record
     * @return a copy
     */
    public Options withBytes(int most) {
      return new Options(samples, most, linger, Math.max(memory, most));
    }

    /**
     * These options with another linger.
     *
     * @param longest how long a sample waits
     * @return a copy
     */
    public Options withLinger(Duration longest) {
      return new Options(samples, bytes, longest, memory);
    }
  }

  private final Producer<byte[], byte[]> producer;
  private final boolean owned;
  private final String topic;
  private final SampleSchema schema;
  private final SamplePack pack;
  private final long lingerNanos;
  private final List<Header> headers =
      List.of(new RecordHeader("content-type", SampleFormat.BINARY.contentType().getBytes(UTF_8)));

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition begun = lock.newCondition();
  private final Thread timer;

  /** Guarded by the lock, as is the pack: when its first sample has waited long enough. */
  private long due;

  /** Whether the timer sleeps until it is told; it is not told of every record when many come. */
  private boolean timerIdle;

  private boolean closed;

  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong acknowledgedRecords = new AtomicLong();
  private volatile long sent;
  private volatile long bytes;

  private SampleProducer(
      Producer<byte[], byte[]> producer,
      boolean owned,
      String topic,
      SampleSchema schema,
      @Nullable Level role,
      Options options) {
    this.producer = producer;
    this.owned = owned;
    this.topic = topic;
    this.schema = schema;
    this.pack = new SamplePack(schema, role, options.samples(), options.bytes());
    this.lingerNanos = options.linger().toNanos();
    this.timer = new Thread(this::sendWhatIsDue, "thalweg-linger-" + topic);
    this.timer.setDaemon(true);
    this.timer.start();
  }

  /**
   * Opens a producer for one topic.
   *
   * @param kafka settings; what they say of batches, linger, compression and time limits wins over
   *     what is set here (256 KiB, 5 ms, none, 60 s)
   * @param topic an existing topic; none is created
   * @param schema what a sample holds: {@code problem.schema(level)}
   * @param role the role its records name, for a topic that carries both levels; null where the
   *     topic or the job's split decides
   * @param options when a record is sent
   * @return the producer, to be closed
   * @throws KafkaFailure when the topic is missing, no broker answers, or the settings are refused
   */
  public static SampleProducer open(
      KafkaSettings kafka,
      String topic,
      SampleSchema schema,
      @Nullable Level role,
      Options options) {
    Topics.require(kafka, topic, MissingRight.write(topic));
    try {
      return new SampleProducer(
          new KafkaProducer<>(kafka.sampleProducer("thalweg-produce-" + topic, options.memory())),
          true,
          topic,
          schema,
          role,
          options);
    } catch (RuntimeException e) {
      throw Failures.of(e, "opening a producer for " + topic);
    }
  }

  /**
   * The same over a producer of the caller's, who closes it. It should acknowledge by all replicas
   * and have one request in flight: with more, the first batch to a topic just made can be lost.
   *
   * @param producer where records go; shared with others as they like
   * @param topic an existing topic
   * @param schema what a sample holds
   * @param role the role its records name, or null
   * @param options when a record is sent; the memory is the given producer's affair
   * @return the producer of samples, to be closed before the given one
   */
  public static SampleProducer over(
      Producer<byte[], byte[]> producer,
      String topic,
      SampleSchema schema,
      @Nullable Level role,
      Options options) {
    return new SampleProducer(producer, false, topic, schema, role, options);
  }

  /**
   * A row to fill in and send, again and again, by one thread.
   *
   * @return an empty row of this producer's schema
   */
  public SampleRow newRow() {
    return new SampleRow(schema);
  }

  /**
   * Takes one sample and clears the row for the next one.
   *
   * @param row a row of {@link #newRow}, filled in
   * @throws IllegalArgumentException when the sample does not fit the schema, with what was
   *     expected and what was found; nothing of it is sent
   * @throws KafkaFailure when an earlier sample could not be delivered, or the bytes in flight
   *     stayed at their bound for too long
   */
  public void send(SampleRow row) {
    String complaint = row.complaint();
    if (complaint != null) {
      row.clear();
      throw new IllegalArgumentException(complaint);
    }
    lock.lock();
    try {
      requireOpen();
      if (!pack.takes(row)) {
        emit();
      }
      pack.add(row);
      added();
    } finally {
      lock.unlock();
    }
    row.clear();
  }

  /**
   * Takes one sample that a decoder has just read and found good, with its id and its time.
   *
   * @param batch where it lies, of this producer's schema
   * @param row its row
   * @param of the decoder
   * @throws KafkaFailure as {@link #send(SampleRow)} does
   */
  public void send(Batch batch, int row, SampleDecoder of) {
    lock.lock();
    try {
      requireOpen();
      if (!pack.takes(batch, row, of)) {
        emit();
      }
      pack.add(batch, row, of);
      added();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sends the unfinished record and waits until everything sent so far is acknowledged.
   *
   * @throws KafkaFailure when anything could not be delivered
   */
  public void flush() {
    lock.lock();
    try {
      requireOpen();
      emit();
    } finally {
      lock.unlock();
    }
    awaitDelivery();
  }

  /** Waits without the lock: others go on sending. */
  private void awaitDelivery() {
    try {
      producer.flush();
    } catch (RuntimeException e) {
      failed(e);
    }
    throwFailure();
  }

  /**
   * Samples taken.
   *
   * @return those sent and those waiting in the unfinished record
   */
  public long sent() {
    return sent;
  }

  /**
   * Samples the broker has.
   *
   * @return those of all acknowledged records
   */
  public long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Records the broker has.
   *
   * @return acknowledged records
   */
  public long acknowledgedRecords() {
    return acknowledgedRecords.get();
  }

  /**
   * Bytes of the values handed to the client.
   *
   * @return without headers and framing
   */
  public long bytes() {
    return bytes;
  }

  /**
   * Sends what is in hand, waits for every acknowledgement and closes the client when it is this
   * producer's own. Closing twice is harmless.
   *
   * @throws KafkaFailure when anything could not be delivered
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (failure.get() == null) {
        emit();
      }
    } catch (RuntimeException e) {
      failed(e);
    } finally {
      closed = true;
      begun.signal();
      lock.unlock();
    }
    try {
      awaitDelivery();
    } finally {
      if (owned) {
        producer.close();
      }
    }
  }

  /** With the lock: a sample has joined the pack. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // written with the lock, read without
  private void added() {
    sent++;
    if (pack.isFull() || lingerNanos == 0) {
      emit();
    } else if (pack.size() == 1) {
      due = System.nanoTime() + lingerNanos;
      if (timerIdle) {
        begun.signal();
      }
    }
  }

  /** With the lock: sends the pack, if there is something in it. */
  @SuppressWarnings({
    "FutureReturnValueIgnored", // the callback hears the same
    "NonAtomicVolatileUpdate" // written with the lock, read without
  })
  private void emit() {
    int samples = pack.size();
    if (samples == 0) {
      return;
    }
    byte[] value = pack.take();
    bytes += value.length;
    try {
      // blocks while the client's buffer is full: that is the brake
      producer.send(
          new ProducerRecord<>(topic, null, null, null, value, headers),
          (metadata, e) -> {
            if (e == null) {
              acknowledged.addAndGet(samples);
              acknowledgedRecords.incrementAndGet();
            } else {
              failed(e);
            }
          });
    } catch (RuntimeException e) {
      failed(e);
      throwFailure();
    }
  }

  private void sendWhatIsDue() {
    lock.lock();
    try {
      while (!closed) {
        if (pack.size() == 0) {
          timerIdle = true;
          begun.awaitUninterruptibly();
          timerIdle = false;
          continue;
        }
        long left = due - System.nanoTime();
        if (left > 0) {
          begun.awaitNanos(left);
        } else if (failure.get() == null) {
          emit();
        } else {
          pack.take(); // nobody will ask for it: every call fails from here on
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // not ours to interrupt; records are then sent when full
    } catch (RuntimeException e) {
      failed(e); // already noted where it comes from the client
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    throwFailure();
    if (closed) {
      throw new IllegalStateException("the producer for " + topic + " is closed");
    }
  }

  private void failed(Exception e) {
    if (failure.get() == null) {
      failure.compareAndSet(
          null, Failures.of(e, "sending samples to " + topic, MissingRight.write(topic)));
    }
  }

  /** A new one each time, with the trace of who hears of it; try-with-resources adds up the two. */
  private void throwFailure() {
    RuntimeException first = failure.get();
    if (first != null) {
      throw first instanceof KafkaFailure kafka
          ? new KafkaFailure(kafka.category(), String.valueOf(kafka.getMessage()), kafka)
          : new IllegalStateException(first.getMessage(), first);
    }
  }
}
