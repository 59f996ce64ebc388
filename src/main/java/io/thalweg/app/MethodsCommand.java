package io.thalweg.app;

import io.thalweg.oracle.Capability;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg methods [ID]}: what can tune. */
@Command(
    name = "methods",
    description = {"Lists the methods, or explains one: paper, needs, keys, ranges, defaults.", ""},
    footer = {"", "Examples:", "  thalweg methods", "  thalweg methods vr-msgbio"})
final class MethodsCommand implements Runnable {
  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "The method to explain.",
      completionCandidates = MethodsCommand.Ids.class)
  private @Nullable String id;

  @Option(names = "--markdown", description = "Print the table of the README, in Markdown.")
  private boolean markdown;

  @Spec private CommandSpec spec;

  MethodsCommand() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if (markdown) {
      if (id != null) {
        throw new ParameterException(
            spec.commandLine(), "--markdown is for all methods: leave out " + id);
      }
      out.print(MethodsTable.markdown());
    } else if (id == null) {
      Table table = new Table("METHOD", "WHAT IT DOES (PAPER)");
      for (MethodInfo method : Methods.all()) {
        table.row(method.id(), method.summary() + " (" + method.paper() + ")");
      }
      table.print(out, "");
      out.println();
      out.println("thalweg methods ID explains one: its keys, ranges, defaults and needs.");
    } else {
      String wanted = id;
      explain(
          Methods.all().stream()
              .filter(method -> method.id().equals(wanted))
              .findFirst()
              .orElseThrow(() -> Reference.unknown("method", wanted, ids())),
          out);
    }
    out.flush();
  }

  private static void explain(MethodInfo method, PrintWriter out) {
    out.println(method.id());
    out.println("  what     " + method.summary());
    out.println("  paper    " + method.paper());
    out.println("  use when " + method.whenToUse());
    for (Map.Entry<String, Set<Capability>> need : method.needs().entrySet()) {
      String option = need.getKey().isEmpty() ? "" : "hypergradient: " + need.getKey() + " ";
      out.println("  needs    " + option + "(" + capabilities(need.getValue()) + ")");
    }
    out.println();
    out.println("Keys of solver:");
    Reference.parameters(method.parameters(), out);
  }

  private static String capabilities(Set<Capability> set) {
    return set.stream()
        .sorted()
        .map(c -> c.name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", "));
  }

  private static List<String> ids() {
    return Methods.all().stream().map(MethodInfo::id).toList();
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
