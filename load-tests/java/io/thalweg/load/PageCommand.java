package io.thalweg.load;

import io.thalweg.load.openloop.PageCost;
import io.thalweg.load.report.Json;
import io.thalweg.load.report.PageResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code page}: what an open page costs. */
@Command(
    name = "page",
    description = {
      "Measures what one and ten open pages cost the job of the demo at saturation: windows with and"
          + " without them take turns.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  page                                          ten minutes",
      "  page --blocks 1 --seconds 2 --warm-up 5       a look"
    })
final class PageCommand implements Callable<Integer> {
  @Option(
      names = "--blocks",
      paramLabel = "N",
      defaultValue = "6",
      description =
          "Blocks of eight windows (0 1 1 0, 0 10 10 0 pages), two pairs for each number of pages."
              + " Default ${DEFAULT-VALUE}; an interval of 95 %% takes 3.")
  private int blocks;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "Length of a window. Default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      defaultValue = "40",
      description = "Before the first window. Default ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description = "Folder of the results. Default load-tests/results.")
  private Path out = Path.of("load-tests/results");

  PageCommand() {}

  @Override
  public Integer call() throws Exception {
    if (blocks < 1) {
      throw new ConfigException("--blocks must be at least 1, but was " + blocks);
    }
    if (!(seconds >= 1 && warmUp >= 1)) {
      throw new ConfigException(
          "--seconds and --warm-up must be at least 1, but were " + seconds + " and " + warmUp);
    }
    PageResult result = new PageCost(blocks, seconds, warmUp).run();
    Json.write(out.resolve("page.json"), result);
    for (PageResult.Cost cost : result.costs()) {
      cost.verdicts().forEach(System.out::println);
    }
    result.ownVerdicts().forEach(System.out::println);
    return 0;
  }
}
