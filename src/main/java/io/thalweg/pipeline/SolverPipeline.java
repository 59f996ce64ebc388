package io.thalweg.pipeline;

import io.thalweg.solver.StepInput;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Samples in, committed cuts out. The chain of {@link #run} is the table of contents: resume, join
 * the feeds into steps, step and cut when due, commit, flush. One thread, that of the given
 * scheduler, steps and does all that the order of samples hangs on; records may be decoded ahead of
 * it on other threads. A commit runs beside it and holds it back only when the next cut is due
 * before the sink has room.
 */
public final class SolverPipeline {
  private final Tuning tuning;
  private final Assembly assembly;
  private final SampleSource source;
  private final CutSink sink;
  private final CheckpointStore store;
  private final ControlSource control;
  private final Scheduler solverThread;
  private final @Nullable Scheduler decodeThreads;
  private final List<Consumer<StepInput>> observers;
  private final AtomicLong ahead = new AtomicLong();
  private final AtomicLong decoded = new AtomicLong();

  /** Of every feed, records that the source has handed over and the assembler has not. */
  private final AtomicLongArray onTheirWay;

  private final StepTimes stepTimes = new StepTimes();
  private volatile @Nullable TuningLoop loop;
  private volatile long restoredVersion;

  /**
   * A pipeline, not yet running.
   *
   * @param tuning what is tuned, by what
   * @param assembly how records become steps
   * @param source where records come from
   * @param sink where cuts become visible
   * @param store where the last checkpoint is
   * @param solverThread a scheduler of one thread that does nothing else; its clock paces cuts
   * @param decodeThreads where records are decoded ahead of their steps, a thread per feed at the
   *     most; null decodes on the solver's thread. The results are the same
   * @param observers see every step's batches before the solver does
   */
  public SolverPipeline(
      Tuning tuning,
      Assembly assembly,
      SampleSource source,
      CutSink sink,
      CheckpointStore store,
      Scheduler solverThread,
      @Nullable Scheduler decodeThreads,
      List<Consumer<StepInput>> observers) {
    this(
        tuning,
        assembly,
        source,
        sink,
        store,
        ControlSource.NONE,
        solverThread,
        decodeThreads,
        observers);
  }

  /**
   * A pipeline that takes commands, not yet running.
   *
   * @param tuning what is tuned, by what
   * @param assembly how records become steps
   * @param source where records come from
   * @param sink where cuts become visible
   * @param store where the last checkpoint is
   * @param control where operators ask for something
   * @param solverThread a scheduler of one thread that does nothing else; its clock paces cuts
   * @param decodeThreads where records are decoded ahead of their steps, a thread per feed at the
   *     most; null decodes on the solver's thread. The results are the same
   * @param observers see every step's batches before the solver does
   */
  public SolverPipeline(
      Tuning tuning,
      Assembly assembly,
      SampleSource source,
      CutSink sink,
      CheckpointStore store,
      ControlSource control,
      Scheduler solverThread,
      @Nullable Scheduler decodeThreads,
      List<Consumer<StepInput>> observers) {
    this.control = control;
    this.tuning = tuning;
    this.assembly = assembly;
    this.source = source;
    this.sink = sink;
    this.store = store;
    this.solverThread = solverThread;
    this.decodeThreads = decodeThreads;
    this.observers = List.copyOf(observers);
    this.onTheirWay = new AtomicLongArray(assembly.feeds().size());
  }

  /**
   * Runs until the source ends, the stop signal comes or something fails.
   *
   * @param stop its first signal asks for a last cut and an orderly end
   * @return the last progress when everything is durable
   */
  public Mono<Progress> run(Publisher<?> stop) {
    return store
        .latest()
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty())
        .publishOn(Schedulers.boundedElastic()) // asking the source may block
        .map(checkpoint -> start(checkpoint.orElse(null)))
        .publishOn(solverThread)
        .flatMap(start -> from(start, stop));
  }

  /** Where a run begins. */
  private record Start(
      @Nullable Checkpoint checkpoint, Positions positions, long asked, Map<String, String> ids) {}

  private Start start(@Nullable Checkpoint checkpoint) {
    Positions positions = begin(checkpoint);
    if (control == ControlSource.NONE) {
      return new Start(checkpoint, positions, -1, source.topicIds());
    }
    Map<String, String> ids = new TreeMap<>(control.topicIds());
    ids.putAll(source.topicIds());
    ControlBook book = ControlBook.of(checkpoint);
    long asked =
        checkpoint == null || book == null
            ? control.unanswered()
            : control.resume(book.next(), checkpoint.topicIds());
    return new Start(checkpoint, positions, asked, ids);
  }

  /**
   * How far the run is.
   *
   * @return the latest look, {@link Progress#NONE} before the first one
   */
  public Progress progress() {
    TuningLoop running = loop;
    return running == null ? Progress.NONE : running.progress();
  }

  /**
   * Records that the source has handed over and the solver's thread has not taken up: on their way,
   * or decoded ahead. They are not part of what {@link #progress} counts as waiting.
   *
   * @return their number now
   */
  public long ahead() {
    return ahead.get();
  }

  /**
   * Where records and cuts wait, from the source to the sink.
   *
   * @return as it is now, read while it changes
   */
  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    long ready = decodeThreads == null ? 0 : decoded.get();
    // of each feed one batch is being handed over, and one waits in the operator between
    long room = 2L * assembly.feeds().size() * source.mostPerBatch();
    stages.add(new Stage("poll", Math.max(0, ahead.get() - ready), room));
    if (decodeThreads != null) {
      stages.add(new Stage("decode", Math.max(0, ready), room));
    }
    TuningLoop running = loop;
    if (running != null) {
      stages.addAll(running.stages());
    }
    stages.add(new Stage("commit", sink.waiting(), sink.mostWaiting()));
    return stages;
  }

  /**
   * The snapshot of the checkpoint that this run went on from.
   *
   * @return its version, 0 where the job began anew
   */
  public long restoredVersion() {
    return restoredVersion;
  }

  /**
   * How long steps took in this run: scoring, stepping and taking cuts.
   *
   * @return their number and time as of now
   */
  public StepTimes stepTimes() {
    return stepTimes;
  }

  private Mono<Progress> from(Start begin, Publisher<?> stop) {
    Positions start = begin.positions();
    StepAssembler assembler = new StepAssembler(assembly, source.lanes(), start, this::mayHoldMore);
    TuningLoop tuningLoop =
        new TuningLoop(
            tuning,
            assembler,
            begin.ids(),
            start,
            begin.checkpoint(),
            begin.asked(),
            observers,
            sink::commitNanos,
            nanos());
    Checkpoint from = begin.checkpoint();
    restoredVersion = from == null ? 0 : from.version();
    loop = tuningLoop;
    return steps(assembler, tuningLoop, start, begin.asked())
        // on the solver's own thread: a stop must not fall between a draw and its step
        .takeUntilOther(Mono.when(stop).publishOn(solverThread))
        .<Cut>handle(
            (draw, out) -> {
              long before = nanos();
              Cut cut = tuningLoop.take(draw, before);
              if (draw.input() != null) {
                stepTimes.add(nanos() - before);
              }
              if (cut != null) {
                out.next(cut);
              }
              if (tuningLoop.isOver()) {
                out.complete(); // what led there is committed before the run fails
              }
            })
        .concatWith(Mono.fromSupplier(() -> tuningLoop.last(nanos())))
        .concatMap(cut -> sink.accept(cut).publishOn(solverThread), 1)
        .then(Mono.defer(sink::flush))
        .then(
            Mono.fromSupplier(
                () -> {
                  tuningLoop.checkEnd();
                  return tuningLoop.progress();
                }));
  }

  private Flux<Draw> steps(
      StepAssembler assembler, TuningLoop tuningLoop, Positions start, long asked) {
    List<Flux<RecordBatch>> feeds = new ArrayList<>();
    for (int f = 0; f < assembly.feeds().size(); f++) {
      Feed feed = assembly.feeds().get(f);
      int number = f;
      onTheirWay.set(f, 0);
      Flux<RecordBatch> read =
          source
              .records(feed, start)
              .doOnNext(
                  records -> {
                    ahead.addAndGet(records.size());
                    onTheirWay.addAndGet(number, records.size());
                  });
      feeds.add(
          decoded(feed, read)
              .publishOn(solverThread, 1)
              .doOnNext(
                  records -> {
                    ahead.addAndGet(-records.size());
                    onTheirWay.addAndGet(number, -records.size());
                    decoded.addAndGet(-records.size());
                  }));
    }
    return new StepFlux(
        feeds,
        control.records(asked).publishOn(solverThread, 1),
        assembler,
        tuning.solver()::next,
        tuningLoop::cutDueNanos,
        tuningLoop::isPaused,
        solverThread);
  }

  /** Asked in this order: what is on its way has left the source before the source says so. */
  private boolean mayHoldMore(int feed) {
    return source.mayHoldMore(assembly.feeds().get(feed)) || onTheirWay.get(feed) > 0;
  }

  private Flux<RecordBatch> decoded(Feed feed, Flux<RecordBatch> records) {
    Scheduler threads = decodeThreads;
    return threads == null
        ? records
        : records
            .publishOn(threads, 1)
            .map(new DecodeAhead(assembly, source.lanes(), feed)::decode)
            .doOnNext(batch -> decoded.addAndGet(batch.size()));
  }

  private long nanos() {
    return solverThread.now(TimeUnit.NANOSECONDS);
  }

  /** The positions of a checkpoint that belongs to this configuration and to these topics. */
  private Positions begin(@Nullable Checkpoint checkpoint) {
    if (checkpoint == null) {
      return source.beginning();
    }
    if (!checkpoint.config().equals(tuning.config())) {
      throw new ResumeException(
          "the checkpoint of job "
              + tuning.job()
              + " was made by configuration "
              + checkpoint.config()
              + ", but this one is "
              + tuning.config()
              + "; give the job another name, or the old settings back, or say on-config-change:"
              + " continue to go on from its state");
    }
    return source.resume(checkpoint);
  }
}
