package io.thalweg.app;

import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of Thalweg. A new command is one line in {@code subcommands}. */
@Command(
    name = "thalweg",
    description = {
      "Tunes the hyperparameters of a model while the model is being trained, from the Kafka topics"
          + " that carry its data, and publishes both, exactly once.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "First steps:",
      "  thalweg demo                  a broker, a real data set, tuning: all here",
      "  thalweg methods               what can tune: methods, keys, ranges",
      "  thalweg problems              what can be tuned: problems, keys, samples",
      "  thalweg validate -c job.yaml  is the job right? every mistake with its line",
      "  thalweg COMMAND --help        options and examples of one command",
      "",
      "Results go to stdout, logs to stderr.",
      "Exit codes: 0 ok, 1 failure, 2 usage, 65 data, 69 broker unreachable or not",
      "authorised, 70 diverged, 78 configuration."
    },
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ReplayCommand.class,
      BacktestCommand.class,
      WatchCommand.class,
      HealthCommand.class,
      SnapshotCommand.class,
      ControlCommand.class,
      ValidateCommand.class,
      TopicsCommand.class,
      ProduceCommand.class,
      BrokerCommand.class,
      ExperimentCommand.class,
      MethodsCommand.class,
      ProblemsCommand.class,
      SchemaCommand.class,
      ArchiveCommand.class,
      RehearseCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Thalweg implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Thalweg.class);

  @Option(
      names = "--log-format",
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      defaultValue = "${env:THALWEG_LOG_FORMAT:-text}",
      description = "Log lines as ${COMPLETION-CANDIDATES}; default text.")
  private Logging.Format logFormat = Logging.Format.text;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log details, and show stack traces of failures.")
  private boolean verbose;

  @Spec private CommandSpec spec;

  Thalweg() {}

  /**
   * Runs one command and ends the process with its code.
   *
   * @param args the words after {@code thalweg}
   */
  public static void main(String[] args) {
    StopSignal.ownProcess();
    FatalErrors.endTheProcess();
    StopSignal.exit(commandLine().execute(args));
  }

  /** The whole command line, ready to execute. */
  static CommandLine commandLine() {
    Thalweg root = new Thalweg();
    CommandLine line = new CommandLine(root);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setExecutionStrategy(root::execute);
    line.setExecutionExceptionHandler(root::failed);
    line.setParameterExceptionHandler(Thalweg::misused);
    return line;
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  private int execute(ParseResult parsed) {
    Logging.apply(logFormat, verbose);
    return new CommandLine.RunLast().execute(parsed);
  }

  private int failed(Exception failure, CommandLine command, ParseResult parsed) {
    int code = Failures.code(failure);
    if (logFormat == Logging.Format.json) { // who reads lines by a machine reads the last one, too
      LOG.error("{} (exit code {})", Failures.message(failure), code, verbose ? failure : null);
      return code;
    }
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(Failures.message(failure)));
    if (verbose) {
      failure.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static int misused(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(wrong.getMessage()));
    if (!UnmatchedArgumentException.printSuggestions(wrong, err)) {
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    err.flush();
    return ExitCode.USAGE;
  }
}
