package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.thalweg.DocumentedMetrics;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be known of the manifests without a cluster: that they agree with all they name. */
class KubernetesTest {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final Path FOLDER = ROOT.resolve("docker/k8s");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern FILE = Pattern.compile("/etc/thalweg/[a-z.]+/[a-z.]+");

  private final List<JsonNode> all = new ArrayList<>();

  @BeforeEach
  void read() throws IOException {
    try (var files = Files.list(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        try (MappingIterator<JsonNode> documents =
            YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
          documents.forEachRemaining(all::add);
        }
      }
    }
  }

  @Test
  void what_kustomize_applies_exists() throws IOException {
    List<String> resources = texts(kind("Kustomization").get("resources"));
    assertThat(resources).contains("job.yaml", "thalweg.yaml", "topics.yaml");
    resources.forEach(file -> assertThat(FOLDER.resolve(file)).exists());
  }

  @Test
  void the_job_file_is_right(@TempDir Path folder) throws IOException {
    String login = kind("Secret").at("/stringData/sasl.jaas.config").asText();
    Path secret = Files.writeString(folder.resolve("jaas"), login);
    String text = kind("ConfigMap").at("/data/job.yaml").asText();
    Path job =
        Files.writeString(
            folder.resolve("job.yaml"),
            text.replaceAll("\\$\\{file:[^}]*}", "\\${file:" + secret + "}"));
    JobConfig read = new JobReader(Map.of(), List.of()).read(job);
    assertThat(read.warnings()).isEmpty();
    assertThat(read.http().bind()).isEqualTo("0.0.0.0");
    assertThat(read.http().port()).isEqualTo(8080);
    assertThat(read.kafka().values()).containsEntry("sasl.jaas.config", login);
    // the user that `topics export --format strimzi-users` makes
    assertThat(kind("Secret").at("/metadata/name").asText()).isEqualTo(read.job() + "-solver");
  }

  @Test
  void every_command_is_one_of_the_command_line() {
    for (JsonNode container : containers()) {
      String[] words = texts(container.get("args")).toArray(String[]::new);
      assertThat(Thalweg.commandLine().parseArgs(words).errors()).isEmpty();
    }
  }

