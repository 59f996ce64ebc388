package io.thalweg.load;

import io.thalweg.config.JobFileException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of the load tests. */
@Command(
    name = "load-tests",
    description = {
      "Drives the packaged program against real brokers that it starts itself on loopback.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "A look (half a minute):",
      "  java -jar target/load-tests.jar open-loop load-tests/workloads/steady.yaml --scale 0.1",
      "The figures of the repository, on a quiet machine:",
      "  java -jar target/load-tests.jar open-loop load-tests/workloads/*.yaml",
      "  java -jar target/load-tests.jar throughput",
      "  java -jar target/load-tests.jar scaling",
      "  java -jar target/load-tests.jar profile",
      "  java -jar target/load-tests.jar control",
      "  java -jar target/load-tests.jar page",
      "  java -jar target/load-tests.jar results",
      "",
      "Results are JSON, .hlog and PNG files under load-tests/; progress goes to stderr, verdicts to"
          + " stdout.",
      "Exit codes: 0 measured (a missed target is a result, not a failure), 1 failure, 2 usage or a"
          + " wrong workload file."
    },
    scope = ScopeType.INHERIT,
    subcommands = {
      OpenLoopCommand.class,
      ThroughputCommand.class,
      ScalingCommand.class,
      ProfileCommand.class,
      ControlCommand.class,
      PageCommand.class,
      ResultsCommand.class
    })
public final class LoadTests implements Runnable {
  static final int FAILURE = 1;
  static final int USAGE = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Explains a command and its options.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  @Spec private CommandSpec spec;

  LoadTests() {}

  /**
   * Runs one command and ends the process with its code.
   *
   * @param args the words of the command line
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    Say.quietLogs();
    CommandLine line = new CommandLine(new LoadTests());
    line.setUsageHelpAutoWidth(true);
    line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, command));
    System.exit(line.execute(args));
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  private static int failed(Exception failure, CommandLine command) {
    PrintWriter err = command.getErr();
    if (failure instanceof ConfigException || failure instanceof JobFileException) {
      err.println(command.getColorScheme().errorText(String.valueOf(failure.getMessage())));
      err.flush();
      return USAGE;
    }
    failure.printStackTrace(err);
    err.flush();
    return FAILURE;
  }
}
