package io.thalweg.load;

import io.thalweg.load.openloop.OpenLoop;
import io.thalweg.load.report.Json;
import io.thalweg.load.report.OpenLoopResult;
import io.thalweg.load.report.Plots;
import io.thalweg.load.workload.Phase;
import io.thalweg.load.workload.Setting;
import io.thalweg.load.workload.Workload;
import io.thalweg.load.workload.WorkloadReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code open-loop}: samples on a fixed schedule against the packaged program. */
@Command(
    name = "open-loop",
    description = {
      "Sends samples on a fixed schedule, whatever becomes of them, and follows the snapshots.",
      "The packaged program runs as a process of its own, the brokers as well. Every latency counts"
          + " from the time a sample was due: to its acknowledgement, to the solver's consumer, to"
          + " the first snapshot that covers it in a reader's hands; and from the time the solver took"
          + " a snapshot to the time the reader has it in use.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  open-loop load-tests/workloads/steady.yaml",
      "  open-loop load-tests/workloads/steady.yaml --brokers 3 --only exactly-once-100ms",
      "  open-loop load-tests/workloads/steady.yaml --share-of-ramp 0.5",
      "  open-loop load-tests/workloads/*.yaml --scale 0.05      a look at everything"
    })
final class OpenLoopCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "WORKLOAD", description = "Workload files (YAML).")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--brokers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Nodes: 1, or 3 with replication factor 3 and min.insync 2. Default 1.")
  private int brokers;

  @Option(
      names = "--scale",
      paramLabel = "S",
      defaultValue = "1",
      description = "Factor of all durations (no phase is shorter than a second). Default 1.")
  private double scale;

  @Option(
      names = "--rates",
      paramLabel = "F",
      defaultValue = "1",
      description = "Factor of all rates, for another machine. Default 1.")
  private double rates;

  @Option(
      names = "--share-of-ramp",
      paramLabel = "S",
      description = {
        "Sets the rates so that the highest is this share of what the ramp sustained in the same"
            + " setting, by its result in the folder of results. Settings without one are left out."
      })
  private @Nullable Double shareOfRamp;

  @Option(
      names = "--only",
      paramLabel = "SETTING",
      description = "Runs this setting of the workload alone.")
  private @Nullable String only;

  @Option(
      names = "--solver-flags",
      paramLabel = "FLAG",
      split = " ",
      description = "Flags of the solver's JVM.")
  private List<String> solverFlags = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description = "Folder of the results. Default load-tests/results.")
  private Path out = Path.of("load-tests/results");

  OpenLoopCommand() {}

  @Override
  public Integer call() throws Exception {
    if (brokers != 1 && brokers != 3) {
      throw new ConfigException("--brokers must be 1 or 3, but was " + brokers);
    }
    if (!(scale > 0 && rates > 0)) {
      throw new ConfigException("--scale and --rates must be above 0");
    }
    List<Workload> workloads = new ArrayList<>();
    for (Path file : files) {
      workloads.add(WorkloadReader.read(file)); // every file is right before the first run
    }
    List<String> verdicts = new ArrayList<>();
    Plots plots = Plots.beside(out);
    for (int i = 0; i < files.size(); i++) {
      String name = files.get(i).getFileName().toString().replaceAll("\\.ya?ml$", "");
      for (Setting setting : chosen(files.get(i), workloads.get(i))) {
        OpenLoop run = run(name, workloads.get(i), setting);
        if (run == null) {
          Say.line("%s, %s: the ramp has no result of it", name, setting.name());
          continue;
        }
        Say.line("%s, %s:", workloads.get(i).title(), setting.title());
        OpenLoopResult result = run.run(setting, out);
        verdicts.add(result.verdict());
        System.out.println(result.verdict());
        plots.percentiles(result);
        plots.time(result);
      }
    }
    Say.line("%d results in %s", verdicts.size(), out);
    return 0;
  }

  /** As asked, or null when the ramp that the rates hang on was not run. */
  private @Nullable OpenLoop run(String name, Workload workload, Setting setting)
      throws IOException {
    Double share = shareOfRamp;
    if (share == null) {
      return new OpenLoop(name, workload, brokers, scale, rates, solverFlags);
    }
    Path ramp = out.resolve(OpenLoopResult.name("ramp", setting.name(), brokers) + ".json");
    if (!Files.exists(ramp)) {
      return null;
    }
    double sustained =
        Json.read(ramp, OpenLoopResult.class).figures().getOrDefault("sustained", 0.0);
    double highest = workload.phases().stream().mapToDouble(Phase::rate).max().orElse(0);
    if (sustained == 0 || highest == 0) {
      return null;
    }
    return new OpenLoop(
        name + "-at-" + share, workload, brokers, scale, share * sustained / highest, solverFlags);
  }

  private List<Setting> chosen(Path file, Workload workload) {
    List<Setting> settings =
        workload.settings().stream()
            .filter(setting -> only == null || setting.name().equals(only))
            .toList();
    if (settings.isEmpty()) {
      throw new ConfigException(
          file
              + " has no setting "
              + only
              + "; it has "
              + workload.settings().stream().map(Setting::name).toList());
    }
    return settings;
  }
}
