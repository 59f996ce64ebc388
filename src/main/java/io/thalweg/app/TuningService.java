package io.thalweg.app;

import io.thalweg.config.Delivery;
import io.thalweg.config.JobConfig;
import io.thalweg.config.OnTrouble;
import io.thalweg.kafka.AtLeastOnceCutSink;
import io.thalweg.kafka.ClientWatch;
import io.thalweg.kafka.CommitStatistics;
import io.thalweg.kafka.KafkaCheckpointStore;
import io.thalweg.kafka.KafkaControlSource;
import io.thalweg.kafka.KafkaFailure;
import io.thalweg.kafka.KafkaSampleSource;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.LeaderElection;
import io.thalweg.kafka.Publishing;
import io.thalweg.kafka.SinkTopics;
import io.thalweg.kafka.SourceOptions;
import io.thalweg.kafka.TransactionalCutSink;
import io.thalweg.pipeline.CommitListener;
import io.thalweg.pipeline.CutSink;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.SolverPipeline;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Level;
import io.thalweg.solver.StepInput;
import io.thalweg.stream.Lane;
import io.thalweg.telemetry.Commits;
import io.thalweg.telemetry.Facts;
import io.thalweg.telemetry.LaneLook;
import io.thalweg.telemetry.Phase;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * One job against Kafka: waits to lead, fences whoever wrote before, resumes from the checkpoint
 * and tunes until asked to stop. After a failure that a fresh start can heal, everything is closed
 * and built anew from the last committed checkpoint; nothing half-done survives.
 */
final class TuningService {
  /** A job that publishes more often does not wait for records to gather. */
  private static final Duration PROMPT = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(TuningService.class);
  private static final Duration REGAIN_WITHIN = LeaderElection.SESSION.multipliedBy(2);

  /** Whoever reads commands may be asking a broker that is away: an end does not wait for that. */
  private static final Duration CONTROL_ENDS = Duration.ofSeconds(5);

