package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.files.FileSampleSource;
import io.thalweg.files.NoCheckpoint;
import io.thalweg.files.SampleFileException;
import io.thalweg.files.SnapshotFileSink;
import io.thalweg.pipeline.Cadence;
import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.SolverPipeline;
import io.thalweg.pipeline.Tuning;
import io.thalweg.pipeline.Turns;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Level;
import io.thalweg.solver.Consumption;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Positions;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.SnapshotCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** {@code thalweg backtest}: the pipeline of {@code run} on files. */
@Command(
    name = "backtest",
    description = {
      "Runs a job on files instead of topics: the same pipeline, in file order, without a broker.",
      "Snapshots are taken by steps only (snapshots.every.steps) and at the end, so two backtests"
          + " of the same files give the same numbers. With --set snapshots.every.steps=1 every"
          + " iterate is written, step 1 being the initial point.",
      ""
    },
    footer = {
      "",
      "Files hold one sample per line, JSON or CSV, plain or gzip.",
      "Snapshots go to stdout unless --snapshots names a file; the summary goes to stderr.",
      "Exit codes: 65 when no step could be made, 70 diverged, 78 configuration.",
      "",
      "Examples:",
      "  thalweg backtest -c job.yaml --train train.jsonl --validation valid.jsonl \\",
      "    --snapshots out.jsonl",
      "  thalweg backtest -c job.yaml --samples all.csv.gz --set samples.topic=all \\",
      "    --set samples.split=prequential",
      "  thalweg backtest -c job.yaml --samples calls.jsonl --labels outcomes.jsonl",
      "  thalweg backtest -c job.yaml --samples all.csv.gz --label-delay 1000"
    })
final class BacktestCommand implements Callable<Integer> {
  /** What the last line of a run tells, of those figures that the method has. */
  private static final List<String> FIGURES =
      List.of(
          "upper-loss",
          "prequential-loss",
          "prequential-loss-window",
          "prequential-auc",
          "prequential-loss-mixed",
          "reference-loss");

  private static final Duration NEVER = Duration.ofDays(36_500);
  private static final long LOOK_MILLIS = 100;

  @Mixin private JobFile jobFile = new JobFile();

  @ArgGroup(multiplicity = "1")
  private Input input = new Input();

  @Option(
      names = "--snapshots",
      paramLabel = "OUT",
      description = "File for the snapshots, one JSON record per line; default stdout.")
  private @Nullable Path snapshots;

  @Option(
      names = "--dead-letters",
      paramLabel = "OUT",
      description = "File for the samples that could not be used, one JSON record per line.")
  private @Nullable Path deadLetters;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Passes over the files; a full-batch method sees its data set again each time; default 1.")
  private int repeat = 1;

  @Option(
      names = "--label-delay",
      paramLabel = "N",
      description = {
        "Rehearses labels that come N records late: sets solver.label-delay of method auto.",
        "With --labels: label number i of that file comes after record number i + N, whatever"
            + " their t."
      })
  private @Nullable Integer labelDelay;

  @Spec private CommandSpec spec;

  BacktestCommand() {}

  /** Either a file for each level or one for both. */
  private static final class Input {
    @ArgGroup(exclusive = false)
    private @Nullable ByLevel byLevel;

    @ArgGroup(exclusive = false)
    private @Nullable OneFile oneFile;
  }

  /** A file for both levels, and one for labels that come apart. */
  private static final class OneFile {
    @Option(
        names = "--samples",
        required = true,
        paramLabel = "F",
        description = "Samples of both levels, shared out as samples.split or their role says.")
    private Path samples = Path.of("samples");

    @Option(
        names = "--labels",
        paramLabel = "G",
        description = {
          "Labels of the records of --samples, for a job with samples.labels.",
          "Records and labels are taken in the order of their t, a label's being when it became"
              + " known; without t in turn, one label after each record."
        })
    private @Nullable Path labels;
  }

  /** A file for each level. */
  private static final class ByLevel {
    @Option(
        names = "--train",
        paramLabel = "F",
        description =
            "Training samples: the lower level; not needed where the method reads one level.")
    private @Nullable Path train;

    @Option(
        names = "--validation",
        required = true,
        paramLabel = "F",
        description = "Validation samples: the upper level.")
    private Path validation = Path.of("validation.jsonl");
  }

