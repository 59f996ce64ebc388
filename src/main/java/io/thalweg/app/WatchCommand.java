package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotLog;
import io.thalweg.solver.Methods;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg watch}: the snapshot topic, as it grows. */
@Command(
    name = "watch",
    description = {
      "Shows the committed snapshots of a job as they come, until Ctrl-C.",
      "Begins with the last few; repaints on a terminal, prints a line per snapshot elsewhere.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  thalweg watch -c job.yaml",
      "  thalweg watch -c job.yaml --from-beginning --seconds 10 --output json > snapshots.jsonl",
      "  thalweg watch -c job.yaml --from-beginning --seconds 10 --output csv"
          + " --columns version,upper.l2,metrics.prequential-auc > l2.csv"
    })
final class WatchCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(250);

  /** How snapshots are written. */
  private enum Output {
    table,
    json,
    csv
  }

  @Mixin private JobFile jobFile = new JobFile();

  @Option(names = "--from-beginning", description = "Begin with the oldest snapshot there is.")
  private boolean fromBeginning;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after so many seconds; default: never.")
  private double seconds;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "${COMPLETION-CANDIDATES}; json is one snapshot record per line, csv the --columns.")
  private Output output = Output.table;

  @Option(
      names = "--columns",
      paramLabel = "NAMES",
      split = ",",
      description =
          "With --output csv: epoch, version, step, time, upper.NAME, metrics.NAME, members.NAME"
              + " (its weight); default version,step,metrics.prequential-loss.")
  private List<String> columns = List.of("version", "step", "metrics.prequential-loss");

  @Spec private CommandSpec spec;

  WatchCommand() {}

  @Override
  public Integer call() {
    if (!(seconds >= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must not be negative, but was " + seconds);
    }
    SnapshotCsv csv = csv();
    StopSignal.install();
    JobConfig job = jobFile.read();
    Cluster.connect(job.kafka().values()).close();
    KafkaSettings kafka = new KafkaSettings(job.kafka().values());
    long until = System.nanoTime() + (long) (Math.min(seconds, 1e9) * 1e9);
    try (SnapshotLog reader = new SnapshotLog(kafka, job.topics().snapshots(), job.job())) {
      if (fromBeginning) {
        reader.fromBeginning();
      } else {
        reader.fromRecent();
      }
      watch(job, reader, csv, until);
      return ExitCode.OK;
    }
  }

  private @Nullable SnapshotCsv csv() {
    if (output != Output.csv) {
      return null;
    }
    try {
      return new SnapshotCsv(columns);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--columns: " + e.getMessage(), e);
    }
  }

  private void watch(JobConfig job, SnapshotLog reader, @Nullable SnapshotCsv csv, long until) {
    PrintWriter out = spec.commandLine().getOut();
    if (csv != null) {
      out.println(csv.head());
    }
    boolean terminal = output == Output.table && Terminal.isInteractive();
    SnapshotTable table =
        output == Output.table
            ? new SnapshotTable(out, terminal, Methods.members(job.solverSettings()) > 0)
            : null;
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    String status = job.job() + ", " + job.method() + ": " + job.topics().snapshots();
    while (!StopSignal.asked()) {
      long left = seconds > 0 ? until - System.nanoTime() : Long.MAX_VALUE;
      if (left <= 0) {
        return;
      }
      for (SnapshotLog.Entry entry :
          reader.poll(LOOK.toNanos() < left ? LOOK : Duration.ofNanos(left))) {
        SnapshotCodec.Decoded read;
        try {
          read = reader.decode(entry);
        } catch (SnapshotFormatException e) {
          spec.commandLine().getErr().println(e.getMessage());
          continue;
        }
        if (table != null) {
          table.add(read.snapshot().withoutModel(), System.currentTimeMillis());
        } else if (csv != null) {
          out.println(csv.row(read.snapshot()));
        } else { // a line of its own must do without the keyframes before it
          byte[] line =
              read.whole() ? entry.value() : codec.encode(read.snapshot(), read.previous());
          out.println(new String(line, StandardCharsets.UTF_8));
        }
      }
      out.flush();
      if (table != null) {
        table.paint(status, System.currentTimeMillis());
      }
    }
  }
}
