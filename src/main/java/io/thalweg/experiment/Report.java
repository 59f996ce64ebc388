package io.thalweg.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The report of an experiment in Markdown: what each arm reached, and whether that was wanted. */
public final class Report {
  private final Results results;
  private final Experiment experiment;

  /**
   * A report.
   *
   * @param results what ran
   */
  public Report(Results results) {
    this.results = results;
    this.experiment = results.experiment();
  }

  /**
   * The whole report.
   *
   * @param machine name to value of what it ran on: version, machine, threads
   * @return Markdown
   */
  public String markdown(Map<String, String> machine) {
    StringBuilder out = new StringBuilder();
    Horizon horizon = results.horizon();
    out.append("# ").append(experiment.name()).append("\n\n");
    out.append(experiment.summary()).append("\n\n");
    line(out, "source", experiment.source());
    line(out, "seeds", "1 to " + horizon.seeds());
    line(out, "length", Numbers.plain((double) horizon.end()) + " " + horizon.unit().words());
    if (horizon.stopBelow() > 0) {
      line(
          out,
          "early end",
          experiment.measures().get(0).title()
              + " at or below "
              + Numbers.plain(horizon.stopBelow()));
    }
    results.facts().forEach((name, value) -> line(out, name, value));
    machine.forEach((name, value) -> line(out, name, value));
    out.append(sections());
    out.append("\n## Arms\n\n").append(arms());
    if (!experiment.expectations().isEmpty()) {
      out.append("\n## Acceptance\n\n").append(acceptance());
    }
    String failures = failures();
    if (!failures.isEmpty()) {
      out.append("\n## Failed runs\n\n").append(failures);
    }
    out.append("\n## Settings\n\n| arm | solver | variant |\n|---|---|---|\n");
    for (Arm arm : results.arms()) {
      row(out, arm.name(), "`" + SettingsText.of(arm.solver()) + "`", variant(arm));
    }
    return out.toString();
  }

  private static String variant(Arm arm) {
    return arm.variant().isEmpty() ? "" : "`" + SettingsText.of(arm.variant()) + "`";
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append("* ").append(name).append(": ").append(value).append('\n');
  }

  /**
   * The experiment's own tables with their headings.
   *
   * @return Markdown, empty where there are none
   */
  public String sections() {
    StringBuilder out = new StringBuilder();
    for (Section section : experiment.sections(results)) {
      out.append("\n## ").append(section.title()).append("\n\n");
      row(out, section.head().toArray(String[]::new));
      out.append("|").append("---|".repeat(section.head().size())).append('\n');
      for (List<String> cells : section.rows()) {
        row(out, cells.toArray(String[]::new));
      }
    }
    return out.toString();
  }

  /**
   * One line per arm: medians and bands of every measure at the end, failures, samples to the
   * targets, CPU time.
   *
   * @return a Markdown table
   */
  public String arms() {
    List<String> head = new ArrayList<>();
    head.add("arm");
    for (Measure measure : experiment.measures()) {
      head.add(measure.title() + ", median (20–80 %)");
    }
    head.add("failed");
    String unit = results.horizon().unit().words();
    for (Target target : experiment.targets()) {
      head.add(unit + " to " + target.measure() + " ≤ " + Numbers.plain(target.level()));
    }
    head.add("samples");
    head.add("oracle calls");
    head.add("CPU s");
    StringBuilder out = new StringBuilder();
    row(out, head.toArray(String[]::new));
    out.append("|").append("---|".repeat(head.size())).append('\n');
    for (Arm arm : results.arms()) {
      row(out, cells(arm.name()).toArray(String[]::new));
    }
    return out.toString();
  }

  private List<String> cells(String arm) {
    List<String> cells = new ArrayList<>();
    cells.add(arm);
    int end = results.lastMark();
    for (Measure measure : experiment.measures()) {
      cells.add(
          Numbers.plain(results.quantile(arm, measure.name(), end, 0.5))
              + " ("
              + Numbers.plain(results.quantile(arm, measure.name(), end, 0.2))
              + "–"
              + Numbers.plain(results.quantile(arm, measure.name(), end, 0.8))
              + ")");
    }
    List<Run> runs = results.runs(arm);
    cells.add(runs.stream().filter(Run::failed).count() + " of " + runs.size());
    for (Target target : experiment.targets()) {
      double[] reached = results.reached(arm, target.measure(), target.level());
      double median = Results.quantile(reached, 0.5);
      cells.add(Double.isInfinite(median) ? "not reached" : Numbers.plain(median));
    }
    List<Point> ends = new ArrayList<>();
    for (Run run : runs) {
      if (!run.points().isEmpty()) {
        ends.add(run.points().get(run.points().size() - 1));
      }
    }
    cells.add(median(ends.stream().mapToDouble(Point::samples).toArray()));
    cells.add(median(ends.stream().mapToDouble(Point::evaluations).toArray()));
    cells.add(median(ends.stream().mapToDouble(Point::seconds).toArray()));
    return cells;
  }

  private static String median(double[] values) {
    return values.length == 0 ? "-" : Numbers.plain(Results.quantile(values, 0.5));
  }

  /**
   * Every expectation against what was seen.
   *
   * @return a Markdown table
   */
  public String acceptance() {
    StringBuilder out =
        new StringBuilder(
            "| figure | published | wanted | seen | verdict |\n|---|---|---|---|---|\n");
    for (Expectation.Judged judged : judged()) {
      Expectation e = judged.expectation();
      row(
          out,
          e.what(),
          e.quoted(),
          e.wanted(),
          Numbers.plain(judged.seen()),
          judged.verdict().words());
    }
    return out.toString();
  }

  /**
   * Every expectation against what was seen.
   *
   * @return in the order they are declared
   */
  public List<Expectation.Judged> judged() {
    return experiment.expectations().stream().map(e -> e.judge(results)).toList();
  }

  private String failures() {
    StringBuilder out = new StringBuilder();
    for (Arm arm : results.arms()) {
      for (Run run : results.runs(arm.name())) {
        if (run.failed()) {
          out.append("* ")
              .append(arm.name())
              .append(", seed ")
              .append(run.seed())
              .append(", ")
              .append(cell(run.reason()))
              .append('\n');
        }
      }
    }
    return out.toString();
  }

  private static void row(StringBuilder out, String... cells) {
    out.append('|');
    for (String cell : cells) {
      out.append(' ').append(cell(cell)).append(" |");
    }
    out.append('\n');
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
