package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.LongVectors;
import io.thalweg.config.Preparation;
import io.thalweg.config.Samples;
import io.thalweg.kafka.Publishing;
import io.thalweg.kafka.SinkTopics;
import io.thalweg.pipeline.Assembly;
import io.thalweg.pipeline.Cadence;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.Roles;
import io.thalweg.pipeline.Tuning;
import io.thalweg.pipeline.Turns;
import io.thalweg.pipeline.UpperView;
import io.thalweg.problem.Problem;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.SettingException;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.Missing;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Builds the parts of a pipeline from a job, the same for Kafka, for files and for a replay. */
final class Wiring {
  private Wiring() {}

  /**
   * The topics a job reads, each with the level it stands for. A level that the method does not
   * read has none: the other one's topic is all that is subscribed.
   */
  static List<Feed> feeds(JobConfig job) {
    String shared = job.samples().topic();
    if (job.reads().size() == 1) {
      Level only = job.reads().iterator().next();
      String own = only == Level.LOWER ? job.topics().train() : job.topics().validation();
      return List.of(new Feed(shared == null ? own : shared, only));
    }
    String labels = job.samples().labels();
    if (shared != null && labels != null) {
      return List.of(new Feed(shared, Level.LOWER), new Feed(labels, Level.UPPER));
    }
    if (shared != null) {
      return List.of(new Feed(shared, null));
    }
    return List.of(
        new Feed(job.topics().train(), Level.LOWER),
        new Feed(job.topics().validation(), Level.UPPER));
  }

  /** How a job's records become steps. */
  static Assembly assembly(JobConfig job, Problem problem) {
    return assembly(job, problem, feeds(job));
  }

  /** The same for other feeds. */
  static Assembly assembly(JobConfig job, Problem problem, List<Feed> feeds) {
    SampleOptions options = options(job.samples());
    return new Assembly(
        feeds,
        inBatches(job, problem),
        job.batching().lower(),
        job.batching().upper(),
        job.batching().linger(),
        roles(job),
        () -> decoder(job, problem, options),
        job.reads(),
        Methods.namesRemoved(job.solverSettings()));
  }

  /** What records hold, by level: of labels that come apart, those stand for the upper one. */
  static Map<Level, SampleSchema> schemas(JobConfig job, Problem problem) {
    if (job.samples().labels() != null) {
      SampleSchema sample = problem.schema(Level.LOWER);
      return Map.of(
          Level.LOWER, LateLabels.records(sample), Level.UPPER, LateLabels.labels(sample));
    }
    return schemas(problem);
  }

