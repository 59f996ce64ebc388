package io.thalweg.load;

import io.thalweg.load.bench.Profiles;
import io.thalweg.load.report.Json;
import io.thalweg.load.report.Plots;
import io.thalweg.load.report.ProfileResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code profile}: where the CPU goes. */
@Command(
    name = "profile",
    description = {
      "Profiles the rows of throughput: a flame graph each, and what takes the CPU.",
      "Stacks come from the JDK's flight recorder, every 5 ms from threads that run Java code; the"
          + " shares of the threads are exact CPU times, with compiler and collector as the rest.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  profile                               all rows, five minutes",
      "  profile --only \"sparse, binary\" --scale 0.1"
    })
final class ProfileCommand implements Callable<Integer> {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "Rounds looked at, after one to warm up. Default 5.")
  private int rounds;

  @Option(
      names = "--scale",
      paramLabel = "S",
      defaultValue = "0.6",
      description = "Share of the records (1: up to six million samples a round). Default 0.6.")
  private double scale;

  @Option(
      names = "--only",
      paramLabel = "WORDS",
      defaultValue = "",
      description =
          "Profiles only records whose title contains this; the file is another one then, and not in"
              + " the page.")
  private String only = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description =
          "Folder of the results; flame graphs go to plots beside it. Default"
              + " load-tests/results.")
  private Path out = Path.of("load-tests/results");

  ProfileCommand() {}

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || !(scale > 0)) {
      throw new ConfigException("--rounds must be at least 1 and --scale above 0");
    }
    ProfileResult result = new Profiles(rounds, scale, only, Plots.beside(out).folder()).run();
    if (result.rows().isEmpty()) {
      throw new ConfigException("no records have \"" + only + "\" in their title");
    }
    for (ProfileResult.Row row : result.rows()) {
      System.out.printf(
          "%s, %s: %.0f %% %s, by %d stacks%n",
          row.records(),
          row.method(),
          100 * row.parts().get(0).share(),
          row.parts().get(0).name(),
          row.stacks());
    }
    Json.write(out.resolve(Say.fileName("profile", only)), result);
    return 0;
  }
}
