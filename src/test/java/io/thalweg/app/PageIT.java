package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.page.EventReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Page, health and metrics of a job on a real broker. */
@WithBroker
@Timeout(300)
class PageIT {
  private static final Duration LONG = ServedJob.LONG;

  @TempDir private Path dir;
  private final TestBroker broker;
  private final HttpClient http = HttpClient.newHttpClient();

  PageIT(TestBroker broker) {
    this.broker = broker;
  }

  private JobConfig job(String name, int port) throws Exception {
    return ServedJob.job(broker, dir, name, "port: " + port);
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitReady(int port, String state) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              HttpResponse<String> answer = get(port, "/readyz");
              assertThat(answer.body()).contains("\"state\":\"" + state + "\"");
              assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            });
  }

  /**
   * What a page is told: not every version where they are many, each once, both ends among them.
   */
  private static void leadsFromTo(List<Long> versions, long first, long last) {
    assertThat(versions).startsWith(first).isSorted().doesNotHaveDuplicates();
    assertThat(versions.get(versions.size() - 1)).isGreaterThanOrEqualTo(last);
  }

  private static int freePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @Test
  void a_job_shows_what_it_commits_and_a_page_goes_on_over_a_restart() throws Exception {
    String name = broker.unique("page");
    JobConfig job = job(name, freePort());
    String topic = name + ".validation";
    long last;
    try (ServedJob served = ServedJob.start(job, "tuner-0")) {
      assertThat(served.port()).isEqualTo(job.http().port());
      assertThat(get(served.port(), "/healthz").statusCode()).isEqualTo(200);
      broker.send(topic, 0, ServedJob.samples(400));
      broker.send(topic, 1, List.of("{\"x\":[1".getBytes(UTF_8)));
      awaitReady(served.port(), "running");
      await().atMost(LONG).until(() -> served.service().progress().samples() >= 400);
      try (EventReader page = new EventReader(served.port(), null)) {
        List<EventReader.Event> heard = page.until(e -> e.kind().equals("letter"));
        EventReader.Event letter = heard.get(heard.size() - 1);
        assertThat(letter.data().get("where").asText()).isEqualTo(topic + "-1@0");
        assertThat(letter.data().get("reason").asText()).isNotBlank();
      }
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(get(served.port(), "/metrics").body())
                      .contains(
                          "thalweg_samples_total{instance=\"tuner-0\",job=\""
                              + name
                              + "\",outcome=\"used\",role=\"validation\"} 400.0",
                          "thalweg_lag{instance=\"tuner-0\",job=\"" + name + "\"} 0.0",
                          "thalweg_leader{instance=\"tuner-0\",job=\"" + name + "\"} 1.0"));
      String metrics = get(served.port(), "/metrics").body();
      assertThat(metrics)
          .contains(
              "thalweg_dead_letters_total{instance=\"tuner-0\",job=\"" + name + "\"} 1.0",
              "kafka_consumer_fetch_manager_records_consumed_total{",
              "kafka_producer_record_send_total{",
              "jvm_memory_used_bytes{");
      assertThat(
              metrics
                  .lines()
                  .filter(line -> line.startsWith("kafka_"))
                  .map(line -> line.substring(0, line.indexOf('{')))
                  .distinct())
          .hasSizeBetween(10, 20);
      last = served.service().progress().version();
      try (EventReader page = new EventReader(served.port(), null)) {
        leadsFromTo(EventReader.versions(page.untilPoint(last)), 1, last);
      }
    }
    assertThat(broker.readAll(name + ".snapshots", "read_committed"))
        .filteredOn(record -> new String(record.key(), UTF_8).equals(name)) // not its aliases
        .hasSize((int) last);

    try (ServedJob again = ServedJob.start(job, "tuner-0");
        EventReader page = new EventReader(again.port(), last)) {
      awaitReady(again.port(), "running"); // a restored snapshot will do
      broker.send(topic, 0, ServedJob.samples(80));
      await().atMost(LONG).until(() -> again.service().progress().samples() >= 480);
      long now = again.service().progress().version();
      leadsFromTo(EventReader.versions(page.untilPoint(now)), last + 1, now);
      assertThat(get(again.port(), "/metrics").body())
          .as("what the first process took in is not counted again")
          .doesNotContain("role=\"validation\"} 480.0");
    }
  }

  @Test
  void a_standby_says_who_leads_and_shows_what_the_leader_commits_and_then_leads_on()
      throws Exception {
    String name = broker.unique("standby");
    String topic = name + ".validation";
    JobConfig job = job(name, 0);
    ServedJob leader = ServedJob.start(job, "tuner-0");
    try {
      awaitReady(leader.port(), "running");
      broker.send(topic, 0, ServedJob.samples(160));
      leader.took(160);
      long before = leader.service().progress().version();
      try (ServedJob standby = ServedJob.start(job, "tuner-1")) {
        awaitReady(standby.port(), "standby");
        assertThat(get(standby.port(), "/readyz?leader").statusCode()).isEqualTo(503);
        assertThat(get(leader.port(), "/readyz?leader").statusCode()).isEqualTo(200);
        try (EventReader page = new EventReader(standby.port(), null)) {
          List<EventReader.Event> heard = page.untilPoint(before);
          leadsFromTo(EventReader.versions(heard), 1, before);
          List<EventReader.Event> who =
              page.until(
                  e ->
                      e.kind().equals("status")
                          && e.data().path("leader").asText().equals("tuner-0"));
          heard.addAll(who); // a version may have come meanwhile
          assertThat(who.get(who.size() - 1).data().get("state").asText()).isEqualTo("standby");

          broker.send(topic, 0, ServedJob.samples(80));
          leader.took(240);
          long then = leader.service().progress().version();
          heard.addAll(page.untilPoint(then));

          leader.close(); // its last snapshot is for the successor to show, too
          awaitReady(standby.port(), "running");
          broker.send(topic, 0, ServedJob.samples(80));
          standby.took(320);
          long now = standby.service().progress().version();
          heard.addAll(page.untilPoint(now));
          leadsFromTo(EventReader.versions(heard), 1, now); // whoever committed it
        }
      }
    } finally {
      leader.run().stop();
      leader.page().close();
    }
  }

  @Test
  void a_port_that_is_taken_keeps_no_job_from_running() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      String name = broker.unique("taken");
      JobConfig job = job(name, taken.getLocalPort());
      broker.send(name + ".validation", 0, ServedJob.samples(40));
      TuningService service = new TuningService(job, "tuner-0", List.of());
      CompletableFuture<String> url = new CompletableFuture<>();
      PageRun page = PageRun.start(job, service, "tuner-0", false, url::complete);
      ServiceRun run = ServiceRun.start(service);
      await().atMost(LONG).until(() -> service.progress().samples() >= 40);
      assertThat(url).isNotDone();
      taken.close();
      assertThat(url.get(LONG.toSeconds(), TimeUnit.SECONDS)).contains(":" + job.http().port());
      run.stop();
      assertThat(run.await(LONG)).isNotNull();
      page.close();
    }
  }
}
