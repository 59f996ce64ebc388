package io.thalweg.kafka;

import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * The model a job publishes, for a program that works with it: always the newest one, or the one an
 * alias points to, swapped in as soon as it is committed.
 *
 * <pre>
 * try (SnapshotReader models =
 *     SnapshotReader.open(KafkaSettings.of("127.0.0.1:9092"), "churn.snapshots", "churn", SnapshotAlias.LATEST)) {
 *   models.await(Duration.ofSeconds(30));
 *   double[] y = models.current().y();  // from any thread, at the price of reading a reference
 *   models.snapshots().subscribe(s -> log.info("version {}", s.version()));
 * }
 * </pre>
 *
 * <p>It begins near the end of the topic, however long that is, and sees what is committed alone.
 * Every record's SHA-256 is checked against its header, and every next one's {@code previous}
 * against the one before; a snapshot that fails, or that comes from an earlier life of the solver,
 * is counted, logged and not taken. The last good one stays, and its age grows.
 *
 * <p>One thread of its own reads; all methods may be called from any thread.
 */
public final class SnapshotReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final SnapshotLog log;
  private final String name;
  private final boolean chained;
  private final Clock clock;
  private final SnapshotOrder order = new SnapshotOrder();
  private final AtomicReference<@Nullable Snapshot> current = new AtomicReference<>();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Sinks.Many<Snapshot> sink = Sinks.many().replay().latest();
  private final CountDownLatch some = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean withdrawn;
  private volatile long skipped;
  private volatile long rejected;

  private SnapshotReader(SnapshotLog log, String name, SnapshotAlias alias, Clock clock) {
    this.log = log;
    this.name = name;
    this.chained = alias == SnapshotAlias.LATEST;
    this.clock = clock;
    this.thread = new Thread(this::read, "thalweg-reader-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Connects and begins to read.
   *
   * @param kafka settings
   * @param topic the snapshot topic
   * @param job the job whose snapshots are wanted
   * @param alias which one is wanted
   * @return a reader, to be closed
   * @throws KafkaFailure when the topic is missing, or no broker answers within 10 seconds
   */
  public static SnapshotReader open(
      KafkaSettings kafka, String topic, String job, SnapshotAlias alias) {
    return open(kafka, topic, job, alias, Clock.systemUTC());
  }

  /** The same with a clock that ages are told by. */
  static SnapshotReader open(
      KafkaSettings kafka, String topic, String job, SnapshotAlias alias, Clock clock) {
    String key = alias.key(job);
    return new SnapshotReader(new SnapshotLog(kafka, topic, key), key, alias, clock);
  }

  /**
   * The snapshots from the current one on. A subscriber that is slower than they come is given the
   * newest one next; nothing piles up. Ends when the reader is closed, with an error when reading
   * failed for good.
   *
   * @return a stream that may be subscribed to many times
   */
  public Flux<Snapshot> snapshots() {
    return sink.asFlux().onBackpressureLatest();
  }

  /**
   * The snapshot in use.
   *
   * @return the last one that was taken; null before the first
   */
  public @Nullable Snapshot current() {
    return current.get();
  }

  /**
   * Waits until there is a snapshot.
   *
   * @param limit how long to wait
   * @return the snapshot in use
   * @throws KafkaFailure when reading failed for good
   * @throws IllegalStateException when there is none within the limit, or the reader is closed
   */
  public Snapshot await(Duration limit) {
    try {
      if (!some.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IllegalStateException(
            "expected a snapshot under the key " + name + " within " + limit + ", found none");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a snapshot of " + name, e);
    }
    Snapshot found = current.get();
    if (found != null) {
      return found;
    }
    RuntimeException why = failure.get();
    throw why != null
        ? why
        : new IllegalStateException("the reader of " + name + " was closed before a snapshot came");
  }

  /**
   * How long ago the snapshot in use was taken: grows when nothing new comes, whatever the reason.
   *
   * @return its age; null before the first
   */
  public @Nullable Duration age() {
    Snapshot snapshot = current.get();
    return snapshot == null
        ? null
        : Duration.ofMillis(Math.max(0, clock.millis() - snapshot.timeMillis()));
  }

  /**
   * Why nothing new comes any more.
   *
   * @return what ended the reading; null while it goes on
   */
  public @Nullable RuntimeException failure() {
    return failure.get();
  }

  /**
   * Whether the alias was taken back since the snapshot in use, which stays in use.
   *
   * @return true from {@code unpin} until something is pinned again
   */
  public boolean isWithdrawn() {
    return withdrawn;
  }

  /**
   * Snapshots that were not seen between two that were, so that the chain could not be followed.
   *
   * @return how many versions are missing in all
   */
  public long skipped() {
    return skipped;
  }

  /**
   * Records that were not taken: of an earlier life, damaged, or outside of the chain.
   *
   * @return how many
   */
  public long rejected() {
    return rejected + log.leftOut();
  }

  private void read() {
    try (log) {
      log.fromRecent();
      catchUp();
      while (!closed) {
        for (SnapshotLog.Entry entry : log.poll(POLL)) {
          take(entry, true);
        }
      }
    } catch (RuntimeException e) {
      failure.set(e);
      sink.tryEmitError(e);
    } finally {
      sink.tryEmitComplete();
      some.countDown();
    }
  }

  /** Only the last of those that are there already is put to use. */
  private void catchUp() {
    long end = log.end();
    List<SnapshotLog.Entry> entries = log.next(end);
    while (!entries.isEmpty() && !closed) {
      Snapshot newest = null;
      for (SnapshotLog.Entry entry : entries) {
        Snapshot taken = take(entry, false);
        if (entry.isWithdrawal()) { // what was taken back before this reader began is of no use
          newest = null;
          current.set(null);
        } else if (taken != null) {
          newest = taken;
        }
      }
      entries = log.next(end);
      if (newest != null) {
        current.set(newest);
      }
    }
    Snapshot newest = current.get();
    if (newest != null) {
      use(newest);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
  private @Nullable Snapshot take(SnapshotLog.Entry entry, boolean use) {
    if (entry.isWithdrawal()) {
      withdrawn = true;
      return null;
    }
    try {
      SnapshotCodec.Decoded read = log.decode(entry);
      if (chained && !follows(entry, read)) {
        return null;
      }
      withdrawn = false;
      if (use) {
        use(read.snapshot());
      }
      return read.snapshot();
    } catch (SnapshotFormatException e) {
      rejected++;
      LOG.warn("not taken: {}", e.getMessage());
      return null;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by one thread
  private boolean follows(SnapshotLog.Entry entry, SnapshotCodec.Decoded read) {
    Snapshot before = order.newest();
    return switch (order.take(read)) {
      case FOLLOWS -> true;
      case LATER -> {
        skipped += read.snapshot().version() - (before == null ? 0 : before.version()) - 1;
        yield true;
      }
      case OLD -> {
        rejected++;
        LOG.warn(
            "not taken: version {} of epoch {} at offset {} comes from an earlier life or again",
            read.snapshot().version(),
            read.snapshot().epoch(),
            entry.offset());
        yield false;
      }
      case BREAKS -> {
        rejected++;
        LOG.error(
            "not taken: version {} at offset {} names {} as the SHA-256 of the one before",
            read.snapshot().version(),
            entry.offset(),
            read.previous());
        yield false;
      }
    };
  }

  private void use(Snapshot snapshot) {
    current.set(snapshot);
    some.countDown();
    sink.tryEmitNext(snapshot);
  }

  /** Ends reading; the snapshot in use stays readable. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(CLOSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
