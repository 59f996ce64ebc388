package io.thalweg.load.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The page of all results; every number in it comes from a file. */
public final class ResultsPage {
  private final Results results;
  private final Markdown page = new Markdown();

  private ResultsPage(Results results) {
    this.results = results;
  }

  /**
   * The page.
   *
   * @param results what there is
   * @return Markdown
   */
  public static String of(Results results) {
    return new ResultsPage(results).write();
  }

  private String write() {
    page.heading(1, "Results");
    page.paragraph(
        "Written by `java -jar target/load-tests.jar results` from the files in `results`; not edited"
            + " by hand. [How it is measured](README.md).");
    facts();
    targets();
    ThroughputResult throughput = results.throughput();
    if (throughput != null) {
      ThroughputSection.write(page, throughput, results.profile());
    }
    OpenLoopSection.write(page, results.openLoop());
    ControlResult control = results.control();
    if (control != null) {
      ControlSection.write(page, control);
    }
    PageResult open = results.page();
    if (open != null) {
      PageSection.write(page, open);
    }
    ScalingResult scaling = results.scaling();
    if (scaling != null) {
      ScalingSection.write(page, scaling);
    }
    ProfileResult profile = results.profile();
    if (profile != null) {
      ProfileSection.write(page, profile);
    }
    BenchmarkSection.write(page, results.jmh());
    PeersSection.write(page, results.peers());
    return page.text();
  }

  /** Each set of facts once, with the results it holds for. */
  private void facts() {
    Map<String, String> byFacts = new LinkedHashMap<>();
    ThroughputResult throughput = results.throughput();
    if (throughput != null) {
      add(byFacts, throughput.facts(), "throughput", whole(throughput.scale()));
    }
    for (OpenLoopResult result : results.openLoop()) {
      add(byFacts, result.facts(), result.name(), result.scale());
    }
    ScalingResult scaling = results.scaling();
    if (scaling != null) {
      add(byFacts, scaling.facts(), "scaling", scaling.scale());
    }
    ProfileResult profile = results.profile();
    if (profile != null) {
      add(byFacts, profile.facts(), "profile", whole(profile.scale()));
    }
    ControlResult control = results.control();
    if (control != null) {
      add(byFacts, control.facts(), "control", 1);
    }
    PageResult open = results.page();
    if (open != null) {
      add(byFacts, open.facts(), "page", 1);
    }
    byFacts.forEach((facts, names) -> page.item("%s: %s", facts, names));
    page.end();
  }

  /** More than half of the records are as good as all of them. */
  private static double whole(double scale) {
    return scale >= 0.5 ? 1 : scale;
  }

  private static void add(Map<String, String> byFacts, Facts facts, String name, double scale) {
    String scaled =
        String.format(
            Locale.ROOT,
            "%s (load average before %.1f%s)",
            name,
            facts.loadAverage(),
            scale == 1 ? "" : ", **scale " + Numbers.of(scale) + ": a look, no figures to quote**");
    byFacts.merge(facts.line(), scaled, (a, b) -> a + ", " + b);
  }

  private void targets() {
    page.heading(2, "Targets");
    page.paragraph(
        "*Of target* is how many times as good as asked: 1 or more is met, whether much or little is"
            + " good.");
    page.header("what", "asked", "figure", "of target", "", "limited by");
    ThroughputResult throughput = results.throughput();
    if (throughput != null) {
      for (ThroughputResult.Row row : throughput.rows()) {
        String flame = ProfileSection.flame(results.profile(), row.records(), row.method());
        target(row.target(), row.target().what(), row.limit() + flame);
      }
    }
    for (OpenLoopResult result : results.openLoop()) {
      String name = where(result);
      for (Target target : result.targets()) {
        if (target.asked() != 0) {
          target(target, name + ": " + target.what(), result.limit());
        }
      }
      nothing(result, name);
    }
    ControlResult control = results.control();
    if (control != null) {
      for (Target target : control.targets()) {
        if (target.asked() != 0) {
          target(
              target, "Commands to a job at work, " + control.setting() + ": " + target.what(), "");
        }
      }
    }
    PageResult open = results.page();
    if (open != null) {
      open.costs().forEach(this::cost);
    }
    page.end();
  }

  static String where(OpenLoopResult result) {
    return result.title()
        + ", "
        + result.settingTitle()
        + (result.rates() == 1 ? "" : ", rates times " + Numbers.of(result.rates()))
        + (result.brokers() == 1 ? "" : ", " + result.brokers() + " brokers");
  }

  private void target(Target target, String what, String limit) {
    List<String> cells =
        List.of(
            what,
            (target.least() ? "≥ " : "≤ ") + Numbers.of(target.asked()) + " " + target.unit(),
            "**" + Numbers.of(target.figure()) + "**",
            Double.isNaN(target.ratio()) ? "–" : Numbers.of(target.ratio()) + "×",
            target.outcome(),
            limit);
    page.row(cells);
  }

  /** What pages may cost, and the interval of what they do. */
  private void cost(PageResult.Cost cost) {
    PairedRatio ratio = cost.samples();
    page.row(
        (cost.pages() == 1 ? "An open page" : cost.pages() + " open pages") + ": throughput lost",
        "< " + Numbers.of(100 * PageResult.ASKED) + " %",
        String.format(
            Locale.ROOT,
            "**%.1f** (%.1f to %.1f)",
            100 * (1 - ratio.median()),
            100 * (1 - ratio.high()),
            100 * (1 - ratio.low())),
        "–",
        cost.throughput().toLowerCase(Locale.ROOT),
        "");
  }

  /** All that must not happen, in one row. */
  private void nothing(OpenLoopResult result, String name) {
    List<Target> none = result.targets().stream().filter(target -> target.asked() == 0).toList();
    if (!none.isEmpty()) {
      page.row(
          name + ": " + none.stream().map(Target::what).collect(Collectors.joining(", ")),
          "0",
          "**"
              + none.stream().map(t -> Numbers.of(t.figure())).collect(Collectors.joining(", "))
              + "**",
          "–",
          none.stream().allMatch(Target::met) ? "met" : "missed",
          "");
    }
  }
}
