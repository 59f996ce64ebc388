package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.CommitStatistics;
import io.thalweg.pipeline.Progress;
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
    JobConfig job = jobFile.read();
    StopSignal.install();
    Cluster.connect(job.kafka().values()).close();
    TuningService service = new TuningService(job, instance, List.of());
    ServiceRun run = ServiceRun.start(service);
    Progress last = Progress.NONE;
    int looks = 0;
    while (true) {
      Progress end = run.await(LOOK);
      if (end != null) {
        LOG.info("stopped: {}", line(end, service.statistics(), 0, 0));
        return ExitCode.OK;
      }
      if (StopSignal.asked()) {
        run.stop();
      }
      if (++looks % LOOKS_PER_REPORT == 0) {
        Progress now = service.progress();
        double rate = (now.samples() - last.samples()) / (double) LOOKS_PER_REPORT;
        LOG.info("{}", line(now, service.statistics(), rate, service.lag()));
        last = now;
      }
    }
  }

  private static String line(Progress now, CommitStatistics commits, double rate, long lag) {
    return String.format(
        Locale.ROOT,
        "step %d, version %d, %.0f samples/s, upper loss %.4f, |hypergradient| %.3g, commits %d"
            + " (mean %.1f ms), rejected %d, lag %d",
        now.step(),
        now.version(),
        rate,
        now.metrics().getOrDefault("upper-loss", Double.NaN),
        now.metrics().getOrDefault("hypergradient-norm", Double.NaN),
        commits.commits(),
        commits.meanMillis(),
        now.rejected(),
        lag);
  }
}
