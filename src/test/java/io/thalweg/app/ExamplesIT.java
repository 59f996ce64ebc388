package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way of feeding a job and of reading its model that is shown to users, as they would type
 * it. Where a tool is absent the test says so and is skipped.
 */
@WithBroker
@Timeout(300)
class ExamplesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final String HERE = "127.0.0.1:9092";
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final double[] ASKED = {0.5, -1.2, 3.0};

  @TempDir private Path dir;
  private final TestBroker broker;
  private String name = "";
  private Path file = Path.of("job.yaml");
  private JobConfig job;

  ExamplesIT(TestBroker broker) {
    this.broker = broker;
  }

  /** The job of the README under a name of its own, with its topics. */
  @BeforeEach
  void job() throws Exception {
    name = broker.unique("churn");
    String readme = Files.readString(ROOT.resolve("README.md"));
    int begin = readme.indexOf("```yaml\n") + "```yaml\n".length();
    file = dir.resolve("job.yaml");
    Files.writeString(
        file,
        readme
            .substring(begin, readme.indexOf("```", begin))
            .replace("job: churn", "job: " + name)
            .replace(HERE, broker.bootstrap()));
    job = new JobReader(Map.of(), List.of()).read(file);
    assertThat(job.job()).isEqualTo(name);
    assertThat(CommandRun.of("topics", "apply", "-c", file.toString()).code()).isZero();
  }

  private static void assume(boolean present, String tool) {
    if (!present) {
      System.out.println("[skipped] ExamplesIT: " + tool + " is not installed");
    }
    assumeThat(present).as(tool + " is not installed").isTrue();
  }

  private static void assumeKcat() throws Exception {
    assume(run(null, "sh", "-c", "command -v kcat || true").contains("kcat"), "kcat");
  }

  private static void assumePython() throws Exception {
    assume(
        Files.isExecutable(PYTHON)
            && run(null, PYTHON.toString(), "-c", "import confluent_kafka; print('there')")
                .contains("there"),
        "confluent-kafka for " + PYTHON);
  }

  /** Runs a program to its end; what it says to stdout and stderr. */
  private static String run(Path stdin, String... line) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    if (stdin != null) {
      builder.redirectInput(stdin.toFile());
    }
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** The line of the README that begins so, as it is to be typed for this job and this broker. */
  private String typed(String beginning) throws Exception {
    String line =
        Files.readAllLines(ROOT.resolve("README.md")).stream()
            .filter(l -> l.startsWith(beginning))
            .findFirst()
            .orElseThrow();
    return line.replace(HERE, broker.bootstrap())
        .replace("churn", name)
        .replace("train.jsonl", dir.resolve("train.jsonl").toString());
  }

  private static String java(String example) {
    Path jar = Path.of(System.getProperty("thalweg.jar"));
    return JAVA
        + " -Xmx128m -cp "
        + jar
        + ":"
        + jar.resolveSibling("lib")
        + "/* "
        + ROOT.resolve("src/examples/java").resolve(example);
  }

  private static List<String> samples(int from, int count) {
    List<String> out = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      double a = StrictMath.sin(i * 1.7);
      double b = StrictMath.cos(i * 2.3);
      out.add(
          "{\"x\": ["
              + a
              + ", "
              + b
              + ", 1.0], \"y\": "
              + (a + b > 0 ? 1 : 0)
              + ", \"id\": "
              + i
              + "}");
    }
    return out;
  }

  private static List<byte[]> bytes(List<String> lines) {
    return lines.stream().map(l -> l.getBytes(UTF_8)).toList();
  }

  /** The job takes all in, and none of it is a dead letter. */
  private void assertUsable(int samples) throws Exception {
    TuningService service = new TuningService(job, "test", List.of());
    ServiceRun run = ServiceRun.start(service);
    await().atMost(LONG).until(() -> service.progress().samples() >= samples);
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
    assertThat(service.progress().samples()).isEqualTo(samples);
    assertThat(broker.readAll(name + ".dead-letters", "read_committed")).isEmpty();
  }

  @Test
  void kcat_feeds_the_lines_of_a_file() throws Exception {
    assumeKcat();
    Files.write(dir.resolve("train.jsonl"), samples(0, 160));
    assertThat(run(null, "sh", "-c", typed("kcat -b 127.0.0.1:9092 -t churn.train -P"))).isEmpty();
    broker.send(name + ".validation", 0, bytes(samples(900, 40)));
    assertUsable(200);
  }

  @Test
  void python_feeds_json_and_packed_records_and_leaves_out_what_the_job_would_refuse()
      throws Exception {
    assumePython();
    List<String> train = new ArrayList<>(samples(0, 160));
    train.add(5, "{\"x\": [1.0, 2.0], \"y\": 1}");
    train.add(7, "{\"x\": [1.0, 2.0, NaN], \"y\": 1}");
    Path lines = Files.write(dir.resolve("train.jsonl"), train);
    String feed = ROOT.resolve("src/examples/python/feed.py").toString();
    String python = PYTHON.toString();
    String at = broker.bootstrap();
    assertThat(run(lines, python, feed, name + ".train", "--features", "3", "--bootstrap", at))
        .contains("line 6 left out: expected 3 finite numbers", "line 8 left out", "160 samples");
    Path more = Files.write(dir.resolve("validation.jsonl"), samples(900, 40));
    String[] packed = {
      python,
      feed,
      name + ".validation",
      "--features",
      "3",
      "--bootstrap",
      at,
      "--pack",
      "16",
      "--role",
      "validation"
    };
    assertThat(run(more, packed)).contains("40 samples");
    assertThat(broker.readAll(name + ".validation", "read_committed")).hasSize(3);
    assertUsable(200);
  }

  @Test
  void java_feeds_packed_records_and_is_refused_a_label_that_is_none() throws Exception {
    String said =
        run(null, "sh", "-c", java("Feed.java").replace("/*", "/'*'") + " " + file + " 160");
    assertThat(said)
        .contains(
            "refused, as it should be: y must be", "160 samples in 1 records to " + name + ".train")
        .contains("40 samples in 1 records to " + name + ".validation");
    assertUsable(200);
  }

  /** A job that goes on while its model is read. */
  private ServiceRun running() throws Exception {
    ServiceRun run = ServiceRun.start(new TuningService(job, "test", List.of()));
    more(0);
    await()
        .atMost(LONG)
        .until(() -> !broker.readAll(name + ".snapshots", "read_committed", name).isEmpty());
    return run;
  }

  private void more(int from) throws Exception {
    broker.send(name + ".train", 0, bytes(samples(from, 160)));
    broker.send(name + ".validation", 0, bytes(samples(from + 900, 40)));
  }

  private JsonNode newest(String key) throws Exception {
    var records = broker.readAll(name + ".snapshots", "read_committed", key);
    return JSON.readTree(records.get(records.size() - 1).value());
  }

  private static double probability(JsonNode snapshot) {
    JsonNode y = snapshot.get("y");
    double score = y.get(ASKED.length).doubleValue();
    for (int j = 0; j < ASKED.length; j++) {
      score += ASKED[j] * y.get(j).doubleValue();
    }
    return 1 / (1 + Math.exp(-score));
  }

  @Test
  void kcat_prints_the_newest_and_the_best() throws Exception {
    assumeKcat();
    ServiceRun run = running();
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
    JsonNode last = newest(name);
    JsonNode best = newest(name + "@best");
    String shown =
        run(null, "sh", "-c", typed("kcat -b 127.0.0.1:9092 -t churn.snapshots -C -o -64"));
    assertThat(JSON.readTree(shown.substring(name.length()))).isEqualTo(last);
    shown =
        run(null, "sh", "-c", typed("kcat -b 127.0.0.1:9092 -t churn.snapshots -C -o beginning"));
    assertThat(JSON.readTree(shown.substring((name + "@best").length()))).isEqualTo(best);
    String blind =
        run(
            null,
            "kcat",
            "-b",
            broker.bootstrap(),
            "-t",
            name + ".snapshots",
            "-C",
            "-o",
            "-1",
            "-e",
            "-q");
    assertThat(blind).as("the last offset is a marker").isEmpty();
  }

  @Test
  void python_serves_the_model_and_swaps_it_and_follows_what_is_pinned() throws Exception {
    assumePython();
    String[] line = {
      PYTHON.toString(),
      ROOT.resolve("src/examples/python/serve.py").toString(),
      name,
      "--bootstrap",
      broker.bootstrap(),
      "--port",
      "0"
    };
    try (Server early = new Server(line)) {
      assertThat(early.get("").statusCode()).as("no model yet").isEqualTo(503);
      ServiceRun run = running();
      await().atMost(LONG).until(() -> early.get("").statusCode() == 200);
      long first = JSON.readTree(early.get("").body()).get("version").longValue();
      more(2000);
      await()
          .atMost(LONG)
          .until(() -> JSON.readTree(early.get("").body()).get("version").longValue() > first);
      run.stop();
      assertThat(run.await(LONG)).isNotNull();
      answersAs(early, newest(name));
      HttpResponse<String> wrong = early.post("{\"x\": [1]}");
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body()).contains("a model of 4 weights does not fit x of 1 numbers");
      for (String bad : List.of("{}", "[1]", "{\"x\": [\"a\", 1, 2]}", "{\"f\": {\"a\": 1}}")) {
        wrong = early.post(bad);
        assertThat(wrong.statusCode()).as(bad).isEqualTo(400);
        assertThat(wrong.body()).as(bad).containsPattern("expected |--features");
      }
      assertThat(CommandRun.of("snapshot", "pin", "1", "-c", file.toString()).code()).isZero();
      List<String> pinned = new ArrayList<>(List.of(line));
      pinned.addAll(List.of("--alias", "pinned"));
      try (Server other = new Server(pinned.toArray(new String[0]))) {
        await().atMost(LONG).until(() -> other.get("").statusCode() == 200);
        answersAs(other, newest(name + "@pinned"));
        assertThat(newest(name + "@pinned").get("version").longValue()).isEqualTo(1);
      }
    }
  }

  private static void answersAs(Server server, JsonNode snapshot) throws Exception {
    await()
        .atMost(LONG)
        .until(
            () ->
                JSON.readTree(server.get("").body())
                    .get("version")
                    .equals(snapshot.get("version")));
    JsonNode said = JSON.readTree(server.post("{\"x\": [0.5, -1.2, 3.0]}").body());
    assertThat(said.get("version")).isEqualTo(snapshot.get("version"));
    assertThat(said.get("age").doubleValue()).isBetween(0.0, 600.0);
    assertThat(said.get("probabilities").get(0).doubleValue())
        .isCloseTo(probability(snapshot), org.assertj.core.data.Offset.offset(1e-12));
  }

  @Test
  void java_serves_the_model_and_swaps_it() throws Exception {
    ServiceRun run = running();
    String line = java("Serve.java").replace("/*", "/'*'") + " " + file + " latest 0";
    try (Server server = new Server("sh", "-c", "exec " + line)) {
      long first = JSON.readTree(server.get("?x=0.5,-1.2,3.0").body()).get("version").longValue();
      more(2000);
      await()
          .atMost(LONG)
          .until(
              () ->
                  JSON.readTree(server.get("?x=0.5,-1.2,3.0").body()).get("version").longValue()
                      > first);
      run.stop();
      assertThat(run.await(LONG)).isNotNull();
      JsonNode last = newest(name);
      await()
          .atMost(LONG)
          .until(
              () ->
                  JSON.readTree(server.get("?x=0.5,-1.2,3.0").body())
                      .get("version")
                      .equals(last.get("version")));
      assertThat(
              JSON.readTree(server.get("?x=0.5,-1.2,3.0").body()).get("probability").doubleValue())
          .isCloseTo(probability(last), org.assertj.core.data.Offset.offset(1e-12));
    }
  }

  /** An example that serves; its first line says where. */
  private static final class Server implements AutoCloseable {
    private final Process process;
    private final URI at;
    private final HttpClient client = HttpClient.newHttpClient();

    Server(String... line) throws IOException {
      process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      String first = out.readLine();
      assertThat(first).as(String.join(" ", line)).startsWith("http://");
      at = URI.create(first);
    }

    HttpResponse<String> get(String query) throws Exception {
      return client.send(
          HttpRequest.newBuilder(URI.create(at + query)).build(),
          HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String body) throws Exception {
      return client.send(
          HttpRequest.newBuilder(at).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
          HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() throws Exception {
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
  }
}
