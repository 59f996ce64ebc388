package io.thalweg.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.thalweg.pipeline.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The job's meters. Nothing is counted twice: they are read off the last look and the last
 * committed snapshot when somebody asks. Their number is bounded whatever the data holds; tags
 * never carry keys, offsets or identities of samples.
 */
public final class JobMeters {
  /** Hyperparameters that have a gauge each; where there are more, only their range and norm. */
  public static final int MOST_HYPERPARAMETERS = 50;

  private static final int MOST_FIGURES = 100;

  /** From a tenth of a millisecond to three seconds. */
  private static final Duration[] STEP_BUCKETS =
      IntStream.of(100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000)
          .mapToObj(micros -> Duration.ofNanos(1_000L * micros))
          .toArray(Duration[]::new);

  /** Figures of a snapshot that have a meter of their own. */
  private static final Map<String, String[]> OBJECTIVES =
      Map.of(
          "upper-loss", new String[] {"upper", "batch"},
          "lower-loss", new String[] {"lower", "batch"},
          "smoothed-upper-loss", new String[] {"upper", "ewma"},
          "prequential-loss", new String[] {"prequential", "mean"},
          "prequential-loss-window", new String[] {"prequential", "window"},
          "reference-loss", new String[] {"reference", "mean"});

  /** And so have these. */
  private static final List<String> OWN =
      List.of(
          "samples-lower",
          "samples-upper",
          "refused-steps",
          "rejected-samples",
          "hypergradient-norm",
          "lower-residual");

  private final JobWatch watch;
  private final long cadenceMillis;
  private final MultiGauge hyperparameters;
  private final MultiGauge hyperparameterRange;
  private final MultiGauge objectives;
  private final MultiGauge figures;
  private final MultiGauge depths;
  private final MultiGauge capacities;
  private final MultiGauge lags;
  private final MultiGauge ready;
  private final MultiGauge events;
  private final Counted lower = new Counted("samples-lower");
  private final Counted upper = new Counted("samples-upper");
  private final Counted refused = new Counted("refused-steps");
  private final Total leftOut = new Total();
  private final Total applied = new Total();
  private final Total turnedAway = new Total();
  private final Total commits = new Total();
  private final Total commitNanos = new Total();
  private final Total steps = new Total();

  private JobMeters(MeterRegistry registry, JobWatch watch, long cadenceMillis) {
    this.watch = watch;
    this.cadenceMillis = cadenceMillis;
    this.hyperparameters =
        MultiGauge.builder("thalweg.hyperparameter")
            .description("Value in the user's units, as published last")
            .register(registry);
    this.hyperparameterRange =
        MultiGauge.builder("thalweg.hyperparameter.range")
            .description("Smallest, largest and norm where there are too many to have one each")
            .register(registry);
    this.objectives =
        MultiGauge.builder("thalweg.objective")
            .description("Losses as published last")
            .register(registry);
    this.figures =
        MultiGauge.builder("thalweg.figure")
            .description("Every other figure of the last published snapshot")
            .register(registry);
    this.depths =
        MultiGauge.builder("thalweg.queue.depth")
            .description("What waits before each stage of the pipeline")
            .register(registry);
    this.capacities =
        MultiGauge.builder("thalweg.queue.capacity")
            .description("How much may wait there before no more is asked for")
            .register(registry);
    this.lags =
        MultiGauge.builder("thalweg.lag.records")
            .description("Records of a partition that are in no committed cut yet")
            .register(registry);
    this.ready =
        MultiGauge.builder("thalweg.ready.check")
            .description("1 where a condition of readiness holds")
            .register(registry);
    this.events =
        MultiGauge.builder("thalweg.events")
            .description("Events committed by this process, by kind")
            .register(registry);
  }

  /**
   * Registers the meters of a job.
   *
   * @param registry where
   * @param watch what they show
   * @param method id of the method
   * @param version of the program
   * @param cadenceMillis how far apart snapshots are at the most while there are samples
   * @return to be refreshed before each scrape
   */
  public static JobMeters bind(
      MeterRegistry registry, JobWatch watch, String method, String version, long cadenceMillis) {
    JobMeters meters = new JobMeters(registry, watch, cadenceMillis);
    meters.bindTo(registry, method, version);
    return meters;
  }

