package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.thalweg.DocumentedMetrics;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.config.Token;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of the manifests without a cluster: that they agree with all they name. */
class KubernetesTest {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final Path FOLDER = ROOT.resolve("docker/k8s");
  private static final Path JOB = FOLDER.resolve("job.yaml");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern FILE = Pattern.compile("/etc/thalweg/[a-z.]+/[a-z.]+");

  private final List<JsonNode> all = new ArrayList<>();

  @BeforeEach
  void read() throws IOException {
    try (var files = Files.list(FOLDER)) {
      for (Path file : files.filter(KubernetesTest::isManifest).sorted().toList()) {
        try (MappingIterator<JsonNode> documents =
            YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
          documents.forEachRemaining(all::add);
        }
      }
    }
  }

  /** The job file is one, and no manifest. */
  private static boolean isManifest(Path file) {
    return file.toString().endsWith(".yaml") && !file.equals(JOB);
  }

  @Test
  void kustomize_applies_every_file_but_those_that_are_for_some() throws IOException {
    JsonNode kustomization = kind("Kustomization");
    List<String> used = texts(kustomization.get("resources"));
    used.addAll(texts(kustomization.at("/configMapGenerator/0/files")));
    used.addAll(List.of("kustomization.yaml", "monitoring.yaml", "secret.example.yaml"));
    try (var files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(used);
    }
  }

