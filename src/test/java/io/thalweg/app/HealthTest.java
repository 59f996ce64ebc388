package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTest {
  private HttpServer server;
  private String address;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    answer("/healthz", 200, "ok");
    answer("/readyz", 503, "{\"topics\": \"missing\"}");
    answer("/moved", 302, "");
    server.start();
    address = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void a_good_answer_is_0_and_is_printed() {
    CommandRun run = CommandRun.of("health", "--url", address + "/healthz");
    assertThat(run.code()).isZero();
    assertThat(run.lines()).containsExactly("200 ok");
  }

  @Test
  void a_bad_answer_is_1_and_shows_the_checks() {
    CommandRun run = CommandRun.of("health", "--url=" + address + "/readyz");
    assertThat(run.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(run.err().strip()).isEqualTo("503 {\"topics\": \"missing\"}");
    assertThat(run.out()).isEmpty();
  }

  private static Path job(Path dir, String http) throws IOException {
    return Files.writeString(
        dir.resolve("job.yaml"),
        "job: asked\nproblem: {type: online-pca, d: 2}\nsolver: {method: msgd}\nhttp: "
            + http
            + "\nkafka: {bootstrap.servers: \"127.0.0.1:9092\"}\n");
  }

  @Test
  void a_job_file_says_where_to_ask(@TempDir Path dir) throws IOException {
    String port = address.substring(address.lastIndexOf(':') + 1);
    Path job = job(dir, "{port: " + port + "}");
    CommandRun run = CommandRun.of("health", "-c", job.toString());
    assertThat(run.lines()).containsExactly("200 ok");
    run = CommandRun.of("health", "--ready", "-c", job.toString());
    assertThat(run.err()).contains("503");
  }

  @Test
  void a_job_without_a_server_has_nobody_to_ask(@TempDir Path dir) throws IOException {
    CommandRun run = CommandRun.of("health", "-c", job(dir, "{enabled: false}").toString());
    assertThat(run.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(run.err()).contains("http.enabled");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"/moved", "/nothing"})
  void an_answer_that_is_no_answer_is_1(String path) {
    assertThat(check(address + path)).isEqualTo(ExitCode.FAILURE);
  }

  @Test
  void no_answer_is_1_and_one_line() {
    server.stop(0);
    CommandRun run = CommandRun.of("health", "--url", address + "/healthz");
    assertThat(run.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.err()).contains(address, "does not answer");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"file:///etc/passwd", "127.0.0.1:8080", "https://127.0.0.1/", "http:///x"})
  void what_is_no_http_address_is_a_usage_error(String other) {
    assertThat(check(other)).isEqualTo(ExitCode.USAGE);
  }

  private static int check(String address) {
    return Health.check(
        address, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
  }
}