  @Test
  void every_file_that_is_named_is_mounted() {
    Map<String, JsonNode> sources = new TreeMap<>();
    for (JsonNode each : all) {
      if (each.get("kind").asText().matches("ConfigMap|Secret")) {
        JsonNode content = each.has("data") ? each.get("data") : each.get("stringData");
        sources.put(each.at("/metadata/name").asText(), content);
      }
    }
    for (JsonNode pod : pods()) {
      List<String> files = new ArrayList<>();
      List<String> places = new ArrayList<>();
      for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
        JsonNode volume = named(pod.get("volumes"), mount.get("name").asText());
        String source =
            volume.at("/configMap/name").asText() + volume.at("/secret/secretName").asText();
        places.add(mount.get("mountPath").asText());
        if (!source.isEmpty()) {
          assertThat(mount.get("readOnly").asBoolean()).isTrue();
          assertThat(sources).containsKey(source);
          sources
              .get(source)
              .fieldNames()
              .forEachRemaining(key -> files.add(mount.get("mountPath").asText() + "/" + key));
        }
      }
      assertThat(places).contains("/tmp");
      String named = pod.at("/containers/0/args") + kind("ConfigMap").at("/data/job.yaml").asText();
      List<String> wanted = FILE.matcher(named).results().map(m -> m.group()).distinct().toList();
      assertThat(wanted).hasSize(3);
      assertThat(files).containsAll(wanted);
    }
  }

  @Test
  void probes_ports_and_paths_agree_with_each_other_and_with_the_program() {
    JsonNode container = kind("StatefulSet").at("/spec/template/spec/containers/0");
    JsonNode port = container.at("/ports/0");
    assertThat(port.get("containerPort").asInt()).isEqualTo(8080);
    assertThat(kind("ConfigMap").at("/data/job.yaml").asText())
        .contains("http: {bind: 0.0.0.0, port: 8080}");
    assertThat(Health.address("/healthz")).isEqualTo("http://127.0.0.1:8080/healthz");
    assertThat(kind("Service").at("/spec/ports/0/port").asInt()).isEqualTo(8080);
    assertThat(kind("Service").at("/spec/ports/0/targetPort")).isEqualTo(port.get("name"));
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      JsonNode get = container.at("/" + probe + "/httpGet");
      assertThat(DocumentedMetrics.paths()).as(probe).contains(get.get("path").asText());
      assertThat(get.get("port")).as(probe).isEqualTo(port.get("name"));
    }
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/healthz");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/readyz");
    JsonNode scrape = kind("ServiceMonitor").at("/spec/endpoints/0");
    assertThat(DocumentedMetrics.paths()).contains(scrape.get("path").asText());
    assertThat(scrape.get("port")).isEqualTo(kind("Service").at("/spec/ports/0/name"));
  }

  @Test
  void selectors_select_the_solver_and_not_the_check_of_the_topics() {
    JsonNode solver = kind("StatefulSet").at("/spec/template/metadata/labels");
    JsonNode check = kind("Job").at("/spec/template/metadata/labels");
    for (JsonNode selector :
        List.of(
            kind("StatefulSet").at("/spec/selector/matchLabels"),
            kind("Service").at("/spec/selector"),
            kind("PodDisruptionBudget").at("/spec/selector/matchLabels"),
            kind("StatefulSet")
                .at("/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels"))) {
      assertThat(selects(selector, solver)).isTrue();
      assertThat(selects(selector, check)).isFalse();
    }
    JsonNode monitor = kind("ServiceMonitor").at("/spec/selector/matchLabels");
    assertThat(selects(monitor, kind("Service").at("/metadata/labels"))).isTrue();
    assertThat(kind("StatefulSet").at("/spec/serviceName"))
        .isEqualTo(kind("Service").at("/metadata/name"));
    // up{job="thalweg"} of the alert rules
    String label = kind("ServiceMonitor").at("/spec/jobLabel").asText();
    assertThat(kind("Service").at("/metadata/labels").get(label).asText()).isEqualTo("thalweg");
  }

  @Test
  void pods_can_do_nothing_they_need_not_and_have_time_to_commit() throws IOException {
    Matcher user =
        Pattern.compile("(?m)^USER (\\d+):(\\d+)$(?![\\s\\S]*^USER)")
            .matcher(Files.readString(ROOT.resolve("docker/Dockerfile")));
    assertThat(user.find()).isTrue();
    for (JsonNode pod : pods()) {
      assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/runAsUser").asText()).isEqualTo(user.group(1));
      assertThat(pod.at("/securityContext/runAsGroup").asText()).isEqualTo(user.group(2));
      JsonNode container = pod.at("/containers/0");
      assertThat(container.get("image").asText()).isEqualTo("thalweg");
      assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
          .isFalse();
      assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
      assertThat(container.at("/resources/limits/memory").asText()).isNotBlank();
    }
    assertThat(kind("StatefulSet").at("/spec/template/spec/terminationGracePeriodSeconds").asInt())
        .isGreaterThanOrEqualTo(45);
    // one replica: minAvailable would block every drain
    assertThat(kind("PodDisruptionBudget").at("/spec/maxUnavailable").asInt()).isEqualTo(1);
  }

  @Test
  void the_instance_is_the_name_of_the_pod() {
    JsonNode container = kind("StatefulSet").at("/spec/template/spec/containers/0");
    assertThat(texts(container.get("args"))).containsSequence("--instance", "$(POD_NAME)");
    assertThat(named(container.get("env"), "POD_NAME").at("/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("metadata.name");
  }

  private List<JsonNode> pods() {
    return List.of(
        kind("StatefulSet").at("/spec/template/spec"), kind("Job").at("/spec/template/spec"));
  }

  private List<JsonNode> containers() {
    return pods().stream().map(pod -> pod.at("/containers/0")).toList();
  }

  private JsonNode kind(String kind) {
    return all.stream()
        .filter(each -> each.get("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind));
  }

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode each : list) {
      if (each.get("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError("nothing is named " + name);
  }

  private static boolean selects(JsonNode selector, JsonNode labels) {
    assertThat(selector.isEmpty()).isFalse();
    return selector.properties().stream()
        .allMatch(entry -> entry.getValue().equals(labels.get(entry.getKey())));
  }

  private static List<String> texts(JsonNode list) {
    List<String> out = new ArrayList<>();
    list.forEach(each -> out.add(each.asText()));
    return out;
  }
}
