package io.thalweg.app;

import io.thalweg.config.ConfigurationPage;
import io.thalweg.config.JobSchema;
import io.thalweg.config.SampleRecordSchema;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.SnapshotCodec;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg schema job|sample|snapshot|command}: the contracts as JSON Schema. */
@Command(
    name = "schema",
    description = {
      "Prints a JSON Schema (2020-12): of job files, for an editor that completes and checks them,"
          + " of sample records, of snapshot records or of commands to a running job; or the reference of all keys as Markdown.",
      ""
    },
    footer = {"", "Examples:", "  thalweg schema job > job.schema.json", "  thalweg schema sample"})
final class SchemaCommand implements Runnable {
  /** What there is a schema of. */
  enum What {
    job,
    sample,
    snapshot,
    command,
    configuration
  }

  @Parameters(arity = "1", paramLabel = "WHAT", description = "${COMPLETION-CANDIDATES}.")
  private What what = What.job;

  @Spec private CommandSpec spec;

  SchemaCommand() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    switch (what) {
      case job -> out.println(JobSchema.builtIn().text());
      case sample -> out.println(SampleRecordSchema.text());
      case snapshot -> out.println(SnapshotCodec.schema());
      case command -> out.println(CommandCodec.schema());
      case configuration -> out.print(ConfigurationPage.text());
    }
    out.flush();
  }
}