  @Test
  void the_image_has_the_version_of_the_project() throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>thalweg</artifactId>\\s*<version>(.*)</version>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    JsonNode image = kind("Kustomization").at("/images/0");
    assertThat(image.get("newTag").asText()).isEqualTo(version.group(1));
    assertThat(containers()).extracting(c -> c.get("image")).containsOnly(image.get("name"));
  }

  @Test
  void the_job_file_is_right(@TempDir Path folder) throws IOException {
    String login = secret("example-solver").get("sasl.jaas.config").asText();
    Path secret = Files.writeString(folder.resolve("jaas"), login);
    Path job =
        Files.writeString(
            folder.resolve("job.yaml"),
            Files.readString(JOB).replaceAll("\\$\\{file:[^}]*}", "\\${file:" + secret + "}"));
    JobConfig read = new JobReader(Map.of(), List.of()).read(job);
    assertThat(read.warnings()).isEmpty();
    assertThat(read.http().bind()).isEqualTo("0.0.0.0");
    assertThat(read.http().port()).isEqualTo(8080);
    assertThat(read.kafka().values()).containsEntry("sasl.jaas.config", login);
    // the user that `topics export --format strimzi-users` makes
    assertThat(read.job() + "-solver").isEqualTo("example-solver");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "validate --offline",
        "topics export --format=strimzi",
        "topics export --format=acls"
      })
  void what_needs_no_broker_needs_no_secret_either(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.add("--config=" + JOB);
    CommandRun run = CommandRun.of(words.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void the_token_of_the_page_comes_from_a_secret_that_may_be_missing() {
    JsonNode from =
        named(container().get("env"), "THALWEG_HTTP_TOKEN").at("/valueFrom/secretKeyRef");
    assertThat(from.get("optional").asBoolean()).isTrue();
    String token = secret(from.get("name").asText()).get(from.get("key").asText()).asText();
    Map<String, String> without = Map.of();
    Map<String, String> with = Map.of("THALWEG_HTTP_TOKEN", token);
    assertThat(new JobReader(without, List.of()).elsewhere().read(JOB).http().token()).isNull();
    assertThat(new JobReader(with, List.of()).elsewhere().read(JOB).http().token())
        .isEqualTo(new Token(token));
  }

  @Test
  void the_network_lets_prometheus_in_and_brokers_and_names_out() {
    JobConfig job = new JobReader(Map.of(), List.of()).elsewhere().read(JOB);
    JsonNode policy = kind("NetworkPolicy").get("spec");
    assertThat(texts(policy.get("policyTypes"))).containsExactly("Ingress", "Egress");
    for (JsonNode pod : labelsOfPods()) {
      assertThat(selects(policy.at("/podSelector/matchLabels"), pod)).isTrue();
    }
    assertThat(policy.get("ingress")).hasSize(1);
    assertThat(policy.at("/ingress/0/from")).hasSize(1);
    assertThat(policy.at("/ingress/0/from/0/podSelector/matchLabels")).isNotEmpty();
    assertThat(policy.at("/ingress/0/from/0/namespaceSelector/matchLabels")).isNotEmpty();
    assertThat(policy.at("/ingress/0/ports")).hasSize(1);
    assertThat(policy.at("/ingress/0/ports/0/port")).isEqualTo(container().at("/ports/0/name"));
    String[] broker = job.kafka().bootstrap().split(":", -1);
    JsonNode brokers = policy.at("/egress/0");
    assertThat(brokers.at("/ports/0/port").asText()).isEqualTo(broker[1]);
    // the names that Strimzi derives from the one of the cluster
    String cluster = brokers.at("/to/0/podSelector/matchLabels").get("strimzi.io/cluster").asText();
    assertThat(broker[0]).isEqualTo(cluster + "-kafka-bootstrap");
    assertThat(secret(cluster + "-cluster-ca-cert").has("ca.crt")).isTrue();
    JsonNode names = policy.at("/egress/1/ports");
    assertThat(names).extracting(p -> p.get("port").asInt()).containsOnly(53);
    assertThat(texts(names, "protocol")).containsExactlyInAnyOrder("UDP", "TCP");
    assertThat(policy.get("egress")).hasSize(2);
  }

  @Test
  void the_rules_are_a_resource_of_the_operator_as_the_comment_makes_them() throws IOException {
    String command =
        Files.readAllLines(FOLDER.resolve("monitoring.yaml")).stream()
            .filter(line -> line.contains("kubectl apply"))
            .map(line -> line.replaceFirst("^#\\s*", "").replace(" | kubectl apply -f -", ""))
            .findFirst()
            .orElseThrow();
    Process shell =
        new ProcessBuilder("sh", "-c", command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .start();
    JsonNode rule = YAML.readTree(shell.getInputStream());
    assertThat(rule.get("kind").asText()).isEqualTo("PrometheusRule");
    assertThat(rule.get("spec"))
        .isEqualTo(YAML.readTree(Files.readString(ROOT.resolve("docker/prometheus/alerts.yaml"))));
  }

  @Test
  void every_command_is_one_of_the_command_line() {
    for (JsonNode container : containers()) {
      String[] words = texts(container.get("args")).toArray(String[]::new);
      assertThat(Thalweg.commandLine().parseArgs(words).errors()).isEmpty();
    }
  }

  @Test
  void every_file_that_is_named_is_mounted() throws IOException {
    Map<String, List<String>> sources = new TreeMap<>();
    for (JsonNode each : all) {
      if (each.get("kind").asText().equals("Secret")) {
        sources.put(each.at("/metadata/name").asText(), keys(each.get("stringData")));
      }
    }
    for (JsonNode each : kind("Kustomization").get("configMapGenerator")) {
      sources.put(each.get("name").asText(), texts(each.get("files")));
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
          String place = mount.get("mountPath").asText();
          sources.get(source).forEach(key -> files.add(place + "/" + key));
        }
      }
      assertThat(places).contains("/tmp");
      String named = pod.at("/containers/0/args") + Files.readString(JOB);
      List<String> wanted = FILE.matcher(named).results().map(m -> m.group()).distinct().toList();
      assertThat(wanted).hasSize(3);
      assertThat(files).containsAll(wanted);
    }
  }

  @Test
  void probes_ports_and_paths_agree_with_each_other_and_with_the_program() throws IOException {
    JsonNode container = container();
    JsonNode port = container.at("/ports/0");
    assertThat(port.get("containerPort").asInt()).isEqualTo(8080);
    assertThat(Files.readString(JOB)).contains("http: {bind: 0.0.0.0, port: 8080}");
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
    JsonNode check = labelsOfPods().get(1);
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
      assertThat(pod.at("/enableServiceLinks").asBoolean(true)).isFalse();
      assertThat(pod.at("/securityContext/seccompProfile/type").asText())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.at("/automountServiceAccountToken").asBoolean(true)).isFalse();
      assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
      assertThat(pod.at("/securityContext/runAsUser").asText()).isEqualTo(user.group(1));
      assertThat(pod.at("/securityContext/runAsGroup").asText()).isEqualTo(user.group(2));
      JsonNode container = pod.at("/containers/0");
      assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
      assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
          .isFalse();
      assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
      assertThat(container.at("/resources/limits/memory").asText()).isNotBlank();
    }
    assertThat(kind("StatefulSet").at("/spec/template/spec/terminationGracePeriodSeconds").asInt())
        .isGreaterThanOrEqualTo(45);
    // one replica: minAvailable would block every drain
    JsonNode budget = kind("PodDisruptionBudget").get("spec");
    assertThat(budget.get("maxUnavailable").asInt()).isEqualTo(1);
    assertThat(budget.get("unhealthyPodEvictionPolicy").asText()).isEqualTo("AlwaysAllow");
  }

  @Test
  void the_heap_is_a_part_of_the_memory_that_leaves_room_for_the_rest() throws IOException {
    Matcher share =
        Pattern.compile("-XX:MaxRAMPercentage=(\\d+)")
            .matcher(Files.readString(ROOT.resolve("docker/Dockerfile")));
    assertThat(share.find()).isTrue();
    for (JsonNode container : containers()) {
      JsonNode resources = container.get("resources");
      // what is promised is what is allowed: the node never has to take memory back
      assertThat(resources.at("/requests/memory")).isEqualTo(resources.at("/limits/memory"));
      assertThat(resources.at("/requests/cpu").asText()).isNotBlank();
      int mib = Integer.parseInt(resources.at("/limits/memory").asText().replace("Mi", ""));
      assertThat(mib * (100 - Integer.parseInt(share.group(1))) / 100).isGreaterThanOrEqualTo(75);
    }
  }

  @Test
  void the_instance_is_the_name_of_the_pod() {
    JsonNode container = container();
    assertThat(texts(container.get("args"))).containsSequence("--instance", "$(POD_NAME)");
    assertThat(named(container.get("env"), "POD_NAME").at("/valueFrom/fieldRef/fieldPath").asText())
        .isEqualTo("metadata.name");
  }

  private List<JsonNode> pods() {
    return List.of(
        kind("StatefulSet").at("/spec/template/spec"),
        kind("CronJob").at("/spec/jobTemplate/spec/template/spec"));
  }

  private List<JsonNode> labelsOfPods() {
    return List.of(
        kind("StatefulSet").at("/spec/template/metadata/labels"),
        kind("CronJob").at("/spec/jobTemplate/spec/template/metadata/labels"));
  }

  private JsonNode container() {
    return kind("StatefulSet").at("/spec/template/spec/containers/0");
  }

  private JsonNode secret(String name) {
    return all.stream()
        .filter(each -> each.get("kind").asText().equals("Secret"))
        .filter(each -> each.at("/metadata/name").asText().equals(name))
        .map(each -> each.get("stringData"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no secret " + name));
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

  private static List<String> keys(JsonNode map) {
    List<String> out = new ArrayList<>();
    map.fieldNames().forEachRemaining(out::add);
    return out;
  }

  private static List<String> texts(JsonNode list, String key) {
    List<String> out = new ArrayList<>();
    list.forEach(each -> out.add(each.get(key).asText()));
    return out;
  }

  private static List<String> texts(JsonNode list) {
    List<String> out = new ArrayList<>();
    list.forEach(each -> out.add(each.asText()));
    return out;
  }
}
