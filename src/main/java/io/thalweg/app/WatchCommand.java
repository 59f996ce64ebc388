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
import java.util.Objects;
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
      "Begins with the last few; on a terminal a view that is painted anew, elsewhere a line per"
          + " snapshot. NO_COLOR is respected.",
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
    view,
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
      description = {
        "${COMPLETION-CANDIDATES}; default: view on a terminal, else table.",
        "view: courses of the losses, last snapshots, what moved; table: a row per snapshot; json:"
            + " one snapshot record per line; csv: the --columns."
      })
  private @Nullable Output output;

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

  /** What is done with the snapshots as they come. */
  private interface Shown extends AutoCloseable {
    void add(byte[] record, SnapshotCodec.Decoded read);

    void paint();

    @Override
    default void close() {}
  }

  private void watch(JobConfig job, SnapshotLog reader, @Nullable SnapshotCsv csv, long until) {
    try (Shown shown = shown(job, csv)) {
      while (!StopSignal.asked()) {
        long left = seconds > 0 ? until - System.nanoTime() : Long.MAX_VALUE;
        if (left <= 0) {
          return;
        }
        for (SnapshotLog.Entry entry :
            reader.poll(LOOK.toNanos() < left ? LOOK : Duration.ofNanos(left))) {
          try {
            shown.add(entry.value(), reader.decode(entry));
          } catch (SnapshotFormatException e) {
            spec.commandLine().getErr().println(e.getMessage());
          }
        }
        shown.paint();
      }
    }
  }

  private Shown shown(JobConfig job, @Nullable SnapshotCsv csv) {
    PrintWriter out = spec.commandLine().getOut();
    boolean terminal = Terminal.isInteractive();
    Output wanted = output;
    if (wanted == null) {
      wanted = terminal ? Output.view : Output.table;
    }
    return switch (wanted) {
      case view -> new Painted(job, out);
      case table -> new Rows(job, out, terminal);
      case json -> new Records(out);
      case csv -> new Columns(Objects.requireNonNull(csv), out);
    };
  }

  /** The whole job on one screen. */
  private static final class Painted implements Shown {
    private final WatchView view;
    private final Screen screen;

    Painted(JobConfig job, PrintWriter out) {
      view = new WatchView(job.job(), job.topics().snapshots());
      screen = new Screen(out, System.getenv());
    }

    @Override
    public void add(byte[] record, SnapshotCodec.Decoded read) {
      view.add(read.snapshot());
    }

    @Override
    public void paint() {
      screen.paint(view.lines(screen.look(System.nanoTime()), System.currentTimeMillis()));
    }

    @Override
    public void close() {
      screen.close();
    }
  }

  /** A row per snapshot. */
  private static final class Rows implements Shown {
    private final SnapshotTable table;
    private final String status;

    Rows(JobConfig job, PrintWriter out, boolean terminal) {
      table = new SnapshotTable(out, terminal, Methods.members(job.solverSettings()) > 0);
      status = job.job() + ", " + job.method() + ": " + job.topics().snapshots();
    }

    @Override
    public void add(byte[] record, SnapshotCodec.Decoded read) {
      table.add(read.snapshot().withoutModel(), System.currentTimeMillis());
    }

    @Override
    public void paint() {
      table.paint(status, System.currentTimeMillis());
    }
  }

  /** Chosen figures, separated by commas. */
  private static final class Columns implements Shown {
    private final SnapshotCsv csv;
    private final PrintWriter out;

    Columns(SnapshotCsv csv, PrintWriter out) {
      this.csv = csv;
      this.out = out;
      out.println(csv.head());
    }

    @Override
    public void add(byte[] record, SnapshotCodec.Decoded read) {
      out.println(csv.row(read.snapshot()));
    }

    @Override
    public void paint() {
      out.flush();
    }
  }

  /** The records themselves; a line of its own must do without the keyframes before it. */
  private static final class Records implements Shown {
    private final SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
    private final PrintWriter out;

    Records(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void add(byte[] record, SnapshotCodec.Decoded read) {
      byte[] line = read.whole() ? record : codec.encode(read.snapshot(), read.previous());
      out.println(new String(line, StandardCharsets.UTF_8));
    }

    @Override
    public void paint() {
      out.flush();
    }
  }
}