  /**
   * Registers the distribution of the times of steps. It is the one meter that is told of each; a
   * step is a batch, and telling takes well below a microsecond.
   *
   * @param registry where
   * @return to be told the nanoseconds of every step, by any thread
   */
  public static LongConsumer stepTimes(MeterRegistry registry) {
    Timer timer =
        Timer.builder("thalweg.step.duration")
            .description("Scoring, stepping and taking cuts")
            .serviceLevelObjectives(STEP_BUCKETS)
            .register(registry);
    return nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Brings the meters whose names or number change up to date. */
  public synchronized void refresh() {
    Look look = watch.look();
    List<MultiGauge.Row<?>> depth = new ArrayList<>();
    List<MultiGauge.Row<?>> capacity = new ArrayList<>();
    for (Stage stage : look.facts().stages()) {
      depth.add(row((double) stage.depth(), "stage", stage.name()));
      if (stage.capacity() > 0) {
        capacity.add(row((double) stage.capacity(), "stage", stage.name()));
      }
    }
    depths.register(depth, true);
    capacities.register(capacity, true);
    List<MultiGauge.Row<?>> lag = new ArrayList<>();
    for (LaneLook lane : look.facts().lanes()) {
      lag.add(
          row(
              (double) lane.lag(),
              "topic",
              lane.topic(),
              "partition",
              String.valueOf(lane.partition())));
    }
    lags.register(lag, true);
    List<MultiGauge.Row<?>> checks = new ArrayList<>();
    for (Check check : look.checks()) {
      checks.add(row(check.ok() ? 1 : 0, "check", check.name()));
    }
    ready.register(checks, true);
    List<MultiGauge.Row<?>> kinds = new ArrayList<>();
    watch.journal().events().forEach((kind, count) -> kinds.add(row(count, "kind", kind)));
    events.register(kinds, true);
    Point newest = watch.journal().newest();
    if (newest != null) {
      lower.see(newest);
      upper.see(newest);
      refused.see(newest);
      values(newest.upper());
      published(newest.metrics());
    }
  }

  private void values(Map<String, Double> upperByName) {
    List<MultiGauge.Row<?>> each = new ArrayList<>();
    List<MultiGauge.Row<?>> range = new ArrayList<>();
    if (upperByName.size() <= MOST_HYPERPARAMETERS) {
      upperByName.forEach((name, value) -> each.add(row(value, "name", name)));
    } else {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      double squares = 0;
      for (double value : upperByName.values()) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        squares += value * value;
      }
      range.add(row(least, "of", "min"));
      range.add(row(most, "of", "max"));
      range.add(row(Math.sqrt(squares), "of", "norm"));
    }
    hyperparameters.register(each, true);
    hyperparameterRange.register(range, true);
  }

  private void published(Map<String, Double> metrics) {
    List<MultiGauge.Row<?>> losses = new ArrayList<>();
    List<MultiGauge.Row<?>> others = new ArrayList<>();
    metrics.forEach(
        (name, value) -> {
          String[] tags = OBJECTIVES.get(name);
          if (tags != null) {
            losses.add(row(value, "level", tags[0], "kind", tags[1]));
          } else if (!OWN.contains(name) && others.size() < MOST_FIGURES) {
            others.add(row(value, "name", name));
          }
        });
    objectives.register(losses, true);
    figures.register(others, true);
  }

  private static MultiGauge.Row<?> row(double value, String... tags) {
    return MultiGauge.Row.of(Tags.of(tags), value);
  }

  private void bindTo(MeterRegistry registry, String method, String version) {
    gauge(registry, "thalweg.ready", "1 where every condition of readiness holds", w -> ready(w));
    gauge(registry, "thalweg.leader", "1 where this instance leads its job", w -> leads(w));
    gauge(
        registry,
        "thalweg.paused",
        "1 where an operator has paused the job",
        w -> w.look().facts().progress().control().isPaused() ? 1 : 0);
    gauge(
        registry,
        "thalweg.lag",
        "Records in the topics that are in no step yet",
        w -> w.look().facts().lag());
    gauge(registry, "thalweg.sample.rate", "Samples taken in per second", w -> w.look().rate());
    gauge(registry, "thalweg.snapshot.version", "Version published last", JobMeters::version);
    gauge(
        registry,
        "thalweg.hypergradient.norm",
        "Norm of the hypergradient estimate, as published last",
        w -> figure(w, "hypergradient-norm"));
    gauge(
        registry,
        "thalweg.lower.residual",
        "Norm of the gradient of the lower level, as published last",
        w -> figure(w, "lower-residual"));
    seconds(
        registry,
        "thalweg.snapshot.published.timestamp",
        "When the last published snapshot was taken, since 1970",
        w -> taken(w));
    seconds(
        registry,
        "thalweg.snapshot.cadence",
        "Snapshots are due at least this often while there are samples",
        w -> cadenceMillis / 1e3);
    seconds(
        registry,
        "thalweg.event.time.lag",
        "Age of the latest event time taken in when its snapshot was made",
        w -> eventLag(w));
    Gauge.builder("thalweg.snapshot.bytes", watch, w -> w.look().facts().commits().snapshotBytes())
        .description("Snapshots of the last commit, before compression")
        .register(registry);
    Gauge.builder("thalweg.build.info", () -> 1)
        .description("Version and method")
        .tags("version", version, "method", method)
        .register(registry);
    counters(registry);
  }

