package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.DocumentedMetrics;
import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.broker.EmbeddedBroker.Options;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image as far as it goes without a container: laid out in a folder, and the services of {@code
 * compose.yaml} run from it, in their order and with their variables, until SIGTERM ends the job.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ImageLayoutIT {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final Path DOCKER = ROOT.resolve("docker");
  private static final Path TARGET =
      Path.of(System.getProperty("thalweg.jar", "target/thalweg.jar")).toAbsolutePath().getParent();
  private static final long MIB = 1 << 20;

  @TempDir static Path folder;

  private final Map<String, Process> services = new TreeMap<>();
  private ComposeFile compose;
  private ImageLayout image;
  private EmbeddedBroker broker;
  private int port;

  @BeforeAll
  void up() throws Exception {
    compose = ComposeFile.read(DOCKER.resolve("compose.yaml"));
    image = ImageLayout.build(DOCKER.resolve("Dockerfile"), TARGET, folder.resolve("image"));
    for (String volume : ComposeFile.texts(compose.service("produce-train").get("volumes"))) {
      image.mount(DOCKER, volume);
    }
    image.readOnly();
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    broker = EmbeddedBroker.start(Options.DEFAULTS);
    Process topics = start("topics");
    assertThat(topics.waitFor(90, TimeUnit.SECONDS)).as(said("topics")).isTrue();
    assertThat(topics.exitValue()).as(said("topics")).isZero();
    start("thalweg");
    start("produce-train");
    start("produce-validation");
    await()
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(askReady()).as(this::everything).isZero());
  }

  @AfterAll
  void down() throws InterruptedException {
    for (Process service : services.values()) {
      service.destroyForcibly().waitFor();
    }
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  @Order(1)
  void the_class_archive_was_made_and_is_what_classes_come_from() throws Exception {
    assertThat(image.said()).contains("/app/thalweg.jsa  ");
    assertThat(Files.readString(folder.resolve("classes-thalweg.log")))
        .contains(
            "io.thalweg.app.RunCommand source: shared objects file (top)",
            "org.apache.kafka.clients.producer.KafkaProducer source: shared objects file (top)");
  }

  @Test
  @Order(2)
  void both_health_checks_are_content() throws Exception {
    Path out = folder.resolve("health.out");
    assertThat(image.health(List.of(), environment("thalweg"), out)).isZero();
    assertThat(Files.readString(out)).startsWith("200 ");
    assertThat(askReady()).isZero();
  }

  @Test
  @Order(3)
  void the_job_has_room_in_the_memory_and_the_tmp_it_is_given() throws Exception {
    assertThat(size(image.root().resolve("tmp"))).isLessThan(64 * MIB);
    Path status = Path.of("/proc", Long.toString(services.get("thalweg").pid()), "status");
    if (Files.exists(status)) {
      String most =
          Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .findFirst()
              .orElseThrow();
      assertThat(Long.parseLong(most.replaceAll("\\D", "")) << 10)
          .as("of mem_limit %s: %s", memory("thalweg"), most)
          .isLessThan(memory("thalweg"));
    }
  }

  @Test
  @Order(4)
  void rules_and_dashboard_ask_for_series_that_the_job_exports() throws Exception {
    CommandRun command = CommandRun.of("control", "snapshot", "-c", jobFile().toString());
    assertThat(command.code()).as(command.err()).isZero();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(get("/metrics")).contains("thalweg_events{"));
    Scrape scrape = new Scrape(get("/metrics"));
    List<String> asked = new ArrayList<>(MonitoringFilesTest.expressions());
    assertThat(asked).hasSizeGreaterThan(30);
    for (String expression : asked) {
      for (String selector : Scrape.selectors(expression)) {
        // a job of few hyperparameters has a series for each instead
        if (!selector.startsWith("thalweg_hyperparameter_range")) {
          assertThat(scrape.matches(selector)).as("%s of %s", selector, expression).isTrue();
        }
      }
    }
    DocumentedMetrics.series()
        .forEach(
            (name, documented) -> {
              if (!name.equals("thalweg_hyperparameter_range")) {
                assertThat(scrape.labels(name)).as(name).containsAll(documented.labels());
              }
            });
  }

  @Test
  @Order(5)
  void sigterm_ends_the_job_in_time_with_its_last_cut_committed() throws Exception {
    Process job = services.get("thalweg");
    job.destroy();
    long grace =
        Long.parseLong(
            compose.service("thalweg").get("stop_grace_period").asText().replace("s", ""));
    assertThat(job.waitFor(grace, TimeUnit.SECONDS))
        .as("within %d s: %s", grace, said("thalweg"))
        .isTrue();
    assertThat(job.exitValue()).as(said("thalweg")).isZero();
    String last = said("thalweg").lines().reduce((a, b) -> b).orElseThrow();
    assertThat(last).matches(".*stopped: step \\d+, version \\d+, .*");
    CommandRun latest =
        CommandRun.of("snapshot", "get", "latest", "-c", jobFile().toString(), "--output", "json");
    assertThat(latest.code()).as(latest.err()).isZero();
    JsonNode snapshot = new ObjectMapper().readTree(latest.out());
    assertThat(last)
        .contains("stopped: step " + snapshot.get("step") + ", version " + snapshot.get("version"));
    assertThat(snapshot.get("step").asInt()).isGreaterThan(50);
  }

  @Test
  @Order(6)
  void by_itself_the_image_speaks_json_to_its_last_word() throws Exception {
    Path out = folder.resolve("alone.out");
    List<String> command = List.of("run", "-c", "/etc/thalweg/nothing.yaml");
    Process run = image.start(command, Map.of(), List.of(), out);
    assertThat(run.waitFor()).isEqualTo(ExitCode.CONFIGURATION);
    List<String> lines = Files.readAllLines(out);
    JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    assertThat(last.get("level").asText()).isEqualTo("ERROR");
    assertThat(last.get("message").asText()).contains("nothing.yaml", "(exit code 78)");
  }

  private Process start(String service) throws IOException {
    Process process =
        image.start(
            compose.command(service),
            environment(service),
            List.of(
                "-XX:MaxRAM=" + memory(service),
                "-Djava.io.tmpdir=" + image.root().resolve("tmp"),
                "-Xlog:class+load:file=" + log(service)),
            folder.resolve(service + ".out"));
    services.put(service, process);
    return process;
  }

  /** The JVM of the image writes its log as another user. */
  private static Path log(String service) throws IOException {
    Path log = Files.createFile(folder.resolve("classes-" + service + ".log"));
    Files.setPosixFilePermissions(
        log, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));
    return log;
  }

  private Map<String, String> environment(String service) {
    Map<String, String> environment = compose.environment(service);
    environment.put("THALWEG_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    environment.put("THALWEG_HTTP_PORT", Integer.toString(port));
    return environment;
  }

  private long memory(String service) {
    return Long.parseLong(compose.service(service).get("mem_limit").asText().replace("m", ""))
        * MIB;
  }

  /** The health check of compose, at this job's port. */
  private int askReady() throws Exception {
    List<String> test =
        new ArrayList<>(ComposeFile.texts(compose.service("thalweg").at("/healthcheck/test")));
    assertThat(test.remove(0)).isEqualTo("CMD");
    test.replaceAll(word -> word.replace(":8080/", ":" + port + "/"));
    return image.health(test, environment("thalweg"), folder.resolve("ready.out"));
  }

  private Path jobFile() throws IOException {
    String job = Files.readString(DOCKER.resolve("job.yaml"));
    assertThat(job).contains("localhost:9092");
    return Files.writeString(
        folder.resolve("job.yaml"), job.replace("localhost:9092", broker.bootstrapServers()));
  }

  private String get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private String everything() {
    return services.keySet().stream().map(ImageLayoutIT::said).reduce("", (a, b) -> a + "\n" + b);
  }

  private static String said(String service) {
    try {
      return Files.readString(folder.resolve(service + ".out"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static long size(Path of) throws IOException {
    try (Stream<Path> all = Files.walk(of)) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
