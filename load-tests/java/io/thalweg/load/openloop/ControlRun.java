package io.thalweg.load.openloop;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.kafka.ControlClient;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.load.Installation;
import io.thalweg.load.Say;
import io.thalweg.load.report.ControlResult;
import io.thalweg.load.report.Facts;
import io.thalweg.load.report.HistogramFile;
import io.thalweg.load.report.Latency;
import io.thalweg.load.report.Target;
import io.thalweg.load.workload.Phase;
import io.thalweg.load.workload.SampleValues;
import io.thalweg.load.workload.Setting;
import io.thalweg.load.workload.Workload;
import io.thalweg.pipeline.Controls;
import io.thalweg.sample.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Sends commands to a job at work, one after the other, and measures each from the call to the
 * committed answer: what an operator waits for.
 *
 * @param workload which job, and what it takes in
 * @param setting how the job is run
 * @param commands how many are measured
 */
public record ControlRun(Workload workload, Setting setting, int commands) {
  private static final int DISTINCT = 4096;
  private static final int WARM_UP = 20;
  private static final double ASKED_MILLIS = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What is asked for in turn. */
  private static final List<String> ASKED =
      List.of(
          "{\"command\":\"step-size\",\"factor\":0.5}",
          "{\"command\":\"bounds\",\"names\":[\"l2.*\"],\"lower\":1e-5,\"upper\":10}",
          "{\"command\":\"snapshot\"}",
          "{\"command\":\"step-size\",\"factor\":1}");

  /**
   * Measures.
   *
   * @param out folder of the results
   * @return what came of it
   * @throws Exception when a process cannot be started or the broker fails
   */
  public ControlResult run(Path out) throws Exception {
    return RunFolder.with("thalweg-control-", dir -> run(out, dir));
  }

  private ControlResult run(Path out, Path dir) throws Exception {
    Facts facts = Facts.now(List.of());
    Installation installation = Installation.find();
    BankMarketing bank = BankMarketing.load();
    try (Brokers brokers = Brokers.start(1, dir)) {
      String text = JobText.of(workload, setting, bank.features(), brokers);
      JobConfig job = new JobReader(Map.of(), List.of()).read(text, "job.yaml");
      Path file = Files.writeString(dir.resolve("job.yaml"), text);
      byte[][] values =
          new SampleValues(
                  bank,
                  job.problem().schema(Level.LOWER),
                  workload.problem() == Workload.Problem.SPARSE,
                  workload.format())
              .make(Math.max(2, DISTINCT / workload.perRecord()), workload.perRecord());
      OpenLoopRun.applyTopics(installation, dir, file);
      String train = job.topics().train();
      String validation = job.topics().validation();
      Phase phase = steady();
      SolverProcess solver =
          new SolverProcess(installation, file, dir, List.of(), train + "," + validation);
      try (solver;
          Generator generator =
              new Generator(
                  new MicroClock(),
                  new SentLog(),
                  values,
                  workload.perRecord(),
                  brokers.bootstrap(),
                  train,
                  validation);
          ControlClient controls =
              new ControlClient(
                  KafkaSettings.of(brokers.bootstrap()),
                  job.topics().control(),
                  job.job(),
                  PATIENCE)) {
        solver.start();
        solver.awaitLead(60);
        try (Feed feed = new Feed(generator, phase)) {
          feed.start();
          return measured(out, facts, phase.rate(), controls);
        }
      }
    }
  }

  private Phase steady() {
    return workload.phases().stream()
        .filter(phase -> phase.rate() > 0 && phase.counts())
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the workload has no steady rate"));
  }

  private ControlResult measured(Path out, Facts facts, double rate, ControlClient controls)
      throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      ask(controls, i);
    }
    Histogram micros = new Histogram(3);
    int rejected = 0;
    long from = System.currentTimeMillis();
    for (int i = 0; i < commands; i++) {
      long start = System.nanoTime();
      Controls.Outcome outcome = ask(controls, i);
      micros.recordValue((System.nanoTime() - start) / 1_000);
      rejected += outcome.applied() ? 0 : 1;
      if (i % 50 == 49) {
        Say.line("  %d commands: median %.1f ms", i + 1, micros.getValueAtPercentile(50) / 1e3);
      }
    }
    HistogramFile.write(out.resolve("control.hlog"), micros, from, System.currentTimeMillis());
    Latency latency = Latency.of("round trip", micros, "control.hlog");
    List<Target> targets =
        List.of(
            new Target("round trip, p99", "ms", false, ASKED_MILLIS, latency.p99()),
            new Target("rejected", "", false, 0, rejected));
    return new ControlResult(
        facts,
        rate,
        setting.title(),
        commands,
        rejected,
        latency,
        targets,
        Verdict.line(
            String.format(
                Locale.ROOT,
                "control: %d commands at %,.0f samples/s, load %.1f, median %.1f ms",
                commands,
                rate,
                facts.loadAverage(),
                latency.p50()),
            targets));
  }

  private static Controls.Outcome ask(ControlClient controls, int i) throws Exception {
    return controls
        .send(ASKED.get(i % ASKED.size()))
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Samples on their schedule, aside, until closed. */
  private static final class Feed implements AutoCloseable {
    private final Thread thread;
    private volatile boolean stopping;

    Feed(Generator generator, Phase phase) {
      Phase second =
          new Phase(
              phase.name(),
              1,
              phase.rate(),
              0,
              0,
              0,
              phase.levels(),
              false,
              false,
              Phase.SolverEvent.NONE,
              false);
      thread =
          new Thread(
              () -> {
                long start = System.nanoTime();
                while (!stopping) {
                  generator.onSchedule(second, start);
                  start += 1_000_000_000L;
                }
              },
              "load-feed");
    }

    void start() {
      thread.start();
    }

    @Override
    public void close() {
      stopping = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
