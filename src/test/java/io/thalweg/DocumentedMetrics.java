package io.thalweg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics and paths that {@code src/docs/metrics.md} promises: the one list that the program,
 * the alert rules, the dashboard and the manifests are held to.
 *
 * @param type counter, gauge, summary or histogram
 * @param labels its own labels; every series has {@code job} and {@code instance} as well
 */
public record DocumentedMetrics(String type, Set<String> labels) {
  private static final Path PAGE =
      Path.of(System.getProperty("project.basedir", "."), "src", "docs", "metrics.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_]+)` \\| (counter|gauge|summary|histogram) \\| ([^|]*)\\|.*");
  private static final Pattern PATH = Pattern.compile("\\| `(/[a-z]+)` \\|.*");
  private static final Pattern QUOTED = Pattern.compile("`([a-z_]+)`");

  /** Name to type and labels, in the order of the page. */
  public static Map<String, DocumentedMetrics> all() {
    Map<String, DocumentedMetrics> all = new LinkedHashMap<>();
    for (String line : lines()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        Set<String> labels = new LinkedHashSet<>();
        QUOTED.matcher(row.group(3)).results().forEach(label -> labels.add(label.group(1)));
        all.put(row.group(1), new DocumentedMetrics(row.group(2), labels));
      }
    }
    return all;
  }

  /** The series a metric is made of: a summary has two, a histogram four. */
  public static Map<String, DocumentedMetrics> series() {
    Map<String, DocumentedMetrics> series = new LinkedHashMap<>();
    all()
        .forEach(
            (name, metric) -> {
              boolean histogram = metric.type().equals("histogram");
              if (histogram) {
                Set<String> labels = new LinkedHashSet<>(metric.labels());
                labels.add("le");
                series.put(name + "_bucket", new DocumentedMetrics("histogram", labels));
                series.put(name + "_max", metric);
              }
              if (histogram || metric.type().equals("summary")) {
                series.put(name + "_sum", metric);
                series.put(name + "_count", metric);
              } else {
                series.put(name, metric);
              }
            });
    return series;
  }

  /** The paths it answers. */
  public static Set<String> paths() {
    Set<String> paths = new LinkedHashSet<>();
    for (String line : lines()) {
      Matcher row = PATH.matcher(line);
      if (row.matches()) {
        paths.add(row.group(1));
      }
    }
    return paths;
  }

  /** The alerts it explains. */
  public static List<String> alerts() {
    return lines().stream()
        .filter(line -> line.startsWith("| `Thalweg"))
        .map(line -> Arrays.asList(line.split("`", -1)).get(1))
        .toList();
  }

  private static List<String> lines() {
    try {
      return Files.readAllLines(PAGE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
