package io.thalweg.load;

import io.thalweg.load.report.OpenLoopResult;
import io.thalweg.load.report.Plots;
import io.thalweg.load.report.Results;
import io.thalweg.load.report.ResultsPage;
import io.thalweg.load.report.ScalingResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code results}: the page of all results. */
@Command(
    name = "results",
    description = {
      "Writes RESULTS.md and all plots from the files of the other commands; measures nothing.",
      "Takes in what JMH wrote to results/jmh.json (-rf json -rff load-tests/results/jmh.json) and"
          + " peers.json beside the folder, where they are.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  results",
      "  results --from target/look/results --page target/look/RESULTS.md"
    })
final class ResultsCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description = "Folder of the results. Default load-tests/results.")
  private Path from = Path.of("load-tests/results");

  @Option(
      names = "--page",
      paramLabel = "FILE",
      defaultValue = "load-tests/RESULTS.md",
      description =
          "Where the page goes; it refers to plots beside the results. Default"
              + " load-tests/RESULTS.md.")
  private Path page = Path.of("load-tests/RESULTS.md");

  ResultsCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!Files.isDirectory(from)) {
      throw new ConfigException("there are no results in " + from);
    }
    Results results = Results.read(from);
    Plots plots = Plots.beside(from);
    ScalingResult scaling = results.scaling();
    if (scaling != null) {
      for (ScalingResult.Curve curve : scaling.curves()) {
        plots.curve(curve);
      }
    }
    for (OpenLoopResult result : results.openLoop()) {
      plots.percentiles(result);
      plots.time(result);
    }
    Files.writeString(page, ResultsPage.of(results), StandardCharsets.UTF_8);
    System.out.println(page);
    return 0;
  }
}