  private final JobConfig job;
  private KafkaSettings kafka;
  private final @Nullable String instance;
  private final List<Consumer<StepInput>> observers;
  private final RestartPauses pauses =
      new RestartPauses(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
  private CommitListener commits = CommitListener.NONE;
  private BiConsumer<String, String> notes = (kind, text) -> {};
  private LongConsumer steps = took -> {};
  private volatile @Nullable Parts parts;
  private volatile @Nullable LeaderElection election;
  private volatile boolean working;
  private volatile @Nullable String restartReason;
  private volatile boolean hasLed;
  private volatile boolean engaged;
  private volatile boolean stopping;

  TuningService(JobConfig job, @Nullable String instance, List<Consumer<StepInput>> observers) {
    this.job = job;
    KafkaSettings settings = new KafkaSettings(job.kafka().values());
    this.kafka = job.cadence().soonest().compareTo(PROMPT) < 0 ? settings.prompt() : settings;
    this.instance = instance;
    this.observers = observers;
  }

  /**
   * Somebody who is told of everything; to be called before {@link #run}.
   *
   * @param byCommits hears of what is committed
   * @param byClients hears of the Kafka clients
   * @param byNotes hears of what happens, a kind and a text
   * @param bySteps hears the nanoseconds of every step
   */
  void tell(
      CommitListener byCommits,
      ClientWatch byClients,
      BiConsumer<String, String> byNotes,
      LongConsumer bySteps) {
    steps = bySteps;
    commits = byCommits;
    kafka = kafka.watched(byClients);
    notes = byNotes;
  }

  /** Everything of one life of the loop. */
  private record Parts(
      KafkaSampleSource source,
      CutSink sink,
      KafkaControlSource control,
      Supplier<CommitStatistics> statistics,
      Mono<Void> failed,
      AutoCloseable closer,
      Disposable threads,
      SolverPipeline pipeline) {}

  /**
   * Runs until asked to stop or something fails for good.
   *
   * @param stop its first signal asks for a last cut and an orderly end
   * @return the last progress; empty when asked to stop before it led
   */
  Mono<Progress> run(Publisher<?> stop) {
    return Mono.usingWhen(
            Mono.fromCallable(
                    () -> LeaderElection.join(kafka, job.job(), job.topics().control(), instance))
                .subscribeOn(Schedulers.boundedElastic())
                .doOnNext(this::joined),
            joined -> lead(joined, stop),
            joined -> closing("election", joined).doFinally(end -> engaged = false))
        .retryWhen(Retry.from(failures -> failures.concatMap(end -> again(end.failure()))))
        .takeUntilOther(disengaged(stop));
  }

  /** Tells when to start again; fails with what a start cannot heal. */
  private Mono<Long> again(Throwable failure) {
    if (!isHealedByRestart(failure)) {
      return Mono.error(failure);
    }
    LOG.warn("starting again from the last committed checkpoint: {}", reason(failure));
    LOG.debug("what failed", failure);
    restartReason = reason(failure);
    notes.accept("restart", reason(failure));
    return Mono.delay(pauses.next());
  }

  private void joined(LeaderElection member) {
    engaged = true;
    election = member;
  }

  /** A failure and what lies at its bottom, unless the one already says the other. */
  static String reason(Throwable failure) {
    Throwable root = Exceptions.unwrap(failure);
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String said = String.valueOf(failure.getMessage());
    String cause = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return said.contains(cause) ? said : said + " (" + cause + ")";
  }

  /** How far the loop is. */
  Progress progress() {
    Parts now = parts;
    return now == null ? Progress.NONE : now.pipeline().progress();
  }

  /** Whether this instance leads or has led: what others wrote before is complete by then. */
  boolean hasLed() {
    return hasLed;
  }

  /** Whether this life went on from a checkpoint. */
  boolean isRestored() {
    Parts now = parts;
    return now != null && now.pipeline().restoredVersion() > 0;
  }

  /** What was committed in this life. */
  CommitStatistics statistics() {
    Parts now = parts;
    return now == null ? CommitStatistics.NONE : now.statistics().get();
  }

  /** Records in the topics that are in no step yet, whether they were read or not. */
  long lag() {
    Parts now = parts;
    if (now == null) {
      return 0;
    }
    Progress progress = now.pipeline().progress();
    return now.source().lag()
        + now.pipeline().ahead()
        + progress.waitingLower()
        + progress.waitingUpper();
  }

  /** What this instance says of itself to whoever watches it. */
  Facts facts() {
    Parts now = parts;
    if (stopping) {
      return Facts.idle(Phase.STOPPING, "");
    }
    if (now == null || !working) {
      LeaderElection seat = election;
      String why = restartReason;
      if (seat != null && seat.isStandby()) {
        return Facts.idle(Phase.STANDBY, "");
      }
      return why == null ? Facts.idle(Phase.STARTING, "") : Facts.idle(Phase.RESTARTING, why);
    }
    SolverPipeline pipeline = now.pipeline();
    CommitStatistics made = now.statistics().get();
    return new Facts(
        Phase.RUNNING,
        "",
        pipeline.progress(),
        pipeline.restoredVersion(),
        pipeline.stepTimes().count(),
        pipeline.stepTimes().nanos(),
        pipeline.stages(),
        lanes(now.source()),
        lag(),
        new Commits(
            made.commits(),
            made.snapshots(),
            made.bytes(),
            made.last().snapshotBytes(),
            made.lastNanos(),
            made.totalNanos()));
  }

  private List<LaneLook> lanes(KafkaSampleSource source) {
    List<LaneLook> lanes = new ArrayList<>();
    for (int i = 0; i < source.lanes().size(); i++) {
      Lane lane = source.lanes().get(i);
      String role = null;
      for (Feed feed : Wiring.feeds(job)) {
        Level level = feed.level();
        if (feed.topic().equals(lane.topic()) && level != null) {
          role = level.role();
        }
      }
      long end = source.end(i);
      lanes.add(new LaneLook(lane.topic(), lane.partition(), role, end - source.lag(i), end));
    }
    return lanes;
  }

  private Mono<Progress> lead(LeaderElection election, Publisher<?> stop) {
    Mono<Progress> lost =
        election
            .lost()
            .then(
                Mono.error(
                    () ->
                        new KafkaFailure(
                            KafkaFailure.Category.RESTARTABLE,
                            "another instance leads job " + job.job() + " now")));
    return seat(election)
        .doOnSubscribe(s -> LOG.info("job {} waits to lead", job.job()))
        .then(Mono.defer(() -> work(stop).takeUntilOther(lost)))
        .takeUntilOther(standsBy(election, stop));
  }

  /**
   * Waits for the lead: for ever at first, but not long once it was had and lost. Then another
   * instance has it, and this one ends, so that whoever supervises it hears of its sleep.
   */
  private Mono<Void> seat(LeaderElection election) {
    return hasLed
        ? election
            .elected()
            .timeout(
                REGAIN_WITHIN,
                Mono.error(
                    () ->
                        new KafkaFailure(
                            KafkaFailure.Category.FENCED,
                            "another instance has taken over this job ("
                                + job.job()
                                + "), which this one led before")))
        : election.elected();
  }

  /** Completes on a stop between two lives; a life ends by itself, in order. */
  private Mono<Void> disengaged(Publisher<?> stop) {
    return Mono.when(stop)
        .doOnTerminate(() -> stopping = true)
        .then(Mono.defer(() -> engaged ? Mono.never() : Mono.empty()));
  }

  /** Completes on a stop while this instance does not lead; a leader ends its pipeline in order. */
  private static Mono<Void> standsBy(LeaderElection election, Publisher<?> stop) {
    return Mono.when(stop)
        .then(Mono.defer(() -> election.isLeading() ? Mono.never() : Mono.empty()));
  }

  private Mono<Progress> work(Publisher<?> stop) {
    return Mono.usingWhen(
        Mono.fromCallable(this::open).subscribeOn(Schedulers.boundedElastic()),
        // a quiet stream brings no next cut that would hear of a commit that failed
        opened -> opened.pipeline().run(stop).takeUntilOther(opened.failed()),
        this::close);
  }

  private Parts open() {
    List<Feed> feeds = Wiring.feeds(job);
    SourceOptions options =
        job.onDataLoss() == OnTrouble.CONTINUE
            ? SourceOptions.DEFAULTS.continuing(
                loss -> {
                  LOG.warn("data loss: {}", loss);
                  notes.accept("data-loss", loss.toString());
                })
            : SourceOptions.DEFAULTS;
    if (job.samples().labels() != null) {
      options = options.inTimeOrder();
    }
    SinkTopics topics = Wiring.sinkTopics(job);
    Problem problem = job.problem();
    Publishing publishing = Wiring.publishing(job, problem);
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    KafkaCheckpointStore store =
        new KafkaCheckpointStore(kafka, job.job(), job.topics().checkpoints());
    KafkaSampleSource source =
        KafkaSampleSource.connect(kafka, feeds.stream().map(Feed::topic).toList(), options);
    CutSink sink;
    Supplier<CommitStatistics> statistics;
    Mono<Void> failed;
    AutoCloseable closer;
    if (job.delivery() == Delivery.EXACTLY_ONCE) {
      TransactionalCutSink opened =
          TransactionalCutSink.open(kafka, topics, store, codec, publishing);
      opened.tell(commits);
      sink = opened;
      statistics = opened::statistics;
      failed = opened.failed();
      closer = opened;
    } else {
      AtLeastOnceCutSink opened = AtLeastOnceCutSink.open(kafka, topics, store, codec, publishing);
      opened.tell(commits);
      sink = opened;
      statistics = opened::statistics;
      failed = opened.failed();
      closer = opened;
    }
    Scheduler solverThread = Schedulers.newSingle("thalweg-solver");
    Scheduler decodeThreads = Wiring.decodeThreads(job);
    KafkaControlSource control =
        new KafkaControlSource(
            kafka,
            job.topics().control(),
            job.topics().snapshots(),
            job.job(),
            job.fingerprint(),
            notes);
    SolverPipeline pipeline =
        new SolverPipeline(
            Wiring.tuning(job, problem, System::currentTimeMillis),
            Wiring.assembly(job, problem),
            source,
            new EventLog(sink, event -> LOG.warn("{}", event)),
            job.onConfigChange() == OnTrouble.CONTINUE
                ? new AdoptingStore(store, job.fingerprint(), job.constraint(problem))
                : store,
            control,
            solverThread,
            decodeThreads,
            observers);
    pipeline.stepTimes().tell(steps);
    Disposable threads =
        decodeThreads == null ? solverThread : Disposables.composite(decodeThreads, solverThread);
    Parts opened = new Parts(source, sink, control, statistics, failed, closer, threads, pipeline);
    parts = opened;
    hasLed = true;
    working = true;
    restartReason = null;
    notes.accept("leads", "this instance leads, over " + source.lanes().size() + " partitions");
    LOG.info(
        "job {} leads: {} over {} partitions, {}",
        job.job(),
        job.method(),
        source.lanes().size(),
        job.delivery() == Delivery.EXACTLY_ONCE ? "exactly once" : "at least once");
    return opened;
  }

  private Mono<Void> close(Parts opened) {
    working = false;
    return closing("source", opened.source())
        .then(closing("control topic", opened.control()))
        .then(opened.source().closed())
        .then(Mono.defer(() -> opened.control().closed().timeout(CONTROL_ENDS, Mono.empty())))
        .then(closing("sink", opened.closer()))
        .then(Mono.fromRunnable(opened.threads()::dispose));
  }

  private static Mono<Void> closing(String what, AutoCloseable part) {
    return Mono.<Void>fromCallable(
            () -> {
              part.close();
              return null;
            })
        .subscribeOn(Schedulers.boundedElastic())
        .onErrorResume(
            e -> {
              LOG.warn("closing the {}: {}", what, e.getMessage());
              return Mono.empty();
            });
  }

  /** A broker that was there and is away is waited for; one that never answered is a mistake. */
  private boolean isHealedByRestart(Throwable failure) {
    return !stopping
        && failure instanceof KafkaFailure kafka
        && (kafka.category() == KafkaFailure.Category.RESTARTABLE
            || (hasLed && kafka.category() == KafkaFailure.Category.UNREACHABLE));
  }
}
