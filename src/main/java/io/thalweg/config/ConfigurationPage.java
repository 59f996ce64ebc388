package io.thalweg.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference page of the job file, written from its schema. */
public final class ConfigurationPage {
  private static final List<String> PARTS = List.of("problem", "solver");

  private final JobSchema schema = JobSchema.builtIn();
  private final StringBuilder out = new StringBuilder();

  private ConfigurationPage() {}

  /**
   * The page.
   *
   * @return Markdown
   */
  public static String text() {
    return new ConfigurationPage().page();
  }

  private String page() {
    lines(
        "# The job file",
        "",
        "<!-- Written by `thalweg schema configuration`; a test compares. Do not edit. -->",
        "",
        "A job is one YAML (or JSON) file. Only `job`, `problem` and `solver` must be given:",
        "",
        "```yaml",
        "job: churn-l2",
        "problem: {type: logistic-regression, features: 54}",
        "solver: {method: vr-msgbio, hypergradient: linear-system}",
        "```",
        "",
        "`thalweg validate -c job.yaml` reports every mistake with file, line and column;"
            + " `thalweg schema job` prints the JSON Schema for editors;"
            + " `thalweg validate -c job.yaml --print-effective` shows the job with all defaults.",
        "",
        "## Where a value comes from",
        "",
        "Defaults, then the file, then the environment, then `--set`; each wins over those before.",
        "",
        "| layer | example |",
        "|---|---|",
        "| file | `solver: {gamma: 0.1}` |",
        "| environment | `THALWEG_SOLVER_GAMMA=0.1`: upper case, `_` for `.` and `-` |",
        "| command line | `--set solver.gamma=0.1`, `--set upper.init=[0,1]`; an empty value takes"
            + " the key back to its default |",
        "",
        "A blank variable is as if it were not set. One that fits two keys (`THALWEG_SOLVER_C_H`: `c.h` or `c.H`) is refused: use"
            + " `--set`. One that fits none is reported and ignored.",
        "",
        "Texts may refer to secrets: `${env:NAME}` and `${file:/path}`, resolved last. Within `{ }`"
            + " of YAML they need quotes. What came from a reference, and every value whose key"
            + " speaks of a password, secret, token or JAAS, is never printed or logged.",
        "",
        "Aliases, anchors and tags of YAML are refused, and so are keys written twice.",
        "",
        "## Keys",
        "");
    table();
    JsonNode properties = schema.root().get("properties");
    for (Map.Entry<String, JsonNode> e : properties.properties()) {
      row("", e.getKey(), e.getValue());
    }
    problems();
    methods();
    kafka();
    return out.toString();
  }

  private void row(String prefix, String key, JsonNode raw) {
    JsonNode rule = schema.dereferenced(raw);
    String full = prefix + key;
    boolean inner = rule.path("properties").isObject() && !full.equals("kafka");
    if (!inner) {
      cells(full, value(rule), otherwise(rule), rule.path("description").asText());
    }
    for (JsonNode tree : List.of(rule, rule.path("then"), rule.path("else"))) {
      for (Map.Entry<String, JsonNode> e : tree.path("properties").properties()) {
        if (!own(full, e.getKey()) && !full.equals("kafka")) {
          row(full + ".", e.getKey(), e.getValue());
        }
      }
    }
    if (full.equals("kafka")) {
      row("kafka.", "bootstrap.servers", rule.get("properties").get("bootstrap.servers"));
    }
  }

  /** Keys of one problem or method have tables of their own. */
  private boolean own(String part, String key) {
    return PARTS.contains(part)
        && !schema.root().get("properties").get(part).get("properties").has(key);
  }

  private void problems() {
    for (ProblemInfo problem : Problems.all()) {
      lines("", "### `problem: {type: " + problem.id() + "}`", "", problem.summary(), "");
      table();
      for (Map.Entry<String, JsonNode> e : schema.resolved("problem", problem.id()).properties()) {
        if (own("problem", e.getKey())) {
          parameter("problem.", e.getKey(), e.getValue(), required("problem", problem.id()));
        }
      }
      if (!problem.lowerExample().isEmpty()) {
        lines("", "Lower sample: `" + problem.lowerExample() + "`");
      }
      lines("", "Upper sample: `" + problem.upperExample() + "`");
    }
  }

  private void methods() {
    for (MethodInfo method : Methods.all()) {
      lines(
          "",
          "### `solver: {method: " + method.id() + "}`",
          "",
          method.summary() + " (" + method.paper() + "). Use it when: " + method.whenToUse(),
          "");
      table();
      for (Map.Entry<String, JsonNode> e : schema.resolved("solver", method.id()).properties()) {
        if (own("solver", e.getKey())) {
          parameter("solver.", e.getKey(), e.getValue(), required("solver", method.id()));
        }
      }
    }
  }

  private void parameter(String prefix, String key, JsonNode rule, List<String> required) {
    cells(
        prefix + key,
        value(rule),
        required.contains(key) ? "required" : otherwise(rule),
        rule.path("description").asText());
  }

  private List<String> required(String part, String id) {
    return schema.required(part, id);
  }

  private void kafka() {
    lines(
        "",
        "### `kafka`",
        "",
        "Everything here is handed to the Kafka clients as it is written: TLS, SASL and OAuth need"
            + " nothing else. `sasl.jaas.config` may name the Plain, Scram and OAuthBearer login"
            + " modules of `org.apache.kafka.common.security`. These keys are ours and refused:",
        "",
        "| key | why |",
        "|---|---|");
    KafkaKeys.OWNED.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(e -> lines("| `" + e.getKey() + "` | " + e.getValue() + " |"));
  }

  private void table() {
    lines("| key | value | default | meaning |", "|---|---|---|---|");
  }

  private void cells(String key, String value, String otherwise, String meaning) {
    lines(
        "| `"
            + key
            + "` | "
            + escaped(value)
            + " | "
            + (otherwise.isEmpty() || otherwise.equals("required")
                ? otherwise
                : "`" + otherwise + "`")
            + " | "
            + escaped(meaning)
            + " |");
  }

  private static String value(JsonNode rule) {
    return SchemaCheck.expected(rule);
  }

  private static String otherwise(JsonNode rule) {
    JsonNode value = rule.get("default");
    if (value == null) {
      return "";
    }
    return written(value);
  }

  /** As a user would write it on one line. */
  private static String written(JsonNode value) {
    if (value.isObject()) {
      return value.properties().stream()
          .map(e -> e.getKey() + ": " + written(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    boolean whole = value.isDouble() && value.asDouble() == Math.rint(value.asDouble());
    return whole ? Long.toString(value.asLong()) : value.asText();
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|");
  }

  private void lines(String... lines) {
    for (String line : lines) {
      out.append(line).append('\n');
    }
  }
}
