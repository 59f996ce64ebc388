package io.thalweg.load.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Samples per CPU-second, row by row. */
final class ThroughputSection {
  private ThroughputSection() {}

  static void write(Markdown page, ThroughputResult result, @Nullable ProfileResult profile) {
    page.heading(2, "From Kafka to committed snapshots");
    page.paragraph(
        "Dense: bank rows (51 features), one L2 weight per feature. Sparse: 100 of 262,144 features by"
            + " a power law (chance of feature j about 1/j), one L2 weight. Half of the samples to each"
            + " level, linear-system, batches of 64, exactly once, a commit per second, four"
            + " partitions, one broker process on loopback; median of %d rounds after one to warm"
            + " up. The figure of merit is million samples per CPU-second of the whole solver"
            + " process, compiler, collector and commits included.",
        result.rounds());
    page.header(
        "records",
        "method",
        "M samples per CPU-s",
        "floor / stretch",
        "of floor",
        "of stretch",
        "M samples/s",
        "CPU-ns per sample",
        "Kafka client",
        "decode",
        "step",
        "the rest",
        "limited by");
    for (ThroughputResult.Row row : result.rows()) {
      page.row(
          row.records(),
          row.method(),
          format("**%.2f**", row.perCore()),
          format("%.2f", row.floor()) + format(" / %.2f", row.stretch()),
          format("%.1f×", row.perCore() / row.floor()),
          format("%.1f×", row.perCore() / row.stretch()),
          format("%.2f", row.perSecond()),
          format("%.0f", row.whole()),
          format("%.0f", row.kafka()),
          format("%.0f", row.decode()),
          format("%.0f", row.step()),
          format("%.0f", row.rest()),
          row.limit() + ProfileSection.flame(profile, row.records(), row.method()));
    }
    page.end();
    page.paragraph(
        "The parts are measured alone: polling without decoding (first fetches and connections"
            + " included), decoding without Kafka, the solver's steps on decoded batches. The rest is"
            + " the difference: assembly of batches, Reactor, commits, compiler and collector; it is"
            + " negative where a part costs less in company than alone.");
  }

  private static String format(String format, double x) {
    return String.format(Locale.ROOT, format, x);
  }
}
