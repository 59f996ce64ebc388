package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.page.Browser;
import io.thalweg.page.EventReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job on a real broker that is commanded from its page. */
@WithBroker
@Timeout(300)
class PageControlIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TOKEN = "correct-horse-battery";

  @TempDir private Path dir;
  private final TestBroker broker;
  private final HttpClient http = HttpClient.newHttpClient();

  PageControlIT(TestBroker broker) {
    this.broker = broker;
  }

  private JobConfig job(String name) throws Exception {
    Path token = Files.writeString(dir.resolve("token"), TOKEN + "\n");
    return ServedJob.job(broker, dir, name, "port: 0, token: \"${file:" + token + "}\"");
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

  @Test
  void commands_are_obeyed_and_answered_and_a_page_after_a_restart_knows_what_was_before()
      throws Exception {
    String name = broker.unique("commanded");
    String topic = name + ".validation";
    JobConfig job = job(name);
    long last;
    try (ServedJob served = ServedJob.start(job, "tuner-0")) {
      int port = served.port();
      broker.send(topic, 0, ServedJob.samples(160));
      served.took(160);

      assertThat(post(port, TOKEN + "x", "{\"command\":\"pause\"}").statusCode()).isEqualTo(401);
      assertThat(post(port, TOKEN, "{\"command\":\"stop\"}").statusCode()).isEqualTo(400);
      assertThat(post(port, TOKEN, "{\"command\":\"pause\",").statusCode()).isEqualTo(400);

      JsonNode paused = applied(port, "{\"command\":\"pause\",\"by\":\"page\"}");
      assertThat(paused.get("outcome").asText()).isEqualTo("applied");
      assertThat(served.service().progress().control().isPaused()).isTrue();
      broker.send(topic, 0, ServedJob.samples(80));
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
      served.took(240);

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

    try (ServedJob again = ServedJob.start(job, "tuner-0");
        EventReader page = new EventReader(again.port(), null)) {
      List<EventReader.Event> heard =
          page.until(
              e ->
                  e.kind().equals("aliases")
                      && e.data().path("latest").asLong() == last
                      && e.data().path("pinned").asLong() == 2);
      assertThat(EventReader.versions(heard)).startsWith(1L).contains(last).isSorted();
      assertThat(heard)
          .filteredOn(e -> e.kind().equals("point"))
          .first()
          .satisfies(
              e -> {
                assertThat(e.data().get("upper").size()).isPositive();
                assertThat(e.data().get("metrics").size()).isPositive();
                assertThat(e.data().get("sha").asText()).hasSize(64);
              });
      broker.send(topic, 0, ServedJob.samples(80));
      again.took(320);
      long now = again.service().progress().version();
      heard.addAll(page.untilPoint(now));
      assertThat(EventReader.versions(heard)).doesNotHaveDuplicates().isSorted().contains(now);
    }
  }

  /** The coordinates that a page is told of, by name, next. */
  private static JsonNode steering(EventReader page, Predicate<JsonNode> wanted) throws Exception {
    List<EventReader.Event> heard =
        page.until(e -> e.kind().equals("steering") && wanted.test(e.data()));
    return heard.get(heard.size() - 1).data();
  }

  @Test
  void a_page_is_told_what_commands_have_set_at_once_again_and_after_a_restart() throws Exception {
    String name = broker.unique("steered");
    JobConfig job = job(name);
    String first;
    try (ServedJob served = ServedJob.start(job, "tuner-0");
        EventReader page = new EventReader(served.port(), null)) {
      int port = served.port();
      broker.send(name + ".validation", 0, ServedJob.samples(160));
      served.took(160);
      JsonNode hello = page.until(e -> e.kind().equals("hello")).get(0).data();
      first = hello.get("hyper").get(0).get("name").asText();
      String second = hello.get("hyper").get(1).get("name").asText();
      assertThat(hello.get("hyper").get(0).get("upper").asDouble()).isEqualTo(3);
      applied(
          port, "{\"command\":\"bounds\",\"name\":\"" + first + "\",\"lower\":-1,\"upper\":0.5}");
      JsonNode bounded = steering(page, s -> s.get("coordinates").size() == 1);
      assertThat(bounded.get("coordinates").get(0))
          .isEqualTo(
              JSON.readTree(
                  "{\"name\":\"" + first + "\",\"lower\":-1.0,\"upper\":0.5,\"frozen\":false}"));
      applied(port, "{\"command\":\"freeze\",\"name\":\"" + second + "\"}");
      JsonNode frozen = steering(page, s -> s.get("coordinates").size() == 2);
      assertThat(frozen.get("coordinates").get(1).get("frozen").asBoolean()).isTrue();
      applied(port, "{\"command\":\"step-size\",\"factor\":0.5}");
      steering(page, s -> s.get("stepSizes").asDouble() == 0.5);
      applied(port, "{\"command\":\"pause\",\"by\":\"ann\"}");
      JsonNode paused = steering(page, s -> s.path("pause").has("by"));
      assertThat(paused.get("pause").get("by").asText()).isEqualTo("ann");
      assertThat(paused.get("pause").get("time").asLong()).isPositive();
      try (EventReader again = new EventReader(port, 3L)) {
        assertThat(steering(again, s -> true)).isEqualTo(paused);
      }
    }
    try (ServedJob restarted = ServedJob.start(job, "tuner-0");
        EventReader page = new EventReader(restarted.port(), null)) {
      JsonNode told = steering(page, s -> s.path("pause").has("by"));
      assertThat(told.get("stepSizes").asDouble()).isEqualTo(0.5);
      assertThat(told.get("coordinates").size()).isEqualTo(2);
      assertThat(told.get("coordinates").get(0).get("upper").asDouble()).isEqualTo(0.5);
      assertThat(told.get("pause").get("by").asText()).isEqualTo("ann");
    }
  }

  @Test
  void a_person_pauses_resumes_publishes_and_goes_back() throws Exception {
    assumeTrue(
        Browser.isInstalled(),
        "left out: the page is tested in chromium with chromedriver, and PATH has not both");
    String name = broker.unique("clicked");
    String topic = name + ".validation";
    try (ServedJob served = ServedJob.start(job(name), "tuner-0");
        Browser browser = Browser.open(dir)) {
      broker.send(topic, 0, ServedJob.samples(160));
      served.took(160);
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
      broker.send(topic, 0, ServedJob.samples(80));
      served.took(240);

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
