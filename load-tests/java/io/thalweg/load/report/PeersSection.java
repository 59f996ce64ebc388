package io.thalweg.load.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A summary of the comparison with other learners; their own page has the settings and notes. */
final class PeersSection {
  private PeersSection() {}

  static void write(Markdown page, @Nullable JsonNode peers) {
    if (peers == null || peers.path("streams").isEmpty()) {
      return;
    }
    page.heading(2, "Peers");
    page.paragraph(
        "The same samples in the same order for everybody, one thread each, no Kafka; not like for"
            + " like in all respects: [settings, forms of the samples, notes](PEERS.md).");
    page.header("stream", "peer", "samples/s", "CPU-µs per sample", "log-loss", "error");
    for (JsonNode stream : peers.path("streams")) {
      for (JsonNode peer : stream.path("peers")) {
        double samples = peer.path("samples").asDouble();
        JsonNode median = peer.path("median");
        page.row(
            stream.path("name").asText(),
            peer.path("peer").asText(),
            Numbers.of(samples / number(median, "wall-seconds", "wallSeconds")),
            Numbers.of(1e6 * number(median, "cpu-seconds", "cpuSeconds") / samples),
            decimals(number(median, "log-loss", "logLoss")),
            decimals(number(median, "error", "error")));
      }
    }
    page.end();
  }

  private static double number(JsonNode node, String key, String other) {
    return (node.has(key) ? node.get(key) : node.path(other)).asDouble(Double.NaN);
  }

  private static String decimals(double x) {
    return Double.isNaN(x) ? "–" : String.format(Locale.ROOT, "%.4f", x);
  }
}
