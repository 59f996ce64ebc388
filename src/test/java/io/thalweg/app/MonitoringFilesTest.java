package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.thalweg.DocumentedMetrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alert rules, dashboard and scrape settings agree with the documented metrics. */
class MonitoringFilesTest {
  private static final Path DOCKER =
      Path.of(System.getProperty("project.basedir", ".")).resolve("docker");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern NAME = Pattern.compile("\\b(?:thalweg|kafka)_[a-z0-9_]+");
  private static final Pattern LABELS = Pattern.compile("\\{([^}]*)}|\\bby \\(([^)]*)\\)");
  private static final Pattern LABEL = Pattern.compile("\\b([a-z_]+)\\b(?=\\s*(?:=|,|$))");
  private static final Pattern SHOWN = Pattern.compile("\\{\\{ *(?:\\$labels\\.)?([a-z_]+) *}}");

  /** What Prometheus itself and Kafka's clients put on a series. */
  private static final Set<String> EVERYWHERE = Set.of("job", "instance", "client_id");

  private final Map<String, DocumentedMetrics> series = DocumentedMetrics.series();

  @Test
  void every_rule_uses_documented_metrics_and_labels() throws IOException {
    for (JsonNode rule : rules()) {
      String expression = rule.get("expr").asText();
      if (expression.startsWith("up{")) {
        assertThat(expression).contains("job=\"" + scrape().get("job_name").asText() + "\"");
        continue;
      }
      known(rule.get("alert").asText(), expression, texts(rule.get("annotations")));
    }
  }

  @Test
  void every_alert_is_explained_tested_and_has_a_severity() throws IOException {
    List<String> alerts = new ArrayList<>();
    for (JsonNode rule : rules()) {
      alerts.add(rule.get("alert").asText());
      assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning", "info");
      assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
      assertThat(rule.at("/annotations/description").asText()).isNotBlank();
    }
    assertThat(alerts).doesNotHaveDuplicates().isEqualTo(DocumentedMetrics.alerts());
    Set<String> fired = new LinkedHashSet<>();
    Set<String> quiet = new LinkedHashSet<>();
    for (JsonNode test : yaml("prometheus/alerts.test.yaml").get("tests")) {
      for (JsonNode at : test.get("alert_rule_test")) {
        (at.get("exp_alerts").isEmpty() ? quiet : fired).add(at.get("alertname").asText());
      }
    }
    assertThat(fired).containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(quiet).containsExactlyInAnyOrderElementsOf(alerts);
  }

