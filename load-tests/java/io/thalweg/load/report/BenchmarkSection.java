package io.thalweg.load.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What JMH measured. */
final class BenchmarkSection {
  private BenchmarkSection() {}

  static void write(Markdown page, @Nullable JsonNode benchmarks) {
    if (benchmarks == null || benchmarks.isEmpty()) {
      return;
    }
    page.heading(2, "Benchmarks of the parts");
    JsonNode first = benchmarks.get(0);
    page.paragraph(
        "JMH %s, %s %s, %s forks, %s × %s after %s × %s to warm up; error is half of the 99.9 %% interval.",
        first.path("jmhVersion").asText("?"),
        first.path("vmName").asText("?"),
        first.path("jdkVersion").asText("?"),
        first.path("forks").asText("?"),
        first.path("measurementIterations").asText("?"),
        first.path("measurementTime").asText("?"),
        first.path("warmupIterations").asText("?"),
        first.path("warmupTime").asText("?"));
    page.header("benchmark", "parameters", "score", "error", "unit");
    for (JsonNode benchmark : benchmarks) {
      List<String> parameters = new ArrayList<>();
      for (Map.Entry<String, JsonNode> parameter : benchmark.path("params").properties()) {
        parameters.add(parameter.getKey() + " " + parameter.getValue().asText());
      }
      JsonNode metric = benchmark.path("primaryMetric");
      page.row(
          shortName(benchmark.path("benchmark").asText()),
          String.join(", ", parameters),
          Numbers.of(metric.path("score").asDouble(Double.NaN)),
          Numbers.of(metric.path("scoreError").asDouble(Double.NaN)),
          metric.path("scoreUnit").asText());
    }
    page.end();
  }

  private static String shortName(String benchmark) {
    int method = benchmark.lastIndexOf('.');
    return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
  }
}
