package io.thalweg.load.bench;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaCheckpointStore;
import io.thalweg.kafka.KafkaSampleSource;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.Publishing;
import io.thalweg.kafka.SinkTopics;
import io.thalweg.kafka.TransactionalCutSink;
import io.thalweg.load.CpuTime;
import io.thalweg.pipeline.Assembly;
import io.thalweg.pipeline.Cadence;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Roles;
import io.thalweg.pipeline.SolverPipeline;
import io.thalweg.pipeline.Tuning;
import io.thalweg.pipeline.UpperView;
import io.thalweg.problem.Problem;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SnapshotCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A backlog taken in by the very classes of {@code thalweg run}, commits and all. */
final class Whole {
  private Whole() {}

  /**
   * What it took.
   *
   * @param samplesPerSecond by the clock on the wall
   * @param cpuMicros per sample, of the whole process
   */
  record Cost(double samplesPerSecond, double cpuMicros) {}

  static Cost of(Backlog backlog, JobConfig job) throws Exception {
    backlog.topics(job);
    KafkaSettings kafka = new KafkaSettings(job.kafka().values());
    KafkaCheckpointStore store =
        new KafkaCheckpointStore(kafka, job.job(), job.topics().checkpoints());
    Problem problem = job.problem();
    Scheduler thread = Schedulers.newSingle("bench-solver");
    Scheduler decoders = decodeThreads(job, backlog);
    try (TransactionalCutSink sink =
            TransactionalCutSink.open(
                kafka,
                SinkTopics.of(job.job()),
                store,
                new SnapshotCodec(SnapshotCodec.Vectors.COMPACT),
                publishing(job, problem));
        KafkaSampleSource source = backlog.source()) {
      SolverPipeline pipeline =
          new SolverPipeline(
              tuning(job, problem),
              assembly(backlog),
              source,
              sink,
              store,
              thread,
              decoders,
              List.of());
      Sinks.Empty<Void> stop = Sinks.empty();
      long cpu = CpuTime.ofProcess();
      long start = System.nanoTime();
      CompletableFuture<Progress> end = pipeline.run(stop.asMono()).toFuture();
      long wanted = backlog.samples() - 4L * Backlog.ROWS;
      while (pipeline.progress().samples() < wanted && !end.isDone()) {
        Thread.sleep(2);
      }
      long took = System.nanoTime() - start;
      double used = (CpuTime.ofProcess() - cpu) / 1e3;
      long samples = pipeline.progress().samples();
      stop.tryEmitEmpty();
      Progress last = end.get();
      if (last.samples() < wanted) {
        throw new IllegalStateException("only " + last);
      }
      return new Cost(samples * 1e9 / took, used / samples);
    } finally {
      thread.dispose();
      if (decoders != null) {
        decoders.dispose();
      }
    }
  }

  /** As {@code run} has them: by what the job says, or by texts and a processor that is free. */
  private static @Nullable Scheduler decodeThreads(JobConfig job, Backlog backlog) {
    boolean ahead = job.samples().decodesAhead(Runtime.getRuntime().availableProcessors());
    return ahead ? Schedulers.newParallel("bench-decode", backlog.feeds().size()) : null;
  }

  private static Publishing publishing(JobConfig job, Problem problem) {
    return new Publishing(
        problem.upperDim(),
        problem.lowerDim(),
        0,
        new LargeModels(
            job.longVectors().inline(),
            job.longVectors().keyframeEvery(),
            LargeModels.DEFAULTS.deltaBytes()));
  }

  private static Tuning tuning(JobConfig job, Problem problem) {
    return new Tuning(
        job.job(),
        job.method(),
        job.fingerprint(),
        "bench",
        problem,
        job.solver(problem),
        new UpperView() {
          @Override
          public String name(int i) {
            return problem.upperName(i);
          }

          @Override
          public double unit(int i, double[] x) {
            return problem.upperUnit(i, x);
          }
        },
        0,
        new Cadence((int) job.cadence().steps(), job.cadence().time()),
        System::currentTimeMillis);
  }

  private static Assembly assembly(Backlog backlog) {
    return new Assembly(
        backlog.feeds(),
        backlog.schemas(),
        Backlog.ROWS,
        Backlog.ROWS,
        Duration.ofSeconds(1),
        new Roles(new Roles.Split.Topics()),
        () -> SampleDecoders.create(backlog.options(), backlog.schemas()));
  }
}
