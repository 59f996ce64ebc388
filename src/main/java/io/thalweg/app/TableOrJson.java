package io.thalweg.app;

import picocli.CommandLine.Option;

/** The option by which a result is written for people or for programs. */
final class TableOrJson {
  private enum Output {
    table,
    json
  }

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "${COMPLETION-CANDIDATES} (of a list one object per line); default ${DEFAULT-VALUE}.")
  private Output output = Output.table;

  TableOrJson() {}

  boolean isJson() {
    return output == Output.json;
  }
}