  private void counters(MeterRegistry registry) {
    String samples = "Samples by what became of them; those of snapshots count when committed";
    count(
        registry,
        "thalweg.samples",
        samples,
        m -> m.lower.total(),
        "role",
        "train",
        "outcome",
        "used");
    count(
        registry,
        "thalweg.samples",
        samples,
        m -> m.upper.total(),
        "role",
        "validation",
        "outcome",
        "used");
    count(
        registry,
        "thalweg.samples",
        samples,
        m -> m.watch.look().rejected(),
        "role",
        "any",
        "outcome",
        "rejected");
    count(
        registry,
        "thalweg.samples",
        samples,
        m -> m.leftOut.of(m.watch.look().facts().progress().leftOut()),
        "role",
        "any",
        "outcome",
        "left-out");
    String commands = "Commands of operators, by whether they were obeyed";
    count(
        registry,
        "thalweg.commands",
        commands,
        m -> m.applied.of(m.watch.look().facts().progress().control().applied()),
        "outcome",
        "applied");
    count(
        registry,
        "thalweg.commands",
        commands,
        m -> m.turnedAway.of(m.watch.look().facts().progress().control().rejected()),
        "outcome",
        "rejected");
    count(
        registry,
        "thalweg.step",
        "Steps of this process, refused ones included",
        m -> m.steps.of(m.watch.look().facts().steps()));
    count(
        registry,
        "thalweg.refused.steps",
        "Steps that would have left the range of finite numbers",
        m -> m.refused.total());
    count(
        registry,
        "thalweg.dead.letters",
        "Records that were set aside with the reason",
        m -> m.watch.journal().deadLetters());
    FunctionTimer.builder(
            "thalweg.commit.duration",
            this,
            m -> m.commits.of(m.watch.look().facts().commits().count()),
            m -> m.commitNanos.of(m.watch.look().facts().commits().totalNanos()),
            TimeUnit.NANOSECONDS)
        .description("From the first record of a commit to its acknowledgement")
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, String description, ToDoubleFunction<JobWatch> value) {
    Gauge.builder(name, watch, value).description(description).register(registry);
  }

  private void seconds(
      MeterRegistry registry, String name, String description, ToDoubleFunction<JobWatch> value) {
    Gauge.builder(name, watch, value)
        .description(description)
        .baseUnit("seconds")
        .register(registry);
  }

  private void count(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<JobMeters> value,
      String... tags) {
    FunctionCounter.builder(name, this, value)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private static double ready(JobWatch watch) {
    return watch.look().ready() ? 1 : 0;
  }

  private static double leads(JobWatch watch) {
    return watch.look().facts().phase() == Phase.RUNNING ? 1 : 0;
  }

  private static double version(JobWatch watch) {
    Point newest = watch.journal().newest();
    return newest == null ? watch.look().facts().restoredVersion() : newest.version();
  }

  private static double figure(JobWatch watch, String name) {
    Point newest = watch.journal().newest();
    return newest == null ? Double.NaN : newest.metrics().getOrDefault(name, Double.NaN);
  }

  private static double taken(JobWatch watch) {
    Point newest = watch.journal().newest();
    return newest == null ? Double.NaN : newest.timeMillis() / 1e3;
  }

  private static double eventLag(JobWatch watch) {
    Point newest = watch.journal().newest();
    return newest == null || newest.eventTimeMillis() == Long.MIN_VALUE
        ? Double.NaN
        : (newest.timeMillis() - newest.eventTimeMillis()) / 1e3;
  }

  /** A figure that grows with the job, as a count of this process. */
  private static final class Counted {
    private final String name;
    private boolean seen;
    private double last;
    private double total;

    Counted(String name) {
      this.name = name;
    }

    /** What came before this process is not counted, nor is what a new life takes back. */
    synchronized void see(Point point) {
      double now = point.metrics().getOrDefault(name, 0.0);
      if (seen || point.epoch() == 1) {
        total += Math.max(0, now - last);
      }
      seen = true;
      last = now;
    }

    synchronized double total() {
      return total;
    }
  }
}
