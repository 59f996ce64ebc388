package io.thalweg.app;

import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg problems [ID]}: what can be tuned. */
@Command(
    name = "problems",
    description = {
      "Lists the problems, or explains one: formulas, keys, and a sample of each level.",
      ""
    },
    footer = {"", "Examples:", "  thalweg problems", "  thalweg problems logistic-regression"})
final class ProblemsCommand implements Runnable {
  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "The problem to explain.",
      completionCandidates = ProblemsCommand.Ids.class)
  private @Nullable String id;

  @Option(names = "--markdown", description = "Print the table of the README, in Markdown.")
  private boolean markdown;

  @Spec private CommandSpec spec;

  ProblemsCommand() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      if (id != null) {
        throw new ParameterException(
            spec.commandLine(), "--markdown is for all problems: leave out " + id);
      }
      out.print(ProblemsTable.markdown());
    } else if (id == null) {
      Table table = new Table("PROBLEM", "WHAT IT IS");
      for (ProblemInfo problem : Problems.all()) {
        table.row(problem.id(), problem.summary());
      }
      table.print(out, "");
      out.println();
      out.println("thalweg problems ID explains one: its keys, and a sample of each level.");
    } else {
      String wanted = id;
      explain(
          Problems.info(wanted).orElseThrow(() -> Reference.unknown("problem", wanted, ids())),
          out);
    }
    out.flush();
  }

  private static void explain(ProblemInfo problem, PrintWriter out) {
    out.println(problem.id());
    out.println("  what    " + problem.summary());
    out.println("  source  " + problem.source());
    out.println();
    out.println("Keys of problem:");
    Reference.parameters(problem.parameters(), out);
    out.println();
    if (!problem.lowerExample().isEmpty()) {
      out.println("A training sample (lower level), in the train topic:");
      out.println("  " + problem.lowerExample());
    }
    out.println("A validation sample (upper level), in the validation topic:");
    out.println("  " + problem.upperExample());
  }

  private static List<String> ids() {
    return Problems.all().stream().map(ProblemInfo::id).toList();
  }

  /** For the shell's completion. */
  static final class Ids implements Iterable<String> {
    Ids() {}

    @Override
    public Iterator<String> iterator() {
      return ids().iterator();
    }
  }
}
