package io.thalweg.load;

import io.thalweg.load.bench.Scaling;
import io.thalweg.load.report.Json;
import io.thalweg.load.report.Plots;
import io.thalweg.load.report.ScalingResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code scaling}: curves of cost over size. */
@Command(
    name = "scaling",
    description = {
      "Curves of cost over features, entries per row, batch size, model size and partitions.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  scaling              five minutes",
      "  scaling --scale 0.05 a look"
    })
final class ScalingCommand implements Callable<Integer> {
  @Option(
      names = "--scale",
      paramLabel = "S",
      defaultValue = "1",
      description = "Share of the measuring time and of the records. Default 1.")
  private double scale;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description =
          "Folder of the results; plots go to plots beside it. Default" + " load-tests/results.")
  private Path out = Path.of("load-tests/results");

  ScalingCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!(scale > 0)) {
      throw new ConfigException("--scale must be above 0");
    }
    ScalingResult result = new Scaling(scale).run();
    Json.write(out.resolve("scaling.json"), result);
    Plots plots = Plots.beside(out);
    for (ScalingResult.Curve curve : result.curves()) {
      System.out.println(plots.curve(curve));
    }
    return 0;
  }
}
