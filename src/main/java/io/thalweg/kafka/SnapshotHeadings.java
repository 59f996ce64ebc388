package io.thalweg.kafka;

import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What the snapshots of a job say of themselves: the newest of those that are there, then each that
 * is committed. No vector is decoded and nothing is kept. Used by one thread.
 */
public final class SnapshotHeadings {
  /** Bytes after which nothing older is read. */
  private static final long RECENT_BYTES = 64 << 20;

  private static final Duration POLL = Duration.ofMillis(200);

  private final SnapshotLog log;
  private boolean begun;
  private boolean over;

  private SnapshotHeadings(SnapshotLog log) {
    this.log = log;
  }

  /**
   * Reads the topic on a thread of its own, as fast as it is asked for.
   *
   * @param kafka settings
   * @param topic the snapshot topic
   * @param job its job
   * @param most how many of those that are there, at least 1; fewer where their values are large
   * @param enough asked again and again; once it is true, what is committed by then is still told
   *     and the stream completes; to end it so is better than to cancel it, which interrupts
   * @return first those that are there, without those that a later life took back; then those that
   *     came since, an empty list where none did for a moment. Fails with a {@link KafkaFailure} or
   *     a {@link SnapshotFormatException}; every subscription begins anew
   */
  public static Flux<List<SnapshotCodec.Heading>> follow(
      KafkaSettings kafka, String topic, String job, int most, BooleanSupplier enough) {
    return Flux.using(
        () -> Schedulers.newBoundedElastic(1, 8, "thalweg-headings", 60, true),
        thread ->
            Flux.<List<SnapshotCodec.Heading>, SnapshotHeadings>generate(
                    () -> new SnapshotHeadings(new SnapshotLog(kafka, topic, job)),
                    (headings, sink) -> headings.tell(most, enough, sink),
                    SnapshotHeadings::close)
                .subscribeOn(thread),
        Scheduler::dispose);
  }

  private SnapshotHeadings tell(
      int most, BooleanSupplier enough, SynchronousSink<List<SnapshotCodec.Heading>> sink) {
    try {
      if (over) {
        sink.complete();
      } else if (!begun) {
        begun = true;
        sink.next(RecentHeadings.of(log, most, RECENT_BYTES));
      } else {
        over = enough.getAsBoolean();
        sink.next(over ? rest() : headings(log.poll(POLL)));
      }
    } catch (RuntimeException e) {
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      sink.complete(); // nobody listens any more
    }
    return this;
  }

  private List<SnapshotCodec.Heading> headings(List<SnapshotLog.Entry> entries) {
    return entries.stream().map(log::heading).toList();
  }

  /** Up to the end as it is now. */
  private List<SnapshotCodec.Heading> rest() {
    List<SnapshotCodec.Heading> rest = new ArrayList<>();
    long end = log.end();
    List<SnapshotLog.Entry> entries = log.next(end);
    while (!entries.isEmpty()) {
      rest.addAll(headings(entries));
      entries = log.next(end);
    }
    return rest;
  }

  private void close() {
    boolean interrupted = Thread.interrupted(); // the consumer would not say good-bye
    log.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
