package io.thalweg.app;

import io.thalweg.experiment.PlGameRates;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg experiment NAME}: published experiments, from a seed. */
@Command(
    name = "experiment",
    description = {"Reproduces a published experiment, all methods side by side.", ""},
    footer = {
      "",
      "pl-game-rates   samples needed for |grad F| <= eps on the noisy bilevel PL game: msgbio about",
      "                eps^-4, vr-msgbio about eps^-3",
      "",
      "Examples:",
      "  thalweg experiment pl-game-rates",
      "  thalweg experiment pl-game-rates --runs 16 --csv > rates.csv"
    })
final class ExperimentCommand implements Runnable {
  private static final List<String> NAMES = List.of("pl-game-rates");

  @Parameters(
      paramLabel = "NAME",
      description = "The experiment: ${COMPLETION-CANDIDATES}.",
      completionCandidates = ExperimentCommand.Names.class)
  private String name = "";

  @Option(names = "--runs", paramLabel = "N", description = "Runs per curve; default 8.")
  private int runs = 8;

  @Option(names = "--steps", paramLabel = "N", description = "Steps per run; default 20000.")
  private int steps = 20_000;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the game, the initial points and the draws; default 1.")
  private long seed = 1;

  @Option(names = "--csv", description = "Every level of every curve as CSV, not the table.")
  private boolean csv;

  @Spec private CommandSpec spec;

  ExperimentCommand() {}

  @Override
  public void run() {
    if (!NAMES.contains(name)) {
      throw Reference.unknown("experiment", name, NAMES);
    }
    atLeastOne("--runs", runs);
    atLeastOne("--steps", steps);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter progress = spec.commandLine().getErr();
    List<PlGameRates.Curve> curves =
        PlGameRates.all(
            runs,
            steps,
            seed,
            curve -> {
              PlGameRates.Plan plan = curve.plan();
              progress.printf(
                  Locale.ROOT,
                  "%s %s, coupling %s: slope %.2f, floor %.4f%n",
                  plan.method(),
                  plan.hypergradient(),
                  plan.game().c(),
                  curve.slope(),
                  curve.floor());
              progress.flush();
            });
    if (csv) {
      print(curves, out);
    } else {
      out.print(PlGameRates.table(curves));
    }
    out.flush();
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new UserError(ExitCode.USAGE, option + " must be at least 1, but was " + value);
    }
  }

  private static void print(List<PlGameRates.Curve> curves, PrintWriter out) {
    out.println("method,hypergradient,coupling,eps,step,samples");
    for (PlGameRates.Curve curve : curves) {
      PlGameRates.Plan plan = curve.plan();
      for (PlGameRates.Row row : curve.rows()) {
        if (row.step() > 0) {
          out.printf(
              Locale.ROOT,
              "%s,%s,%s,%s,%d,%d%n",
              plan.method(),
              plan.hypergradient(),
              plan.game().c(),
              row.eps(),
              row.step(),
              row.samples());
        }
      }
    }
  }

  /** For the shell's completion. */
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return NAMES.iterator();
    }
  }
}
