package io.thalweg.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer of {@code /metrics} holds, and whether a selector of a query finds any of it. */
final class Scrape {
  private static final Pattern SERIES = Pattern.compile("([a-z_]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)(=~|!~|!=|=)\"([^\"]*)\"");
  private static final Pattern SELECTOR =
      Pattern.compile("\\b(?:thalweg|kafka)_[a-z_]+(?:\\{[^}]*})?");

  private final Map<String, List<Map<String, String>>> series = new LinkedHashMap<>();

  Scrape(String text) {
    for (String line : text.split("\\R", -1)) {
      Matcher m = SERIES.matcher(line);
      if (m.matches()) {
        Map<String, String> labels = new LinkedHashMap<>();
        String inside = m.group(2) == null ? "" : m.group(2);
        LABEL
            .matcher(inside)
            .results()
            .forEach(label -> labels.put(label.group(1), label.group(3)));
        series.computeIfAbsent(m.group(1), name -> new ArrayList<>()).add(labels);
      }
    }
  }

  /** The names and conditions in an expression, such as {@code thalweg_lag{job=~"$job"}}. */
  static List<String> selectors(String expression) {
    return SELECTOR.matcher(expression).results().map(m -> m.group()).toList();
  }

  /** Whether a series fulfils all conditions; a variable of the dashboard stands for anything. */
  boolean matches(String selector) {
    int brace = selector.indexOf('{');
    String name = brace < 0 ? selector : selector.substring(0, brace);
    return series.getOrDefault(name, List.of()).stream()
        .anyMatch(labels -> matches(labels, brace < 0 ? "" : selector.substring(brace)));
  }

  private static boolean matches(Map<String, String> labels, String conditions) {
    return LABEL
        .matcher(conditions)
        .results()
        .allMatch(
            condition -> {
              String value = labels.getOrDefault(condition.group(1), "");
              String wanted = condition.group(3).replaceFirst("^\\$\\w+$", ".+");
              return switch (condition.group(2)) {
                case "=" -> value.equals(wanted);
                case "!=" -> !value.equals(wanted);
                case "=~" -> value.matches(wanted);
                default -> !value.matches(wanted);
              };
            });
  }

  /** All labels of all series of a name; empty for a name that is not there. */
  Set<String> labels(String name) {
    Set<String> labels = new LinkedHashSet<>();
    series.getOrDefault(name, List.of()).forEach(each -> labels.addAll(each.keySet()));
    return labels;
  }
}