  @Override
  public Integer call() throws InterruptedException {
    if (repeat < 1) {
      throw new ParameterException(
          spec.commandLine(), "--repeat must be at least 1, but was " + repeat);
    }
    if (labelDelay != null && labelDelay < 0) {
      throw new ParameterException(
          spec.commandLine(), "--label-delay must be at least 0, but was " + labelDelay);
    }
    StopSignal.install();
    Integer delay = labelDelay;
    boolean simulated = delay != null && (input.oneFile == null || input.oneFile.labels == null);
    JobConfig job =
        simulated
            ? jobFile.read("solver.label-delay", String.valueOf(delay), "--label-delay")
            : jobFile.read();
    try {
      SampleFiles files = files(job);
      FileSampleSource source = new FileSampleSource(files.files(), repeat);
      try (RejectedSamples rejected = new RejectedSamples(source, deadLetters);
          OutputStream out =
              snapshots == null ? new Standard() : Files.newOutputStream(snapshots)) {
        return run(job, files, source, rejected, out);
      }
    } catch (SampleFileException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UserError(ExitCode.FAILURE, snapshots + ": cannot be written: " + e, e);
    }
  }

  private SampleFiles files(JobConfig job) {
    checkLabels(job);
    ByLevel byLevel = input.byLevel;
    if (byLevel != null) {
      if (byLevel.train == null && job.reads().contains(Level.LOWER)) {
        throw new ParameterException(spec.commandLine(), "Missing required option: '--train=F'");
      }
      return SampleFiles.ofLevels(job, byLevel.train, byLevel.validation);
    }
    OneFile oneFile = Objects.requireNonNull(input.oneFile);
    Path labels = oneFile.labels;
    if (labels == null) {
      return SampleFiles.shared(job, oneFile.samples);
    }
    if (repeat > 1) {
      throw new ParameterException(
          spec.commandLine(), "--repeat would bring every id again: --labels takes one pass");
    }
    Turns turns = labelDelay == null ? Turns.BY_TIME : Turns.afterRecords(labelDelay);
    SampleFiles files = SampleFiles.withLabels(job, oneFile.samples, labels, turns);
    files.checkRoles(job, job.problem());
    return files;
  }

