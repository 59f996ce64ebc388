package io.thalweg.app;

import io.thalweg.kafka.SnapshotRegistry;
import io.thalweg.wire.SnapshotAlias;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg snapshot}: the snapshot topic as a registry of models. */
@Command(
    name = "snapshot",
    description = {
      "The snapshots of a job as a registry of models. WHICH is a version, or one of the aliases"
          + " latest, best (lowest smoothed validation loss, kept by the solver) and pinned (by pin).",
      ""
    },
    subcommands = {
      SnapshotCommand.ListThem.class,
      SnapshotCommand.Get.class,
      SnapshotCommand.Diff.class,
      SnapshotCommand.Export.class,
      SnapshotCommand.Pin.class,
      SnapshotCommand.Unpin.class,
      ControlCommand.RollBack.class
    },
    footer = {
      "",
      "Examples:",
      "  thalweg snapshot list -c job.yaml",
      "  thalweg snapshot get best -c job.yaml --output json",
      "  thalweg snapshot diff 120 latest -c job.yaml",
      "  thalweg snapshot export best -c job.yaml --format onnx --out model.onnx",
      "  thalweg snapshot pin 120 -c job.yaml",
      "  thalweg snapshot rollback best -c job.yaml"
    })
final class SnapshotCommand implements Runnable {
  @Spec private CommandSpec spec;

  SnapshotCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Missing command: list, get, diff, export, pin, unpin or rollback");
  }

  /** {@code thalweg snapshot list}. */
  @Command(
      name = "list",
      description = {"Lists the newest snapshots and those that are best or pinned.", ""})
  static final class ListThem implements Callable<Integer> {
    @Mixin private JobRegistry job;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "20",
        description = "How many of the newest; default ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin private TableOrJson output;

    @Spec private CommandSpec spec;

    ListThem() {}

    @Override
    public Integer call() {
      if (limit < 1) {
        throw new ParameterException(
            spec.commandLine(), "--limit must be at least 1, but was " + limit);
      }
      List<SnapshotRegistry.Listed> found = job.read(registry -> registry.list(limit));
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        for (int i = 0; i < found.size(); i++) {
          out.println(SnapshotTexts.json(found.get(i), i == found.size() - 1));
        }
      } else {
        SnapshotTexts.table(found).print(out, "");
      }
      out.flush();
      if (found.size() >= limit) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("the newest " + limit + " at the most; --limit N shows more");
        err.flush();
      }
      return ExitCode.OK;
    }
  }

  /** {@code thalweg snapshot get}. */
  @Command(
      name = "get",
      description = {
        "Prints one snapshot; as json it is the record, its long vectors put together.",
        ""
      })
  static final class Get implements Callable<Integer> {
    @Mixin private JobRegistry job;

    @Parameters(paramLabel = "WHICH", description = Which.WORDS)
    private String which = "";

    @Mixin private TableOrJson output;

    @Spec private CommandSpec spec;

    Get() {}

    @Override
    public Integer call() {
      SnapshotRegistry.Found found = job.find(which);
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(new String(found.value(), StandardCharsets.UTF_8));
      } else {
        SnapshotTexts.print(found, out);
      }
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code thalweg snapshot diff}. */
  @Command(
      name = "diff",
      description = {
        "Compares two snapshots: hyperparameters, metrics, members, and how far x and y moved.",
        ""
      })
  static final class Diff implements Callable<Integer> {
    @Mixin private JobRegistry job;

    @Parameters(index = "0", paramLabel = "A", description = Which.WORDS)
    private String from = "";

    @Parameters(index = "1", paramLabel = "B", description = "What it is compared with.")
    private String to = "";

    @Mixin private TableOrJson output;

    @Spec private CommandSpec spec;

    Diff() {}

    @Override
    public Integer call() {
      SnapshotDiff diff = SnapshotDiff.of(job.find(from).snapshot(), job.find(to).snapshot());
      PrintWriter out = spec.commandLine().getOut();
      if (output.isJson()) {
        out.println(diff.json());
      } else {
        diff.print(out);
      }
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code thalweg snapshot export}. */
  @Command(
      name = "export",
      description = {
        "Writes one snapshot to a file: json the record, npy the model y, npz x and y and more,"
            + " onnx a model that predicts (of problems with a linear score).",
        ""
      })
  static final class Export implements Callable<Integer> {
    @Mixin private JobRegistry job;

    @Parameters(paramLabel = "WHICH", description = Which.WORDS)
    private String which = "";

    @Option(
        names = "--format",
        required = true,
        paramLabel = "FORMAT",
        description = "${COMPLETION-CANDIDATES}.")
    private SnapshotFile.Format format = SnapshotFile.Format.json;

    @Option(
        names = "--out",
        required = true,
        paramLabel = "FILE",
        description = "Where to; what is there is replaced at once and as a whole.")
    private Path file = Path.of("model");

    @Spec private CommandSpec spec;

    Export() {}

    @Override
    public Integer call() {
      SnapshotRegistry.Found found = job.find(which);
      byte[] content = SnapshotFile.content(format, found, job.config());
      SnapshotFile.write(file, content);
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "version %d, step %d: %d bytes to %s%n",
          found.snapshot().version(),
          found.snapshot().step(),
          content.length,
          file);
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code thalweg snapshot pin}. */
  @Command(
      name = "pin",
      description = {
        "Makes the alias pinned point to a snapshot: a copy of it under the key JOB@pinned.",
        "Readers of that key stay with it; the solver goes on.",
        ""
      })
  static final class Pin implements Callable<Integer> {
    @Mixin private JobRegistry job;

    @Parameters(paramLabel = "WHICH", description = "A version, latest or best.")
    private String which = "";

    @Spec private CommandSpec spec;

    Pin() {}

    @Override
    public Integer call() {
      SnapshotRegistry.Found found = job.find(which);
      job.read(
          registry -> {
            registry.pin(found);
            return found;
          });
      PrintWriter out = spec.commandLine().getOut();
      out.println("pinned version " + found.snapshot().version());
      out.flush();
      return ExitCode.OK;
    }
  }

  /** {@code thalweg snapshot unpin}. */
  @Command(
      name = "unpin",
      description = {"Makes the alias pinned point to nothing.", ""})
  static final class Unpin implements Callable<Integer> {
    @Mixin private JobRegistry job;
    @Spec private CommandSpec spec;

    Unpin() {}

    @Override
    public Integer call() {
      SnapshotRegistry.@Nullable Found pinned =
          job.read(
              registry -> {
                SnapshotRegistry.Found before = registry.find(SnapshotAlias.PINNED);
                if (before != null) {
                  registry.unpin();
                }
                return before;
              });
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          pinned == null
              ? "nothing was pinned"
              : "version " + pinned.snapshot().version() + " is no longer pinned");
      out.flush();
      return ExitCode.OK;
    }
  }
}
