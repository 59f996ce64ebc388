package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.CommitStatistics;
import io.thalweg.pipeline.Progress;
import io.thalweg.sample.Level;
import io.thalweg.telemetry.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code thalweg run}: the service. */
@Command(
    name = "run",
    description = {
      "Tunes a job from its Kafka topics until Ctrl-C or SIGTERM.",
      "Resumes from the last committed checkpoint. A second instance of the same job waits and takes"
          + " over when the first one is gone.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  thalweg topics apply -c job.yaml && thalweg run -c job.yaml",
      "  thalweg run -c job.yaml --set snapshots.every.time=100ms",
      "  thalweg run -c job.yaml --log-format json --instance tuner-0"
    })
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOOKS_PER_REPORT = 10;

  @Mixin private JobFile jobFile = new JobFile();

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "${env:THALWEG_INSTANCE}",
      description = {
        "A name of this instance's own that it keeps over restarts (a StatefulSet's pod name):",
        "then a restart after a crash leads again at once instead of after ten seconds."
      })
  private @Nullable String instance;

  RunCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    ClientClasses.load();
    JobConfig job = jobFile.read();
    Logging.tag("job", job.job());
    if (instance != null) {
      Logging.tag("instance", instance);
    }
    HeapNeed.of(job).check(Runtime.getRuntime().maxMemory());
    StopSignal.install();
    Wiring.requireColumns(job, job.problem());
    RequiredTopics.check(job, String.valueOf(jobFile.file()));
    TuningService service = new TuningService(job, instance, List.of());
    PageRun page = page(job, service);
    try {
      return tune(job, service, jobFile.file());
    } finally {
      if (page != null) {
        page.close();
      }
    }
  }

  private @Nullable PageRun page(JobConfig job, TuningService service) {
    return job.http().enabled()
        ? PageRun.start(job, service, instance, false, url -> LOG.info("page {}", url))
        : null;
  }

  private static int tune(JobConfig job, TuningService service, Path file)
      throws InterruptedException {
    ServiceRun run = ServiceRun.start(service);
    PauseNotice paused = new PauseNotice(String.valueOf(file), text -> LOG.warn("{}", text));
    GivenUpWarning givenUp = new GivenUpWarning(text -> LOG.warn("{}", text));
    Progress last = null;
    Phase before = Phase.STARTING;
    int looks = 0;
    while (true) {
      Progress end = run.await(LOOK);
      if (end != null) {
        LOG.info("stopped: {}", line(end, service.statistics(), null, service.lag()));
        return ExitCode.OK;
      }
      if (StopSignal.asked()) {
        run.stop();
      }
      paused.look(service.progress().control());
      givenUp.look(service.progress().metrics(), service.isRestored(), System.nanoTime());
      if (++looks % LOOKS_PER_REPORT == 0) {
        Progress now = service.progress();
        Phase phase = service.facts().phase();
        report(job, service, phase, before, last, now);
        last = now;
        before = phase;
      }
    }
  }

  private static void report(
      JobConfig job,
      TuningService service,
      Phase phase,
      Phase before,
      @Nullable Progress last,
      Progress now) {
    if (phase == Phase.STANDBY) {
      if (before != Phase.STANDBY) { // once: it may go on for months
        LOG.info("stands by: another instance leads the job");
      }
      return;
    }
    if (now.isIdle() && !now.control().isPaused()) {
      LOG.info("no samples yet: waiting to lead, or for the first of them");
      return;
    }
    if (phase == Phase.RESTARTING) {
      LOG.info(
          "takes no steps: starting again at the last commit; before that it was at step {}, version"
              + " {}",
          now.step(),
          now.version());
      return;
    }
    Double rate = rate(last, now);
    LOG.info("{}", line(now, service.statistics(), rate, service.lag()));
    boolean still = rate != null && rate == 0;
    String waiting = still ? waiting(job, now) : null;
    if (waiting != null) {
      LOG.info("{}", waiting);
    }
  }

  /** Samples per second; null where another life lies between, which began at an earlier one. */
  static @Nullable Double rate(@Nullable Progress last, Progress now) {
    return last == null || last.equals(Progress.NONE) || now.samples() < last.samples()
        ? null
        : (now.samples() - last.samples()) / (double) LOOKS_PER_REPORT;
  }

  /** Which level waits for the other, however many batches of each a step takes; null for none. */
  static @Nullable String waiting(JobConfig job, Progress now) {
    Level lacking = now.lacking();
    if (lacking == null || now.control().isPaused() || now.waiting(lacking.other()) == 0) {
      return null;
    }
    String topic = job.samples().topic();
    if (topic == null) {
      topic = lacking == Level.LOWER ? job.topics().train() : job.topics().validation();
    }
    return now.waiting(lacking.other())
        + (lacking == Level.LOWER
            ? " validation samples wait for training samples ("
            : " training samples wait for validation samples (")
        + topic
        + ")";
  }

  private static String line(
      Progress now, CommitStatistics commits, @Nullable Double rate, long lag) {
    return String.format(
        Locale.ROOT,
        "step %d, version %d, %s samples/s, upper loss %s, |hypergradient| %s, commits %d"
            + " (mean %.1f ms, %s), rejected %d, lag %d%s",
        now.step(),
        now.version(),
        figure("%.0f", rate),
        figure("%.4f", now.metrics().get("upper-loss")),
        figure("%.3g", now.metrics().get("hypergradient-norm")),
        commits.commits(),
        commits.meanMillis(),
        commits.meanSize(),
        now.rejected(),
        lag,
        now.control().isPaused() ? ", " + now.control().pause().words() : "");
  }

  private static String figure(String format, @Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }
}