  /** Sample schemas of both levels. */
  static Map<Level, SampleSchema> schemas(Problem problem) {
    Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      schemas.put(level, problem.schema(level));
    }
    return schemas;
  }

  /** What batches hold, by level. */
  static Map<Level, SampleSchema> inBatches(JobConfig job, Problem problem) {
    if (job.samples().labels() == null) {
      return schemas(job, problem);
    }
    SampleSchema joined = LateLabels.joined(problem.schema(Level.LOWER));
    return Map.of(Level.LOWER, joined, Level.UPPER, joined);
  }

  /** A decoder of a job's records for one thread. */
  static SampleDecoder decoder(JobConfig job, Problem problem, SampleOptions options) {
    return job.samples().labels() == null
        ? SampleDecoders.create(options, schemas(job, problem))
        : SampleDecoders.joining(options, problem.schema(Level.LOWER));
  }

  /**
   * Refuses a job whose columns cannot make a sample.
   *
   * @throws SettingException naming the column that {@code samples.header} lacks
   */
  static void requireColumns(JobConfig job, Problem problem) {
    if (job.samples().format() != Samples.Format.CSV) {
      return;
    }
    for (Level level : job.samples().header().keySet()) {
      String column =
          SampleDecoders.lackingColumn(options(job.samples()), schemas(job, problem), level);
      if (!column.isEmpty() && job.reads().contains(level)) {
        throw new SettingException(
            "samples.header",
            "must name the column "
                + column
                + ", which every "
                + level.role()
                + " sample has; without it every record would be refused");
      }
    }
  }

  /** How records are decoded. */
  static SampleOptions options(Samples samples) {
    SampleOptions options =
        SampleOptions.of(
            switch (samples.format()) {
              case JSON -> SampleFormat.JSON;
              case CSV -> SampleFormat.CSV;
              case BINARY -> SampleFormat.BINARY;
            });
    for (Map.Entry<Level, List<String>> names : samples.header().entrySet()) {
      options = options.withHeader(names.getKey(), names.getValue());
    }
    Preparation preparation = samples.preparation();
    options =
        options
            .withSeparator(preparation.separator())
            .withClasses(preparation.classes())
            .withMissing(
                switch (preparation.missing()) {
                  case REJECT -> Missing.REJECT;
                  case MEAN -> Missing.MEAN;
                  case ZERO -> Missing.ZERO;
                });
    String unwrap = samples.unwrap();
    return unwrap == null ? options : options.withUnwrap(unwrap);
  }

  /** Threads that decode ahead of the solver, one for each feed; null where its own does it. */
  static @Nullable Scheduler decodeThreads(JobConfig job) {
    boolean ahead = job.samples().decodesAhead(Runtime.getRuntime().availableProcessors());
    return ahead ? Schedulers.newParallel("thalweg-decode", feeds(job).size()) : null;
  }

  /** Which level a sample belongs to. */
  static Roles roles(JobConfig job) {
    return roles(job, Turns.BY_TIME);
  }

  /** The same, with the order of labels that come apart from their records. */
  static Roles roles(JobConfig job, Turns turns) {
    if (job.samples().labels() != null) {
      return new Roles(new Roles.Split.Labels(turns));
    }
    Samples.Split split = job.samples().split();
    return new Roles(
        switch (split.kind()) {
          case BY_ROLE -> new Roles.Split.Topics();
          case BY_SHARE -> new Roles.Split.Hash(split.upperShare());
          case PREQUENTIAL -> new Roles.Split.Prequential();
        });
  }

  /** Where a job writes. */
  static SinkTopics sinkTopics(JobConfig job) {
    return new SinkTopics(
        job.topics().snapshots(),
        job.topics().checkpoints(),
        job.topics().deadLetters(),
        job.topics().control());
  }

  /** How large the records are that a job publishes. */
  static Publishing publishing(JobConfig job, Problem problem) {
    LongVectors vectors = job.longVectors();
    return new Publishing(
        Methods.upperDim(job.solverSettings(), problem),
        problem.lowerDim(),
        Methods.members(job.solverSettings()),
        new LargeModels(
            vectors.inline(), vectors.keyframeEvery(), LargeModels.DEFAULTS.deltaBytes()));
  }

  /** What is tuned, by a solver at its starting point. */
  static Tuning tuning(JobConfig job, Problem problem, LongSupplier clockMillis) {
    Solver solver = job.solver(problem);
    return new Tuning(
        job.job(),
        job.method(),
        job.fingerprint(),
        Version.number(),
        problem,
        solver,
        upper(job, problem, solver),
        job.longVectors().inline(),
        new Cadence(
            (int) Math.min(Integer.MAX_VALUE, job.cadence().steps()),
            job.cadence().soonest(),
            job.cadence().time(),
            job.cadence().share()),
        clockMillis);
  }

  /** Names and units of the upper coordinates. */
  static UpperView upper(JobConfig job, Problem problem, Solver solver) {
    return new UpperView() {
      @Override
      public int named(int dimension) {
        return dimension <= job.longVectors().inline() ? dimension : 0;
      }

      @Override
      public String name(int i) {
        return i < problem.upperDim()
            ? problem.upperName(i)
            : solver.ownUpperName(i - problem.upperDim());
      }

      @Override
      public double unit(int i, double[] x) {
        return i < problem.upperDim() ? problem.upperUnit(i, x) : solver.ownUpperUnit(x[i]);
      }

      @Override
      public double value(int i, double unit) {
        return i < problem.upperDim() ? problem.upperOfUnit(i, unit) : solver.ownUpperValue(unit);
      }
    };
  }
}
