package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.AliasWatch;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.telemetry.Facts;
import io.thalweg.telemetry.Journal;
import io.thalweg.telemetry.Phase;
import io.thalweg.telemetry.Point;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a page shows of the snapshot topic that this process has not committed itself: the snapshots
 * before it, read once it leads, and what the aliases point to, looked up while somebody looks. A
 * thread of its own with consumers of its own; the job never waits for it.
 */
final class PagePast implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PagePast.class);
  private static final Duration LEADS = Duration.ofMillis(100);
  private static final Duration ALIASES = Duration.ofSeconds(10);

  private final JobConfig job;
  private final KafkaSettings kafka;
  private final Journal journal;
  private final Supplier<Facts> facts;
  private final BooleanSupplier watched;
  private final Thread thread;
  private volatile boolean closed;

  private PagePast(JobConfig job, Journal journal, Supplier<Facts> facts, BooleanSupplier watched) {
    this.job = job;
    this.kafka = new KafkaSettings(job.kafka().values());
    this.journal = journal;
    this.facts = facts;
    this.watched = watched;
    this.thread = new Thread(this::run, "thalweg-page-past");
    this.thread.setDaemon(true);
  }

  /**
   * Begins to read.
   *
   * @param journal where the past goes, which expects it from now on
   * @param facts of the instance
   * @param watched whether a page is open
   */
  static PagePast start(
      JobConfig job, Journal journal, Supplier<Facts> facts, BooleanSupplier watched) {
    journal.expectPast();
    PagePast past = new PagePast(job, journal, facts, watched);
    past.thread.start();
    return past;
  }

  private void run() {
    try {
      while (facts.get().phase() != Phase.RUNNING) {
        Thread.sleep(LEADS.toMillis());
      }
      journal.past(past());
      while (!closed) {
        aliases();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Point> past() {
    try {
      return registry().recent(Journal.POINTS).stream().map(PagePast::point).toList();
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.warn("the page begins without what was committed before: {}", e.getMessage());
      }
      return List.of();
    }
  }

  private SnapshotRegistry registry() {
    return new SnapshotRegistry(kafka, job.topics().snapshots(), job.job());
  }

  private static Point point(SnapshotCodec.Heading heading) {
    return Point.of(
        heading.version(),
        heading.epoch(),
        heading.step(),
        heading.timeMillis(),
        heading.eventTimeMillis(),
        heading.sha(),
        heading.metrics(),
        heading.upper(),
        heading.events());
  }

  /** Until it fails, which it may: the broker comes back, and then it is looked up again. */
  private void aliases() throws InterruptedException {
    try (AliasWatch pinned = watch(SnapshotAlias.PINNED)) {
      long best;
      try (AliasWatch once = watch(SnapshotAlias.BEST)) {
        best = once.version();
      }
      journal.aliases(best, pinned.version());
      while (!closed) {
        Thread.sleep(ALIASES.toMillis());
        if (watched.getAsBoolean()) {
          journal.aliases(best, pinned.version());
        }
      }
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.debug("cannot look up the aliases", e);
      }
      Thread.sleep(ALIASES.toMillis());
    }
  }

  private AliasWatch watch(SnapshotAlias alias) {
    return new AliasWatch(kafka, job.topics().snapshots(), job.job(), alias);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
