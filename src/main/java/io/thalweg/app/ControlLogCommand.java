package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.config.JobConfig;
import io.thalweg.kafka.ControlHistory;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.pipeline.Controls;
import io.thalweg.stream.OneLine;
import io.thalweg.stream.Signature;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CommandFormatException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg control log}: who asked for what, and what came of it. */
@Command(
    name = "log",
    description = {
      "Lists the commands that the control topic still holds (30 days by default), with what came"
          + " of each.",
      ""
    })
final class ControlLogCommand implements Callable<Integer> {
  private static final int LONGEST = 60;

  @Mixin private JobFile jobFile = new JobFile();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many of the newest; default ${DEFAULT-VALUE}.")
  private int limit;

  @Spec private CommandSpec spec;

  ControlLogCommand() {}

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit must be at least 1, but was " + limit);
    }
    JobConfig job = jobFile.read();
    Cluster.connect(job.kafka().values()).close();
    List<ControlHistory.Entry> entries =
        ControlHistory.read(
            new KafkaSettings(job.kafka().values()), job.topics().control(), job.job(), limit);
    Table table =
        new Table("offset", "time", "by", "id", "command", "outcome", "step", "version", "why");
    for (ControlHistory.Entry entry : entries) {
      add(table, entry);
    }
    PrintWriter out = spec.commandLine().getOut();
    table.print(out, "");
    out.flush();
    return ExitCode.OK;
  }

  private static void add(Table table, ControlHistory.Entry entry) {
    Signature signature = Signature.NONE;
    String command = entry.text();
    try {
      CommandCodec.Decoded read = CommandCodec.decode(entry.text());
      signature = read.signature();
      command =
          new String(CommandCodec.encode(read.instruction(), "", ""), UTF_8)
              .replace("\"schema\":\"" + CommandCodec.SCHEMA + "\",", "");
    } catch (CommandFormatException foreign) {
      // shown as it stands
    }
    Controls.Outcome outcome = entry.outcome();
    table.row(
        Long.toString(entry.offset()),
        Instant.ofEpochMilli(entry.timeMillis()).truncatedTo(ChronoUnit.SECONDS).toString(),
        OneLine.of(signature.by(), LONGEST),
        OneLine.of(signature.id(), LONGEST),
        OneLine.of(command, LONGEST),
        outcome == null ? "waits" : outcome.applied() ? "applied" : "rejected",
        outcome == null ? "" : Long.toString(outcome.step()),
        outcome == null ? "" : Long.toString(outcome.version()),
        outcome == null ? "" : OneLine.of(outcome.reason()));
  }
}