  @ParameterizedTest(name = "promtool {0}")
  @ValueSource(
      strings = {
        "check rules alerts.yaml",
        "test rules alerts.test.yaml",
        "check config --syntax-only prometheus.yaml"
      })
  @Timeout(60)
  void promtool_agrees(String command) throws Exception {
    assumeTrue(promtool(), "promtool is not on the path: the rules were read, not evaluated");
    List<String> words = new ArrayList<>(List.of("promtool"));
    words.addAll(Arrays.asList(command.split(" ", -1)));
    Process run =
        new ProcessBuilder(words)
            .directory(DOCKER.resolve("prometheus").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(run.waitFor()).as(said).isZero();
    assertThat(said).contains("SUCCESS");
  }

  @Test
  @Timeout(60)
  void every_expression_of_the_dashboard_is_one() throws Exception {
    assumeTrue(promtool(), "promtool is not on the path: the expressions were read, not parsed");
    StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
    int count = 0;
    for (JsonNode panel : dashboard().get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        rules
            .append("  - record: panel:")
            .append(count++)
            .append("\n    expr: ")
            .append(
                JSON.writeValueAsString(
                    target.get("expr").asText().replace("$__rate_interval", "1m")))
            .append('\n');
      }
    }
    Path file = Files.createTempFile("dashboard", ".yaml");
    try {
      Files.writeString(file, rules);
      Process run =
          new ProcessBuilder("promtool", "check", "rules", file.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(run.waitFor()).as(said).isZero();
      assertThat(said).contains("SUCCESS: " + count + " rules found");
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void every_panel_uses_documented_metrics_and_labels_and_shows_each_of_ours() throws IOException {
    StringBuilder all = new StringBuilder();
    Set<Integer> ids = new LinkedHashSet<>();
    for (JsonNode panel : dashboard().get("panels")) {
      assertThat(ids.add(panel.get("id").asInt())).as("panel id " + panel.get("id")).isTrue();
      assertThat(panel.at("/gridPos/x").asInt() + panel.at("/gridPos/w").asInt())
          .as(panel.get("title").asText())
          .isLessThanOrEqualTo(24);
      for (JsonNode target : panel.path("targets")) {
        String expression = target.get("expr").asText();
        known(
            panel.get("title").asText(), expression, List.of(target.get("legendFormat").asText()));
        assertThat(expression).contains("job=~\"$job\"");
        all.append(expression).append('\n');
      }
    }
    all.append(dashboard().at("/templating/list/1/query/query").asText());
    for (String name : DocumentedMetrics.all().keySet()) {
      assertThat(all.toString()).as("a panel for " + name).contains(name);
    }
  }

  @Test
  void the_dashboard_finds_its_data_source_and_grafana_finds_the_dashboard() throws IOException {
    JsonNode source = yaml("grafana/provisioning/datasources/prometheus.yaml").at("/datasources/0");
    JsonNode compose = yaml("compose.yaml").get("services");
    assertThat(source.get("type").asText())
        .isEqualTo(dashboard().at("/templating/list/0/query").asText());
    assertThat(source.get("url").asText()).isEqualTo("http://prometheus:9090");
    assertThat(texts(compose.at("/prometheus/ports"))).containsExactly("127.0.0.1:9090:9090");
    String folder =
        yaml("grafana/provisioning/dashboards/thalweg.yaml")
            .at("/providers/0/options/path")
            .asText();
    assertThat(texts(compose.at("/grafana/volumes")))
        .contains("./grafana/dashboards:" + folder + ":ro");
    assertThat(
            compose.at("/grafana/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH").asText())
        .isEqualTo(folder + "/thalweg.json");
  }

  @Test
  void prometheus_scrapes_the_port_and_path_of_the_job_and_reads_the_rules() throws IOException {
    JsonNode compose = yaml("compose.yaml").get("services");
    assertThat(DocumentedMetrics.paths()).contains(scrape().get("metrics_path").asText());
    assertThat(scrape().get("honor_labels").asBoolean()).isTrue();
    String target = scrape().at("/static_configs/0/targets/0").asText();
    assertThat(target).isEqualTo("thalweg:8080");
    assertThat(texts(compose.at("/thalweg/ports"))).containsExactly("127.0.0.1:8080:8080");
    List<String> mounts = texts(compose.at("/prometheus/volumes"));
    assertThat(mounts)
        .contains(
            "./prometheus/prometheus.yaml:/etc/prometheus/prometheus.yml:ro",
            "./prometheus/alerts.yaml:"
                + yaml("prometheus/prometheus.yaml").at("/rule_files/0").asText()
                + ":ro");
    for (String service : List.of("prometheus", "grafana")) {
      for (String mount : texts(compose.at("/" + service + "/volumes"))) {
        if (mount.startsWith("./")) {
          assertThat(DOCKER.resolve(mount.substring(2, mount.indexOf(':')))).exists();
        }
      }
    }
  }

  /** What the rules and the panels ask for. */
  static List<String> expressions() throws IOException {
    List<String> all = new ArrayList<>();
    rules().forEach(rule -> all.add(rule.get("expr").asText()));
    for (JsonNode panel : dashboard().get("panels")) {
      panel.path("targets").forEach(target -> all.add(target.get("expr").asText()));
    }
    return all;
  }

  private void known(String where, String expression, List<String> shown) {
    List<String> names = NAME.matcher(expression).results().map(m -> m.group()).toList();
    assertThat(names).as(where).isNotEmpty();
    assertThat(series.keySet()).as(where).containsAll(names);
    Set<String> labels = new LinkedHashSet<>(EVERYWHERE);
    names.forEach(name -> labels.addAll(series.get(name).labels()));
    LABELS
        .matcher(expression)
        .results()
        .forEach(
            group -> {
              String inside = group.group(1) == null ? group.group(2) : group.group(1);
              String bare = inside.replaceAll("\"[^\"]*\"", "");
              LABEL
                  .matcher(bare)
                  .results()
                  .forEach(label -> assertThat(labels).as(where).contains(label.group(1)));
            });
    for (String text : shown) {
      SHOWN
          .matcher(text)
          .results()
          .forEach(label -> assertThat(labels).as(where).contains(label.group(1)));
    }
  }

  private static JsonNode rules() throws IOException {
    JsonNode rules = yaml("prometheus/alerts.yaml").at("/groups/0/rules");
    assertThat(rules).hasSizeGreaterThanOrEqualTo(8);
    return rules;
  }

  private static JsonNode scrape() throws IOException {
    return yaml("prometheus/prometheus.yaml").at("/scrape_configs/0");
  }

  private static JsonNode dashboard() throws IOException {
    return JSON.readTree(Files.readString(DOCKER.resolve("grafana/dashboards/thalweg.json")));
  }

  private static JsonNode yaml(String file) throws IOException {
    return YAML.readTree(Files.readString(DOCKER.resolve(file)));
  }

  private static List<String> texts(JsonNode node) {
    List<String> out = new ArrayList<>();
    node.forEach(each -> out.add(each.asText()));
    return out;
  }

  private static boolean promtool() throws InterruptedException {
    try {
      Process version =
          new ProcessBuilder("promtool", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return version.waitFor(20, TimeUnit.SECONDS) && version.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