  /** The job and the options must agree on whether labels come apart. */
  private void checkLabels(JobConfig job) {
    boolean given = input.oneFile != null && input.oneFile.labels != null;
    if (given && job.samples().labels() == null) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          "--labels is for labels that come apart: name their topic as samples.labels.topic in "
              + jobFile.file());
    }
    if (!given && job.samples().labels() != null) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          "labels of this job come apart (samples.labels): name the files of both with --samples"
              + " and --labels");
    }
  }

  private int run(
      JobConfig job,
      SampleFiles files,
      FileSampleSource source,
      RejectedSamples rejected,
      OutputStream out)
      throws InterruptedException {
    Problem problem = job.problem();
    CutEncoder encoder = new CutEncoder(new SnapshotCodec(SnapshotCodec.Vectors.PLAIN), null);
    String name = snapshots == null ? "stdout" : snapshots.toString();
    SnapshotFileSink sink = new SnapshotFileSink(out, name, encoder, rejected);
    Scheduler solverThread = Schedulers.newSingle("thalweg-solver");
    Scheduler decodeThreads = Wiring.decodeThreads(job);
    Tuning tuning = bySteps(Wiring.tuning(job, problem, System::currentTimeMillis));
    SolverPipeline pipeline =
        new SolverPipeline(
            tuning,
            files.assembly(job, problem),
            source,
            new EventLog(sink, this::say),
            new NoCheckpoint(),
            solverThread,
            decodeThreads,
            List.of());
    long began = System.nanoTime();
    try (ProgressBar bar = progressBar(source)) {
      Progress end = watched(pipeline, source, bar);
      double seconds = (System.nanoTime() - began) / 1e9;
      if (end.samples() == 0) { // step 1 may be the initial point alone
        throw nothingDone(job, end, rejected);
      }
      summarise(job, end, rejected, name, seconds);
      if (!StopSignal.asked()) {
        sayLeftOver(job, end, source, sink.positions(), tuning.solver().next());
      }
      if (end.refusals().prevail(end.steps())) {
        throw end.refusals().diverged();
      }
      return ExitCode.OK;
    } finally {
      sink.flush().block(Duration.ofSeconds(30));
      solverThread.dispose();
      if (decodeThreads != null) {
        decodeThreads.dispose();
      }
    }
  }

  private void say(String event) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(event);
    err.flush();
  }

  /** A cadence in time would make the output depend on the machine. */
  private static Tuning bySteps(Tuning tuning) {
    return new Tuning(
        tuning.job(),
        tuning.method(),
        tuning.config(),
        tuning.software(),
        tuning.oracle(),
        tuning.solver(),
        tuning.upper(),
        tuning.memberEntries(),
        new Cadence(tuning.cadence().steps(), NEVER),
        tuning.clockMillis());
  }

  private static Progress watched(
      SolverPipeline pipeline, FileSampleSource source, @Nullable ProgressBar bar)
      throws InterruptedException {
    Sinks.Empty<Void> stop = Sinks.empty();
    CompletableFuture<Progress> running = pipeline.run(stop.asMono()).toFuture();
    while (true) {
      try {
        Progress end = running.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return end == null ? Progress.NONE : end;
      } catch (TimeoutException stillRunning) {
        if (bar != null) {
          bar.stepTo(source.bytesRead());
        }
        if (StopSignal.asked()) {
          stop.tryEmitEmpty();
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private @Nullable ProgressBar progressBar(FileSampleSource source) {
    if (snapshots == null || !Terminal.isInteractive()) {
      return null;
    }
    return new ProgressBarBuilder()
        .setTaskName("backtest")
        .setInitialMax(source.bytesTotal())
        .setUnit(" MB", 1_000_000)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .build();
  }

  private static UserError nothingDone(JobConfig job, Progress end, RejectedSamples rejected) {
    boolean both = job.reads().size() > 1;
    StringBuilder message =
        new StringBuilder("no step could be made: expected samples of ")
            .append(both ? "both levels" : "the " + job.reads().iterator().next().role() + " level")
            .append(", found ");
    if (rejected.count() == 0 && end.leftOut() > 0) {
      message.append("none but ").append(end.leftOut()).append(" that name the other role");
    } else if (rejected.count() == 0) {
      message.append(both ? "none of at least one of them" : "none");
    } else {
      message.append(rejected.count()).append(" that cannot be used");
      rejected.shown().forEach(line -> message.append("\n  ").append(line));
    }
    return new UserError(ExitCode.DATA, message.toString());
  }

  private void summarise(
      JobConfig job, Progress end, RejectedSamples rejected, String name, double seconds) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "%s, %s: %d samples, %d steps (%.0f refused), %d snapshots to %s, %d rejected%n",
        job.job(),
        job.method(),
        end.samples(),
        end.step(),
        end.metrics().getOrDefault("refused-steps", 0.0),
        end.version(),
        name,
        rejected.count());
    if (end.leftOut() > 0) {
      err.printf("  %d samples that name the other role were left out%n", end.leftOut());
    }
    rejected.shown().forEach(line -> err.println("  " + line));
    LateLabelCounts labels = LateLabelCounts.of(end.metrics());
    if (labels != null) {
      err.println(labels);
    }
    String unlearned = unlearned(end, labels);
    if (unlearned != null) {
      err.println(unlearned);
    }
    StringBuilder figures = new StringBuilder();
    for (String metric : FIGURES) {
      Double value = end.metrics().get(metric);
      if (value != null) {
        figures.append(String.format(Locale.ROOT, "%s %.6g, ", metric, value));
      }
    }
    err.printf(
        Locale.ROOT,
        "%s%.0f samples/s over %.2f s%n",
        figures,
        end.samples() / Math.max(seconds, 1e-9),
        seconds);
    err.flush();
  }

  /** Why nothing was judged or learned though records were taken in; null where something was. */
  private @Nullable String unlearned(Progress end, @Nullable LateLabelCounts labels) {
    if (labels != null) {
      return labels.joined() > 0
          ? null
          : "no label met its record, so nothing was learned: expected the same ids in both files"
              + " and, in the order they are taken in, at most samples.labels.expire.records records"
              + " between a record and its label";
    }
    double waiting = end.metrics().getOrDefault("waiting-records", 0.0);
    if (waiting < end.samples()) {
      return null;
    }
    String delay = labelDelay == null ? "solver.label-delay" : "--label-delay " + labelDelay;
    return "no label ever came, so nothing was learned: "
        + delay
        + " is no less than the number of records, "
        + end.samples()
        + "; expected fewer";
  }

  /** What is in no step because the other level ran out, or too little was left for a step. */
  private void sayLeftOver(
      JobConfig job,
      Progress end,
      FileSampleSource source,
      @Nullable Positions positions,
      Consumption step) {
    List<String> left = new ArrayList<>();
    for (Level level : job.reads()) {
      long samples = end.waiting(level); // of a file that serves both levels all was read
      if (input.byLevel != null && positions != null) {
        String topic = level == Level.LOWER ? job.topics().train() : job.topics().validation();
        int lane = positions.lanes().indexOf(new Lane(topic, 0));
        samples = source.left(positions.lanes().get(lane), positions.of(lane, level).offset());
      }
      if (samples > 0) {
        left.add(samples + (level == Level.LOWER ? " training" : " validation"));
      }
    }
    if (!left.isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          Locale.ROOT,
          "%s samples were left over: a step of %s takes %s and %s%n",
          String.join(" and ", left),
          job.method(),
          batches(step.lower(), "lower"),
          batches(step.upper(), "upper"));
      err.flush();
    }
  }

  private static String batches(int count, String level) {
    return count + " " + level + (count == 1 ? " batch" : " batches");
  }

  /** Stdout, which stays open. */
  private static final class Standard extends OutputStream {
    @Override
    public void write(int b) {
      System.out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      System.out.write(bytes, from, length);
    }

    @Override
    public void flush() {
      System.out.flush();
    }
  }
}
