package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.AliasWatch;
import io.thalweg.kafka.JobSeat;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.OwnTail;
import io.thalweg.telemetry.Facts;
import io.thalweg.telemetry.Journal;
import io.thalweg.telemetry.Phase;
import io.thalweg.wire.SnapshotAlias;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * What a page shows that only the brokers know: what the aliases point to, and who leads while this
 * instance stands by. Looked up at a beat, while somebody watches.
 */
final class PageLooks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageLooks.class);
  private static final Duration BEAT = Duration.ofSeconds(1);

  /** Beats between two looks at the aliases and at the seat. */
  private static final int EVERY = 10;

  private final JobConfig job;
  private final KafkaSettings kafka;
  private final Journal journal;
  private final Supplier<Facts> facts;
  private final Supplier<OwnTail> own;
  private final BooleanSupplier watched;
  private final Scheduler thread =
      Schedulers.newBoundedElastic(1, 8, "thalweg-page-looks", 60, true);
  private @Nullable AliasWatch pinned;
  private @Nullable AliasWatch best;
  private @Nullable JobSeat seat;
  private int wait;
  private volatile boolean closed;

  private PageLooks(
      JobConfig job,
      Journal journal,
      Supplier<Facts> facts,
      Supplier<OwnTail> own,
      BooleanSupplier watched) {
    this.job = job;
    this.kafka = new KafkaSettings(job.kafka().values());
    this.journal = journal;
    this.facts = facts;
    this.own = own;
    this.watched = watched;
  }

  /**
   * Begins to look.
   *
   * @param journal where it is written down
   * @param facts of the instance
   * @param own what it has written itself
   * @param watched whether a page is open
   */
  static PageLooks start(
      JobConfig job,
      Journal journal,
      Supplier<Facts> facts,
      Supplier<OwnTail> own,
      BooleanSupplier watched) {
    PageLooks looks = new PageLooks(job, journal, facts, own, watched);
    Flux.interval(Duration.ZERO, BEAT, looks.thread)
        .onBackpressureDrop()
        .takeWhile(beat -> !looks.closed)
        .doOnNext(beat -> looks.look())
        .doFinally(end -> looks.leave())
        .subscribe();
    return looks;
  }

  private void look() {
    try {
      if (wait > 0) {
        wait--;
        return;
      }
      // at the very beginning nobody watches yet, and the first page should not wait
      if (watched.getAsBoolean() || best == null) {
        wait = EVERY;
        Phase phase = facts.get().phase();
        aliases(phase);
        leader(phase);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      wait = EVERY; // a broker that is away comes back
      if (!closed) {
        LOG.debug("cannot look up what the page shows", e);
      }
    }
  }

  /** A standby does not write the best version itself; a leader knows its own. */
  private void aliases(Phase phase) {
    AliasWatch ofPinned = pinned == null ? watch(SnapshotAlias.PINNED) : pinned;
    pinned = ofPinned;
    boolean first = best == null;
    AliasWatch ofBest = best == null ? watch(SnapshotAlias.BEST) : best;
    best = ofBest;
    long bestVersion = first || phase == Phase.STANDBY ? ofBest.version() : 0;
    // only a leader knows which records are its own
    OwnTail tail = phase == Phase.RUNNING ? own.get() : OwnTail.NONE;
    journal.aliases(bestVersion, ofPinned.version(tail));
  }

  private AliasWatch watch(SnapshotAlias alias) {
    return new AliasWatch(kafka, job.topics().snapshots(), job.job(), alias);
  }

  private void leader(Phase phase) throws InterruptedException {
    if (phase == Phase.STANDBY) {
      JobSeat of = seat == null ? new JobSeat(kafka, job.job()) : seat;
      seat = of;
      journal.leader(of.leader());
    }
  }

  private void leave() {
    if (pinned != null) {
      pinned.close();
    }
    if (best != null) {
      best.close();
    }
    if (seat != null) {
      seat.close();
    }
    thread.dispose();
  }

  /** Ends at the next beat: the clients are closed by the thread that uses them. */
  @Override
  public void close() {
    closed = true;
  }
}
