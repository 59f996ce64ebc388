package io.thalweg.app;

import io.thalweg.experiment.Arm;
import io.thalweg.experiment.CurvesCsv;
import io.thalweg.experiment.Experiment;
import io.thalweg.experiment.ExperimentRunner;
import io.thalweg.experiment.Experiments;
import io.thalweg.experiment.Horizon;
import io.thalweg.experiment.MissingDataException;
import io.thalweg.experiment.Report;
import io.thalweg.experiment.Results;
import io.thalweg.experiment.RunFolder;
import io.thalweg.experiment.Shelf;
import io.thalweg.settings.Suggestions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg experiment [NAME]}: published experiments, from a seed. */
@Command(
    name = "experiment",
    description = {
      "Reproduces a published experiment, all methods side by side: curves as CSV, plots as PNG and"
          + " SVG, a report with what was wanted and what was seen. Without a name: lists them.",
      ""
    },
    footer = {
      "",
      "Runs that are complete are kept in DIR and taken up by the next start.",
      "",
      "Examples:",
      "  thalweg experiment",
      "  thalweg experiment pl-game",
      "  thalweg experiment pl-game-rates --methods vr-msgbio --seeds 4",
      "  thalweg experiment matrix-sensing --quick --out /tmp/sensing"
    })
final class ExperimentCommand implements Runnable {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The experiment: ${COMPLETION-CANDIDATES}.",
      completionCandidates = ExperimentCommand.Names.class)
  private @Nullable String name;

  @Option(names = "--list", description = "Lists the experiments.")
  private boolean list;

  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "NAME",
      description = {
        "Only these methods or arms, separated by commas; * stands for any letters,",
        "for example --methods 'bank-0-*' for a stream of streams."
      })
  private List<String> methods = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs per arm, on seeds 1 to N; default as published.")
  private @Nullable Integer seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write; default experiments/NAME.")
  private @Nullable Path out;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data that are not part of the program; which, the experiment says.")
  private @Nullable Path data;

  @Option(names = "--quick", description = "A small version: shows the machinery, not the figures.")
  private boolean quick;

  @Option(names = "--fresh", description = "Forget the runs and optima kept in DIR.")
  private boolean fresh;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Runs at a time; default as many as there are processors.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  ExperimentCommand() {}

  @Override
  public void run() {
    PrintWriter stdout = spec.commandLine().getOut();
    if (list || name == null) {
      list(stdout);
    } else {
      String wanted = name;
      reproduce(
          Experiments.named(wanted)
              .orElseThrow(() -> Reference.unknown("experiment", wanted, names())),
          stdout);
    }
    stdout.flush();
  }

  private static void list(PrintWriter stdout) {
    Table table = new Table("EXPERIMENT", "TAKES", "METHODS", "WHAT IT SHOWS");
    for (Experiment experiment : Experiments.all()) {
      table.row(
          experiment.name(),
          experiment.duration(),
          String.join(" ", methodsOf(experiment)),
          experiment.summary());
    }
    table.print(stdout, "");
    stdout.println();
    stdout.println("thalweg experiment NAME runs one; --quick a small version of it.");
  }

  private void reproduce(Experiment experiment, PrintWriter stdout) {
    Horizon horizon = experiment.horizon(quick);
    if (seeds != null) {
      atLeastOne("--seeds", seeds);
      horizon = horizon.withSeeds(seeds);
    }
    atLeastOne("--threads", threads);
    Path folder = out != null ? out : Path.of("experiments", folderName(experiment));
    RunFolder kept = new RunFolder(folder, Version.number(), data);
    if (fresh) {
      kept.clear();
    }
    List<Arm> arms = chosen(experiment, kept);
    int runs = arms.size() * horizon.seeds();
    Results results;
    try (ExperimentProgress progress =
        new ExperimentProgress(
            experiment.name(), runs, spec.commandLine().getErr(), Terminal.isInteractive())) {
      results =
          new ExperimentRunner(experiment, horizon, kept, cpuTime(), progress).run(arms, threads);
    } catch (MissingDataException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(ExitCode.FAILURE, "interrupted; finished runs are kept in " + folder, e);
    }
    write(results, folder);
    say(new Report(results), folder, stdout);
  }

  /** A report of fewer seeds does not take the place of the published one. */
  private String folderName(Experiment experiment) {
    return experiment.name()
        + (quick ? "-quick" : "")
        + (seeds == null || seeds == experiment.horizon(quick).seeds()
            ? ""
            : "-" + seeds + "-seeds");
  }

  private static void say(Report report, Path folder, PrintWriter stdout) {
    String sections = report.sections();
    stdout.print(sections.isEmpty() ? report.arms() : sections);
    if (!report.judged().isEmpty()) {
      stdout.println();
      stdout.print(report.acceptance());
    }
    stdout.println();
    stdout.println("Report, curves and plots: " + folder);
  }

  private void write(Results results, Path folder) {
    try {
      Files.createDirectories(folder);
      try (BufferedWriter csv = Files.newBufferedWriter(folder.resolve("curves.csv"))) {
        CurvesCsv.write(results, csv);
      }
      Files.writeString(folder.resolve("summary.md"), new Report(results).markdown(machine()));
      plots(results, folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + folder, e);
    }
  }

  /** A slim image may have a Java without fonts: then there are numbers, but no pictures. */
  @SuppressWarnings("removal") // InternalError and its kin are what AWT throws without fonts
  private void plots(Results results, Path folder) throws IOException {
    try {
      ExperimentPlots.write(results, folder);
    } catch (LinkageError | InternalError | NullPointerException fontless) {
      spec.commandLine()
          .getErr()
          .println("no plots: this Java cannot draw text (are fonts installed?): " + fontless);
    }
  }

  private Map<String, String> machine() {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("version", Version.number());
    machine.put(
        "machine",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " processors, Java "
            + System.getProperty("java.version"));
    machine.put("runs at a time", Integer.toString(threads));
    return machine;
  }

  private static java.util.function.LongSupplier cpuTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported()
        ? threads::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  private List<Arm> chosen(Experiment experiment, Shelf shelf) {
    List<Arm> possible;
    try {
      possible = experiment.arms(shelf);
    } catch (MissingDataException e) {
      throw new UserError(ExitCode.DATA, String.valueOf(e.getMessage()), e);
    }
    if (methods.isEmpty()) {
      return possible;
    }
    Set<String> known = methodsOf(experiment);
    experiment.arms().forEach(arm -> known.add(arm.name()));
    for (String wanted : methods) {
      if (known.stream().noneMatch(name -> matches(wanted, name))) {
        throw new UserError(
            ExitCode.USAGE,
            "--methods: "
                + experiment.name()
                + " has no method or arm \""
                + wanted
                + "\""
                + Suggestions.hint(wanted, known));
      }
    }
    List<Arm> arms = new ArrayList<>();
    for (Arm arm : possible) {
      if (methods.stream().anyMatch(m -> matches(m, arm.name()) || matches(m, arm.method()))) {
        arms.add(arm);
      }
    }
    if (arms.isEmpty()) {
      throw new UserError(
          ExitCode.DATA, "--methods: what is chosen needs data that are not there; give --data");
    }
    return arms;
  }

  /** Whether a name is the one that is wanted, in which every * stands for any letters. */
  private static boolean matches(String wanted, String name) {
    String pattern =
        Arrays.stream(wanted.split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return Pattern.matches(pattern, name);
  }

  private static Set<String> methodsOf(Experiment experiment) {
    Set<String> out = new LinkedHashSet<>();
    experiment.arms().forEach(arm -> out.add(arm.method()));
    return out;
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new UserError(ExitCode.USAGE, option + " must be at least 1, but was " + value);
    }
  }

  private static List<String> names() {
    return Experiments.all().stream().map(Experiment::name).toList();
  }

  /** For the shell's completion. */
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }
}
