package io.thalweg.load;

import io.thalweg.load.bench.Throughput;
import io.thalweg.load.report.Json;
import io.thalweg.load.report.Numbers;
import io.thalweg.load.report.ThroughputResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code throughput}: samples per CPU-second against the targets. */
@Command(
    name = "throughput",
    description = {
      "Samples per CPU-second from Kafka to committed snapshots, against floor and stretch.",
      "A backlog is taken in by the very classes of the program, in this process; CPU-seconds are those"
          + " of the whole process, whatever the number of cores. Kafka client, decoding and step are"
          + " measured alone as well.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  throughput                         all rows, about ten minutes",
      "  throughput --rounds 1 --scale 0.05 a look, two minutes",
      "  throughput --only \"dense, JSON\""
    })
final class ThroughputCommand implements Callable<Integer> {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Measured rounds after one to warm up. Default 3.")
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
          "Measures only records whose title contains this; the file is another one then, and not in"
              + " the page.")
  private String only = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "load-tests/results",
      description = "Folder of the results. Default load-tests/results.")
  private Path out = Path.of("load-tests/results");

  ThroughputCommand() {}

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || !(scale > 0)) {
      throw new ConfigException("--rounds must be at least 1 and --scale above 0");
    }
    ThroughputResult result = new Throughput(rounds, scale, only).run();
    if (result.rows().isEmpty()) {
      throw new ConfigException("no records have \"" + only + "\" in their title");
    }
    for (ThroughputResult.Row row : result.rows()) {
      System.out.printf(
          "%s %s, %s: %s M samples per CPU-s (asked at least %s), most of it %s%n",
          row.target().met() ? "MET   " : "MISSED",
          row.records(),
          row.method(),
          Numbers.of(row.perCore()),
          Numbers.of(row.floor()),
          row.limit());
    }
    Json.write(out.resolve(Say.fileName("throughput", only)), result);
    return 0;
  }
}
