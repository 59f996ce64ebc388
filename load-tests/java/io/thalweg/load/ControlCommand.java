package io.thalweg.load;

import io.thalweg.load.openloop.ControlRun;
import io.thalweg.load.report.ControlResult;
import io.thalweg.load.report.Json;
import io.thalweg.load.workload.Workload;
import io.thalweg.load.workload.WorkloadReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code control}: how long a job at work takes to answer commands. */
@Command(
    name = "control",
    description = {
      "Sends commands to a job at work, one after the other, and measures each from the call to the"
          + " committed answer.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  control                two minutes",
      "  control --commands 50  a look"
    })
final class ControlCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "load-tests/workloads/steady.yaml",
      description = "The workload: its first setting, at the rate of its first phase that counts.")
  private Path file = Path.of("load-tests/workloads/steady.yaml");

  @Option(
      names = "--commands",
      paramLabel = "N",
      defaultValue = "400",
      description = "How many are measured. Default ${DEFAULT-VALUE}.")
  private int commands;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description = "Folder of the results. Default load-tests/results.")
  private Path out = Path.of("load-tests/results");

  ControlCommand() {}

  @Override
  public Integer call() throws Exception {
    if (commands < 1) {
      throw new ConfigException("--commands must be at least 1, but was " + commands);
    }
    Workload workload = WorkloadReader.read(file);
    ControlResult result = new ControlRun(workload, workload.settings().get(0), commands).run(out);
    Json.write(out.resolve("control.json"), result);
    System.out.println(result.verdict());
    return 0;
  }
}
