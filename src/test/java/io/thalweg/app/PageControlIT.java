package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.page.Browser;
import io.thalweg.page.EventReader;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job on a real broker that is commanded from its page. */
@WithBroker
@Timeout(300)
class PageControlIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "correct-horse-battery";

  @TempDir private Path dir;
  private final TestBroker broker;
  private final HttpClient http = HttpClient.newHttpClient();

  PageControlIT(TestBroker broker) {
    this.broker = broker;
  }

  private record Served(TuningService service, PageRun page, ServiceRun run, int port)
      implements AutoCloseable {
    static Served start(JobConfig job) throws Exception {
      TuningService service = new TuningService(job, "tuner-0", List.of());
      CompletableFuture<String> url = new CompletableFuture<>();
      PageRun page = PageRun.start(job, service, "tuner-0", false, url::complete);
      ServiceRun run = ServiceRun.start(service);
      int port = URI.create(url.get(LONG.toSeconds(), TimeUnit.SECONDS)).getPort();
      return new Served(service, page, run, port);
    }

    @Override
    public void close() throws Exception {
      run.stop();
      assertThat(run.await(LONG)).isNotNull();
      page.close();
    }
  }

  private JobConfig job(String name) throws Exception {
    Path token = Files.writeString(dir.resolve("token"), TOKEN + "\n");
    Path yaml = dir.resolve(name + ".yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: online-pca, d: 2}
        solver: {method: msgd, batch: {upper: 8}}
        snapshots: {every: {steps: 5, time: 100ms}}
        topics: {partitions: 1}
        http: {port: 0, token: "${file:%s}"}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, token, broker.bootstrap()));
    CommandRun apply = CommandRun.of("topics", "apply", "-c", yaml.toString());
    assertThat(apply.code()).as(apply.err()).isZero();
    return new JobReader(Map.of(), List.of()).read(yaml);
  }

  private static List<byte[]> samples(int count) {
    List<byte[]> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = "{\"x\":[" + 2 * StrictMath.sin(i * 1.7) + "," + StrictMath.cos(i * 2.3) + "]}";
      out.add(text.getBytes(UTF_8));
    }
    return out;
  }

  private HttpResponse<String> post(int port, String token, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/control"))
            .timeout(Duration.ofSeconds(30))
            .header("authorization", "Bearer " + token)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode applied(int port, String body) throws Exception {
    HttpResponse<String> answer = post(port, TOKEN, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static void took(Served served, long samples) {
    await().atMost(LONG).until(() -> served.service().progress().samples() >= samples);
  }

  @Test
  void commands_are_obeyed_and_answered_and_a_page_after_a_restart_knows_what_was_before()
      throws Exception {
    String name = broker.unique("commanded");
    String topic = name + ".validation";
    JobConfig job = job(name);
    long last;
    try (Served served = Served.start(job)) {
      int port = served.port();
      broker.send(topic, 0, samples(160));
      took(served, 160);

      assertThat(post(port, TOKEN + "x", "{\"command\":\"pause\"}").statusCode()).isEqualTo(401);
      assertThat(post(port, TOKEN, "{\"command\":\"stop\"}").statusCode()).isEqualTo(400);
      assertThat(post(port, TOKEN, "{\"command\":\"pause\",").statusCode()).isEqualTo(400);

      JsonNode paused = applied(port, "{\"command\":\"pause\",\"by\":\"page\"}");
      assertThat(paused.get("outcome").asText()).isEqualTo("applied");
      assertThat(served.service().progress().control().isPaused()).isTrue();
      broker.send(topic, 0, samples(80));
      try (EventReader page = new EventReader(port, null)) {
        List<EventReader.Event> heard =
            page.until(e -> e.kind().equals("status") && e.data().get("paused").asBoolean());
        assertThat(heard)
            .filteredOn(e -> e.kind().equals("point"))
            .last()
            .satisfies(
                e -> {
                  JsonNode event = e.data().get("events").get(0);
                  assertThat(event.get("kind").asText()).isEqualTo("control");
                  assertThat(e.data().get("version")).isEqualTo(paused.get("version"));
                });
      }
      assertThat(served.service().progress().samples()).isEqualTo(160);
      applied(port, "{\"command\":\"resume\"}");
      took(served, 240);

      long before = served.service().progress().version();
      assertThat(applied(port, "{\"command\":\"snapshot\"}").get("version").asLong())
          .isGreaterThan(before);

      JsonNode pinned = applied(port, "{\"command\":\"pin\",\"version\":2}");
      assertThat(pinned.get("outcome").asText()).isEqualTo("pinned");
      assertThat(post(port, TOKEN, "{\"command\":\"pin\",\"version\":4711}").statusCode())
          .isEqualTo(409);
      HttpResponse<String> gone = post(port, TOKEN, "{\"command\":\"rollback\",\"version\":4711}");
      assertThat(gone.statusCode()).as(gone.body()).isEqualTo(409);
      assertThat(JSON.readTree(gone.body()).get("reason").asText()).contains("4711");
      last = served.service().progress().version();
    }

    try (Served again = Served.start(job);
        EventReader page = new EventReader(again.port(), null)) {
      List<EventReader.Event> heard =
          page.until(
              e ->
                  e.kind().equals("aliases")
                      && e.data().path("latest").asLong() == last
                      && e.data().path("pinned").asLong() == 2);
      assertThat(EventReader.versions(heard)).startsWith(1L, 2L, 3L).contains(last).isSorted();
      assertThat(heard)
          .filteredOn(e -> e.kind().equals("point"))
          .first()
          .satisfies(
              e -> {
                assertThat(e.data().get("upper").size()).isPositive();
                assertThat(e.data().get("metrics").size()).isPositive();
                assertThat(e.data().get("sha").asText()).hasSize(64);
              });
      broker.send(topic, 0, samples(80));
      took(again, 320);
      long now = again.service().progress().version();
      heard.addAll(page.untilPoint(now));
      assertThat(EventReader.versions(heard)).doesNotHaveDuplicates().isSorted().contains(now);
    }
  }

  @Test
  void a_person_pauses_resumes_publishes_and_goes_back() throws Exception {
    assumeTrue(
        Browser.isInstalled(),
        "left out: the page is tested in chromium with chromedriver, and PATH has not both");
    String name = broker.unique("clicked");
    String topic = name + ".validation";
    try (Served served = Served.start(job(name));
        Browser browser = Browser.open(dir)) {
      broker.send(topic, 0, samples(160));
      took(served, 160);
      browser.size(1280, 900);
      browser.go("http://127.0.0.1:" + served.port() + "/");
      browser.until("!document.getElementById('controls').hidden");
      browser.until("document.getElementById('state').textContent === 'running'");

      // the token is asked for once, and again when it was wrong
      browser.click("#pause");
      browser.until("document.getElementById('dialog-token').open");
      browser.type("#token", "a-token-that-is-wrong");
      browser.click("#dialog-token button[type=submit]");
      browser.until("document.getElementById('token-why').textContent !== ''");
      assertThat(served.service().progress().control().isPaused()).isFalse();
      browser.type("#token", TOKEN);
      browser.click("#dialog-token button[type=submit]");
      browser.until("document.getElementById('state').textContent === 'paused'");
      browser.until("document.getElementById('pause').textContent === 'Resume'");
      assertThat(served.service().progress().control().isPaused()).isTrue();
      assertThat(browser.script("return location.href + document.cookie").asText())
          .doesNotContain(TOKEN);
      browser.click("#pause");
      browser.until("document.getElementById('state').textContent === 'running'");
      broker.send(topic, 0, samples(80));
      took(served, 240);

      long before = served.service().progress().version();
      browser.until("!document.getElementById('snapshot-now').disabled");
      browser.click("#snapshot-now");
      browser.until("document.getElementById('toasts').textContent.includes('snapshot: applied')");
      assertThat(served.service().progress().version()).isGreaterThan(before);

      // back, by the button of a row and its dialog; first as somebody who thinks better of it
      browser.until(row(2));
      browser.script(row(2) + ".scrollIntoView({block: 'center'}); " + row(2) + ".click()");
      browser.until("document.getElementById('dialog-rollback').open");
      browser.click("#dialog-rollback [data-cancel]");
      browser.until("!document.getElementById('dialog-rollback').open");
      long stays = served.service().progress().control().applied();
      browser.script(row(2) + ".click()");
      assertThat(
              browser.script("return document.getElementById('rollback-version').value").asText())
          .isEqualTo("2");
      browser.click("#dialog-rollback button[type=submit]");
      browser.until(
          "document.getElementById('toasts').textContent.includes('rollback 2: applied')");
      assertThat(served.service().progress().control().applied()).isEqualTo(stays + 1);
      browser.until("document.getElementById('events').textContent.includes('version 2')");

      assertThat(browser.console("SEVERE"))
          .as("the token that was wrong, and nothing else")
          .singleElement()
          .satisfies(line -> assertThat(line).contains("401"));
    }
  }

  /** The button of a row that goes back to its version. */
  private static String row(long version) {
    return "document.querySelector('#snapshots button[aria-label=\"roll back version "
        + version
        + "\"]')";
  }
}
