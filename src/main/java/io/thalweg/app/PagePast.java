package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotHeadings;
import io.thalweg.telemetry.Course;
import io.thalweg.telemetry.Journal;
import io.thalweg.telemetry.Point;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The snapshots of a job that this process has not committed itself, for its page: those that are
 * there, those of the leader while it stands by, and the leader's last ones once it leads itself.
 * The job never waits for it.
 */
final class PagePast implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PagePast.class);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private volatile boolean closed;

  private PagePast() {}

  /**
   * Begins to read.
   *
   * @param journal where the past goes, which expects it from now on
   * @param leads whether this instance leads, or has led
   */
  static PagePast start(JobConfig job, Journal journal, BooleanSupplier leads) {
    journal.expectPast();
    PagePast past = new PagePast();
    BooleanSupplier enough = () -> past.closed || leads.getAsBoolean();
    Disposable unused = // it ends by what is enough: the consumer is closed by its own thread
        SnapshotHeadings.follow(
                new KafkaSettings(job.kafka().values()),
                job.topics().snapshots(),
                job.job(),
                Course.MOST,
                enough)
            .doOnNext(headings -> journal.past(points(headings)))
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, AGAIN)
                    .maxBackoff(LONGEST)
                    .doBeforeRetry(again -> LOG.debug("the page reads again", again.failure()))
                    .filter(failure -> !enough.getAsBoolean()))
            .then()
            .onErrorResume(
                failure -> {
                  if (past.closed) {
                    return Mono.empty();
                  }
                  LOG.warn("the page begins without what was committed before: {}", why(failure));
                  return Mono.empty();
                })
            .subscribe(nothing -> {}, failure -> {}, journal::present);
    return past;
  }

  private static String why(Throwable failure) {
    return TuningService.reason(failure);
  }

  private static List<Point> points(List<SnapshotCodec.Heading> headings) {
    return headings.stream().map(PagePast::point).toList();
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

  @Override
  public void close() {
    closed = true;
  }
}
