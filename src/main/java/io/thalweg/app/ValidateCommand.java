package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.problem.Problem;
import io.thalweg.solver.Methods;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg validate -c job.yaml}: would it run? */
@Command(
    name = "validate",
    description = {
      "Checks a job file and builds its problem and solver: mistakes against the schema are reported"
          + " with their lines, all at once, then those in what values mean together. Then asks the"
          + " broker: is it there, are the topics, do their settings"
          + " and sizes fit.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  thalweg validate -c job.yaml",
      "  thalweg validate -c job.yaml --offline",
      "  thalweg validate -c job.yaml --offline --set solver.gamma=0.05 --print-effective"
    })
final class ValidateCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ValidateCommand.class);

  @Mixin private JobFile jobFile;

  @Option(
      names = "--print-effective",
      description = "Print the whole job with defaults and overrides, secrets masked.")
  private boolean printEffective;

  @Option(
      names = "--offline",
      description =
          "Check the file alone; ask no broker. Secrets that are not on this machine are only named.")
  private boolean offline;

  @Spec private CommandSpec spec;

  ValidateCommand() {}

  private static String coordinates(Problem problem, int upperDim) {
    return problem.lowerDim() == 0
        ? "minimises over " + upperDim + " coordinates"
        : "tunes " + upperDim + " upper and trains " + problem.lowerDim() + " lower coordinates";
  }

  @Override
  public Integer call() throws InterruptedException {
    JobConfig job = offline ? jobFile.readElsewhere() : jobFile.read();
    Problem problem = job.problem();
    Wiring.requireColumns(job, problem);
    PrintWriter out = spec.commandLine().getOut();
    if (printEffective) {
      out.print(job.effective());
    } else {
      out.printf("%s: the file is right%n", jobFile.file());
      out.printf(
          "  %s %s of %s%n",
          job.method(),
          coordinates(problem, Methods.upperDim(job.solverSettings(), problem)),
          problem.id());
      out.printf("  fingerprint %s%n", job.fingerprint());
      HeapNeed heap = HeapNeed.of(job);
      if (heap.isLarge()) {
        out.printf("  %s%n", heap.text());
      }
    }
    out.flush();
    if (offline) {
      return ExitCode.OK;
    }
    BrokerCheck.Findings findings = BrokerCheck.of(job, problem, String.valueOf(jobFile.file()));
    findings.odd().forEach(line -> LOG.warn("{}", line));
    if (!findings.wrong().isEmpty()) {
      throw new UserError(ExitCode.CONFIGURATION, String.join("\n", findings.wrong()));
    }
    if (!printEffective) {
      out.printf("%s: the broker and the topics are right%n", job.kafka().bootstrap());
      out.flush();
    }
    return ExitCode.OK;
  }
}
