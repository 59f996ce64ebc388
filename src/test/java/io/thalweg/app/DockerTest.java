package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.DocumentedMetrics;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What can be known of the container files without a container: that they agree with everything
 * they name.
 */
class DockerTest {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final Path DOCKER = ROOT.resolve("docker");

  private final ComposeFile file = composeFile();
  private final JsonNode compose = file.tree();
  private final List<String> dockerfile = lines(DOCKER.resolve("Dockerfile"));

  @Test
  void the_broker_image_is_the_version_the_clients_are_built_with() {
    Matcher version =
        Pattern.compile("<kafka.version>(.*)</kafka.version>")
            .matcher(String.join("\n", lines(ROOT.resolve("pom.xml"))));
    assertThat(version.find()).isTrue();
    assertThat(service("kafka").at("/image").asText())
        .isEqualTo("apache/kafka:" + version.group(1));
  }

  @Test
  void every_image_of_others_is_pinned_to_a_whole_version() {
    for (JsonNode service : compose.get("services")) {
      String image = service.get("image").asText();
      if (!image.equals("thalweg")) {
        assertThat(image).matches("[a-z/]+:v?\\d+\\.\\d+\\.\\d+");
      }
    }
  }

  @Test
  void every_broker_variable_is_a_broker_setting() {
    Set<String> known = AbstractKafkaConfig.CONFIG_DEF.names();
    assertThat(environment("kafka").keySet())
        .allSatisfy(
            name ->
                assertThat(known)
                    .contains(
                        name.replaceFirst("^KAFKA_", "")
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '.')));
  }

  @Test
  void listeners_agree_with_each_other_and_with_who_uses_them() {
    Map<String, String> kafka = environment("kafka");
    Set<String> listeners = names(kafka, "KAFKA_LISTENERS", "://");
    assertThat(names(kafka, "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", ":")).isEqualTo(listeners);
    assertThat(listeners)
        .containsAll(names(kafka, "KAFKA_ADVERTISED_LISTENERS", "://"))
        .contains(
            kafka.get("KAFKA_CONTROLLER_LISTENER_NAMES"),
            kafka.get("KAFKA_INTER_BROKER_LISTENER_NAME"));
    String inside = environment("thalweg").get("THALWEG_KAFKA_BOOTSTRAP_SERVERS");
    assertThat(kafka.get("KAFKA_ADVERTISED_LISTENERS")).contains("://" + inside);
    assertThat(texts(service("kafka").at("/healthcheck/test"))).contains(inside);
    String controller = kafka.get("KAFKA_CONTROLLER_QUORUM_VOTERS");
    assertThat(kafka.get("KAFKA_LISTENERS"))
        .endsWith("CONTROLLER://" + controller.substring(controller.lastIndexOf(':')));
  }

  @Test
  void ports_are_open_to_this_machine_only() {
    compose
        .get("services")
        .forEach(
            service ->
                assertThat(texts(service.path("ports"))).allMatch(p -> p.startsWith("127.0.0.1:")));
  }

  @Test
  void every_variable_of_ours_names_a_key_of_the_job() {
    for (String service : ours()) {
      JobConfig job =
          new JobReader(environment(service), List.of()).read(DOCKER.resolve("job.yaml"));
      assertThat(job.warnings()).as(service).isEmpty();
      assertThat(job.http().port()).as(service).isEqualTo(8080);
      assertThat(job.kafka().bootstrap()).as(service).isEqualTo("kafka:19092");
    }
  }

  @Test
  void every_command_is_one_of_the_command_line() {
    for (String service : ours()) {
      String[] words = texts(service(service).get("command")).toArray(String[]::new);
      assertThat(Thalweg.commandLine().parseArgs(words).errors()).as(service).isEmpty();
    }
  }

  @Test
  void only_the_job_is_asked_for_its_health_by_a_class_there_is() {
    for (String service : ours()) {
      JsonNode check = service(service).get("healthcheck");
      if (service.equals("thalweg")) {
        List<String> words = texts(check.get("test"));
        assertThat(words).contains("/app/thalweg.jar", Health.class.getName());
        assertThat(words).last().isEqualTo("http://127.0.0.1:8080/readyz");
        assertThat(environment(service)).containsEntry("THALWEG_HTTP_BIND", "0.0.0.0");
      } else {
        assertThat(check.at("/disable").asBoolean()).as(service).isTrue();
      }
    }
    assertThat(DocumentedMetrics.paths()).contains("/healthz", "/readyz");
    assertThat(String.join("\n", dockerfile))
        .contains("EXPOSE 8080", "\"/app/thalweg.jar\", \"" + Health.class.getName() + "\"]");
  }

  @Test
  void mounted_files_exist_and_are_the_ones_the_commands_read() {
    for (String service : ours()) {
      List<String> targets =
          texts(service(service).get("volumes")).stream()
              .map(
                  mount -> {
                    String[] parts = mount.split(":", -1);
                    assertThat(DOCKER.resolve(parts[0])).as(service).exists();
                    assertThat(parts[2]).as(service).isEqualTo("ro");
                    return parts[1];
                  })
              .toList();
      assertThat(texts(service(service).get("command")))
          .filteredOn(word -> word.startsWith("/"))
          .as(service)
          .allMatch(word -> targets.stream().anyMatch(word::startsWith));
      assertThat(targets)
          .filteredOn(target -> target.equals("/samples"))
          .allSatisfy(
              samples -> {
                String file =
                    texts(service(service).get("command")).stream()
                        .filter(word -> word.startsWith("/samples/"))
                        .findFirst()
                        .orElseThrow();
                assertThat(DOCKER.resolve(file.substring(1))).exists();
              });
    }
  }

  @Test
  void our_containers_can_write_nothing_but_an_executable_tmp_and_have_time_to_commit() {
    for (String service : ours()) {
      JsonNode node = service(service);
      assertThat(node.at("/read_only").asBoolean()).as(service).isTrue();
      assertThat(node.at("/cap_drop/0").asText()).as(service).isEqualTo("ALL");
      assertThat(node.at("/tmpfs/0").asText()).as(service).startsWith("/tmp:exec");
      assertThat(node.at("/stop_grace_period").asText()).as(service).isEqualTo("45s");
    }
  }

  @Test
  void the_job_starts_when_the_topics_are_there() {
    assertThat(service("thalweg").at("/depends_on/topics/condition").asText())
        .isEqualTo("service_completed_successfully");
    assertThat(service("topics").at("/depends_on/kafka/condition").asText())
        .isEqualTo("service_healthy");
  }

  @Test
  void what_the_image_copies_exists_or_is_built() {
    List<String> ignore = lines(DOCKER.resolve("Dockerfile.dockerignore"));
    for (String line : dockerfile) {
      if (!line.startsWith("COPY")) {
        continue;
      }
      List<String> words = Arrays.asList(line.split("\\s+", -1));
      boolean built = words.get(1).startsWith("--from=build");
      for (String source : words.subList(built ? 2 : 1, words.size() - 1)) {
        if (built) {
          assertThat(source).isIn("/src/target/lib", "/src/target/thalweg.jar");
        } else {
          assertThat(ROOT.resolve(source)).exists();
          assertThat(ignore).contains("!" + source);
        }
      }
    }
    assertThat(String.join("\n", lines(ROOT.resolve("pom.xml"))))
        .contains("<finalName>thalweg</finalName>", "${project.build.directory}/lib<");
  }

  @Test
  void the_image_runs_the_jar_beside_its_libraries_as_nobody() {
    assertThat(dockerfile)
        .contains("WORKDIR /app", "COPY --from=build /src/target/lib lib", "USER 65532:65532")
        .anyMatch(line -> line.startsWith("ENTRYPOINT [") && line.contains("\"/app/thalweg.jar\""))
        .filteredOn(line -> line.startsWith("FROM"))
        .allMatch(line -> line.split(":", -1).length == 2 && !line.contains("latest"));
    assertThat(compose.at("/services/thalweg/build/dockerfile").asText())
        .isEqualTo("docker/Dockerfile");
  }

  @Test
  void the_example_learns_something(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("snapshots.jsonl");
    CommandRun run =
        CommandRun.of(
            "backtest",
            "-c=" + DOCKER.resolve("job.yaml"),
            "--train=" + DOCKER.resolve("samples/train.jsonl"),
            "--validation=" + DOCKER.resolve("samples/validation.jsonl"),
            "--snapshots=" + out);
    assertThat(run.code()).as(run.err()).isZero();
    List<String> snapshots = Files.readAllLines(out);
    JsonNode last = new ObjectMapper().readTree(snapshots.get(snapshots.size() - 1));
    assertThat(last.at("/metrics/rejected-samples").asInt()).isZero();
    // log 2 is the loss of a model that knows nothing
    assertThat(last.at("/metrics/prequential-loss").asDouble()).isLessThan(0.9 * Math.log(2));
  }

  @Test
  void continuous_integration_runs_what_the_readme_says() {
    Path run = ROOT.resolve(".ci/run");
    assertThat(run).isExecutable();
    assertThat(lines(run)).contains("./mvnw verify");
  }

  private List<String> ours() {
    List<String> names = new java.util.ArrayList<>();
    compose
        .get("services")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (service(name).at("/image").asText().equals("thalweg")) {
                names.add(name);
              }
            });
    assertThat(names).contains("topics", "thalweg");
    return names;
  }

  private JsonNode service(String name) {
    return file.service(name);
  }

  private Map<String, String> environment(String name) {
    return file.environment(name);
  }

  private static Set<String> names(Map<String, String> environment, String key, String until) {
    return Arrays.stream(environment.get(key).split(",", -1))
        .map(each -> each.substring(0, each.indexOf(until)))
        .collect(Collectors.toSet());
  }

  private static List<String> texts(JsonNode list) {
    return ComposeFile.texts(list);
  }

  private static ComposeFile composeFile() {
    try {
      return ComposeFile.read(DOCKER.resolve("compose.yaml"));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
