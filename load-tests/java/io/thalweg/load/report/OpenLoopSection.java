package io.thalweg.load.report;

import io.thalweg.broker.EmbeddedBroker;
import java.util.List;

/** Latencies and what happened under each workload. */
final class OpenLoopSection {
  private OpenLoopSection() {}

  static void write(Markdown page, List<OpenLoopResult> results) {
    if (results.isEmpty()) {
      return;
    }
    page.heading(2, "Latencies at a fixed schedule");
    page.paragraph(
        "Milliseconds. All but the last count from the time a sample was *due*, not from the time it"
            + " was sent: to its acknowledgement; to the poll in which the solver's consumer handed it"
            + " out; to the time a reader had the first snapshot in use that covers it. The last counts"
            + " from the `time` of a snapshot, when the solver took it, to the time the reader had it in"
            + " use. Whole distributions: `results/*.hlog`. The"
            + " brokers are those of the demo: %s of heap each, the serial collector and the first"
            + " compiler alone.",
        EmbeddedBroker.Options.DEFAULTS.heap());
    page.header(
        "workload", "setting", "brokers", "what", "p50", "p90", "p99", "p99.9", "max", "count");
    for (OpenLoopResult result : results) {
      for (Latency latency : result.latencies()) {
        page.row(
            result.title(),
            result.settingTitle(),
            String.valueOf(result.brokers()),
            OpenLoopWords.latency(latency.name()),
            Numbers.of(latency.p50()),
            Numbers.of(latency.p90()),
            Numbers.of(latency.p99()),
            Numbers.of(latency.p999()),
            Numbers.of(latency.max()),
            Numbers.of(latency.count()));
      }
    }
    page.end();
    sustained(page, results);
    for (OpenLoopResult result : results) {
      one(page, result);
    }
  }

  /** How much of the sustained rate the steady runs asked for. */
  private static void sustained(Markdown page, List<OpenLoopResult> results) {
    for (OpenLoopResult ramp : results) {
      Double sustained = ramp.figures().get("sustained");
      if (sustained == null || sustained == 0) {
        continue;
      }
      for (OpenLoopResult steady : results) {
        if (steady.workload().startsWith("steady")
            && steady.brokers() == ramp.brokers()
            && steady.setting().equals(ramp.setting())) {
          double rate =
              steady.phases().stream()
                  .filter(OpenLoopResult.PhaseLine::measured)
                  .mapToDouble(OpenLoopResult.PhaseLine::asked)
                  .max()
                  .orElse(0);
          page.item(
              "%s (`%s`): its %s samples/s are %s of the sustained %s.",
              ResultsPage.where(steady),
              steady.name(),
              Numbers.of(rate),
              Numbers.of(rate / sustained),
              Numbers.of(sustained));
        }
      }
    }
    page.end();
  }

  private static void one(Markdown page, OpenLoopResult result) {
    page.heading(3, ResultsPage.where(result));
    page.paragraph("%s %s. %s samples in all.", result.about(), result.wire(), count(result));
    page.paragraph("`%s`", result.verdict());
    page.paragraph("Limited by: %s.", result.limit());
    page.header(
        "phase",
        "s",
        "samples/s",
        "covered p50, ms",
        "p99, ms",
        "lag in the end",
        "cores: solver",
        "brokers",
        "generator, reader");
    for (OpenLoopResult.PhaseLine phase : result.phases()) {
      page.row(
          phase.name() + (phase.measured() ? "" : " (not counted)"),
          Numbers.of(phase.seconds()),
          Numbers.of(phase.rate()),
          Numbers.of(phase.coveredP50()),
          Numbers.of(phase.coveredP99()),
          Numbers.of(phase.lag()),
          Numbers.of(phase.solverCores()),
          Numbers.of(phase.brokerCores()),
          Numbers.of(phase.generatorCores()));
    }
    page.end();
    page.paragraph(
        "![over time](plots/%s-time.png) ![percentiles](plots/%s-percentiles.png)",
        result.name(), result.name());
  }

  private static String count(OpenLoopResult result) {
    return Numbers.of(result.samples());
  }
}
