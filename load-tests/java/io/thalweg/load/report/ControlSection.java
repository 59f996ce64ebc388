package io.thalweg.load.report;

/** How long commands take. */
final class ControlSection {
  private ControlSection() {}

  static void write(Markdown page, ControlResult result) {
    Latency trip = result.roundTrip();
    page.heading(2, "Commands to a job at work");
    page.paragraph(
        "%d commands (step sizes, bounds, snapshots), one after the other, to a job that takes in"
            + " %s samples/s and publishes %s: from the call to the committed answer.",
        result.commands(), Numbers.of(result.rate()), result.setting());
    page.header("", "p50", "p95", "p99", "p99.9", "max", "rejected");
    page.row(
        "round trip, ms",
        Numbers.of(trip.p50()),
        Numbers.of(trip.p95()),
        Numbers.of(trip.p99()),
        Numbers.of(trip.p999()),
        Numbers.of(trip.max()),
        Numbers.of(result.rejected()));
    page.end();
  }
}
