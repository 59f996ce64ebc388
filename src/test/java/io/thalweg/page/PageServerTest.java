package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.thalweg.telemetry.Phase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;

class PageServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ShownJob job = new ShownJob();
  private final PageServer server = job.serve(0);

  @AfterEach
  void close() {
    server.close();
  }

  private record Answer(int status, HttpHeaders headers, String body) {}

  private Answer ask(HttpMethod method, String path, Map<String, String> headers) {
    Answer answer =
        HttpClient.create()
            .headers(all -> headers.forEach(all::set))
            .request(method)
            .uri("http://127.0.0.1:" + server.port() + path)
            .responseSingle(
                (head, body) ->
                    body.asString()
                        .defaultIfEmpty("")
                        .map(
                            text -> new Answer(head.status().code(), head.responseHeaders(), text)))
            .block(LIMIT);
    assertThat(answer).isNotNull();
    return answer;
  }

  private Answer get(String path) {
    return ask(HttpMethod.GET, path, Map.of());
  }

  private void ticks() {
    job.watch.tick();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/, text/html",
    "/index.html, text/html",
    "/page.js, text/javascript",
    "/charts.js, text/javascript",
    "/uplot.min.js, text/javascript",
    "/page.css, text/css",
    "/icon.svg, image/svg+xml",
    "/uplot.LICENSE.txt, text/plain"
  })
  void a_file_of_the_page_comes_with_a_strict_policy(String path, String type) {
    Answer answer = get(path);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isNotEmpty();
    assertThat(answer.headers().get("content-type")).startsWith(type);
    assertThat(answer.headers().get("content-security-policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe", "http:", "https:", "*");
    assertThat(answer.headers().get("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.headers().get("cache-control")).isEqualTo("no-cache");
    assertThat(answer.headers().get("access-control-allow-origin")).isNull();
  }

  @Test
  void the_page_asks_nobody_but_this_server() {
    for (String path : List.of("/", "/page.js", "/charts.js", "/page.css", "/tables.js")) {
      assertThat(get(path).body().replace("http://www.w3.org/2000/svg", ""))
          .doesNotContain("http://", "https://", "//cdn");
    }
  }

  @Test
  void a_file_that_has_not_changed_is_not_sent_again() {
    String tag = get("/page.js").headers().get("etag");
    Answer again = ask(HttpMethod.GET, "/page.js", Map.of("if-none-match", tag));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(ask(HttpMethod.GET, "/page.css", Map.of("if-none-match", tag)).status())
        .isEqualTo(200);
  }

  @Test
  void head_tells_the_length_and_sends_nothing() {
    Answer head = ask(HttpMethod.HEAD, "/page.js", Map.of());
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().getInt("content-length"))
        .isEqualTo(get("/page.js").body().getBytes(UTF_8).length);
    assertThat(ask(HttpMethod.HEAD, "/stream", Map.of()).status()).isEqualTo(200);
    assertThat(server.listeners()).isZero();
  }

  @ParameterizedTest(name = "HEAD {0}: {1}")
  @CsvSource({"/nothing, 404", "/control, 405", "/page.js, 200", "/readyz, 503"})
  void head_has_no_body_whatever_the_answer_so_the_next_one_is_read_right(String path, int status)
      throws IOException {
    String two =
        raw(
            "HEAD "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            Integer.MAX_VALUE);
    assertThat(two).startsWith("HTTP/1.1 " + status);
    assertThat(two.substring(two.indexOf("\r\n\r\n") + 4)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/nothing",
        "/page/index.html",
        "/..%2f..%2fetc/passwd",
        "/../../etc/passwd",
        "/page.js/",
        "//page.js",
        "/control/",
        "/schemas/job-v1.json"
      })
  void what_is_not_in_the_list_is_not_found(String path) throws IOException {
    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 404");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "POST, /",
    "PUT, /page.js",
    "DELETE, /stream",
    "POST, /metrics",
    "OPTIONS, /readyz",
    "TRACE, /healthz"
  })
  void nothing_can_be_changed_here(String method, String path) {
    Answer answer = ask(HttpMethod.valueOf(method), path, Map.of());
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers().get("allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void what_is_no_request_or_too_long_is_refused_and_harms_nobody() throws IOException {
    assertThat(raw("NONSENSE\r\n\r\n")).startsWith("HTTP/1.1 4");
    assertThat(raw("GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 414");
    assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(100_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(get("/healthz").status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "localhost, 200",
    "localhost:8080, 200",
    "127.0.0.1, 200",
    "127.0.0.1:1, 200",
    "[::1]:8080, 200",
    "LOCALHOST, 200",
    "evil.example, 421",
    "evil.example:8080, 421",
    "127.evil.example, 421",
    "localhost.evil.example, 421",
    "10.0.0.7, 421"
  })
  void a_server_for_this_machine_is_called_by_its_names_alone(String host, int status) {
    assertThat(ask(HttpMethod.GET, "/readyz", Map.of("host", host)).status())
        .isIn(status, status == 200 ? 503 : status);
  }

  @Test
  void a_page_of_another_origin_gets_no_stream() {
    assertThat(ask(HttpMethod.GET, "/stream", Map.of("sec-fetch-site", "cross-site")).status())
        .isEqualTo(403);
  }

  @Test
  void a_port_that_is_taken_is_an_error_to_whoever_starts_the_server() {
    assertThatThrownBy(() -> job.serve(server.port())).hasRootCauseInstanceOf(BindException.class);
    assertThat(get("/healthz").status()).isEqualTo(200);
  }

  @Test
  void readiness_lists_every_condition_and_what_keeps_it() throws IOException {
    job.is(Phase.RUNNING);
    ticks();
    Answer answer = get("/readyz");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers().get("content-type")).isEqualTo("application/json");
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.get("ready").asBoolean()).isFalse();
    assertThat(body.get("state").asText()).isEqualTo("running");
    assertThat(body.get("reasons")).singleElement().asString().contains("no snapshot");
    assertThat(body.get("checks").findValuesAsText("name"))
        .containsExactly("leads", "partitions", "snapshot", "converges", "broker", "commits");
    job.commits();
    ticks();
    assertThat(get("/readyz").status()).isEqualTo(200);
    assertThat(get("/readyz?leader").status()).isEqualTo(200);
  }

  @Test
  void a_standby_is_ready_and_not_the_leader() {
    job.is(Phase.STANDBY);
    ticks();
    assertThat(get("/readyz").status()).isEqualTo(200);
    assertThat(get("/readyz").body()).contains("\"state\":\"standby\"");
    assertThat(get("/readyz?leader").status()).isEqualTo(503);
    assertThat(get("/readyz?leader=1&from=probe").status()).isEqualTo(503);
    assertThat(get("/readyz?leaders").status()).isEqualTo(200);
  }

  @Test
  void readiness_is_that_of_the_moment_it_is_asked_for() {
    for (int i = 0; i < 5; i++) { // far more often than it ticks
      job.is(Phase.STANDBY);
      assertThat(get("/readyz").status()).isEqualTo(200);
      job.is(Phase.RESTARTING);
      assertThat(get("/readyz").status()).isEqualTo(503);
    }
  }

  @Test
  void a_job_that_is_not_ready_is_alive() {
    job.is(Phase.RESTARTING);
    ticks();
    assertThat(get("/readyz").status()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("the broker was away");
    assertThat(get("/healthz").status()).isEqualTo(200);
    assertThat(get("/healthz").body()).isEqualTo("{\"status\":\"live\"}");
  }

  @Test
  void metrics_are_in_the_text_format() {
    Answer answer = get("/metrics");
    assertThat(answer.body()).isEqualTo("thalweg_step_total 7.0\n");
    assertThat(answer.headers().get("content-type"))
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(answer.headers().get("cache-control")).isEqualTo("no-store");
  }

  @Test
  void a_new_page_hears_all_there_is_and_then_what_comes() throws IOException {
    job.is(Phase.RUNNING);
    for (int i = 0; i < 3; i++) {
      job.commits();
    }
    job.refuses(17, "x must have length 51, but had 12");
    job.journal.note("leads", "this instance leads");
    try (EventReader page = new EventReader(server.port(), null)) {
      assertThat(page.head)
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("content-type: text/event-stream")
          .containsIgnoringCase("cache-control: no-store")
          .containsIgnoringCase("content-security-policy");
      List<EventReader.Event> first = page.until(e -> e.kind().equals("status"));
      assertThat(first.get(0).kind()).isEqualTo("hello");
      assertThat(first.get(0).data().get("hyper").get(0).get("upper").asDouble()).isEqualTo(50);
      assertThat(first.get(0).data().get("hyper").get(1).get("lower").isNull()).isTrue();
      assertThat(first.get(0).data().get("control").asBoolean()).isFalse();
      assertThat(EventReader.versions(first)).containsExactly(1L, 2L, 3L);
      assertThat(first)
          .filteredOn(e -> e.kind().equals("point"))
          .allSatisfy(e -> assertThat(e.id()).isEqualTo(e.data().get("version").asLong()));
      assertThat(first)
          .filteredOn(e -> e.kind().equals("letter"))
          .singleElement()
          .satisfies(e -> assertThat(e.data().get("where").asText()).isEqualTo("bank.calls-0@17"));
      assertThat(first)
          .filteredOn(e -> e.kind().equals("point") && !e.data().get("events").isEmpty())
          .singleElement()
          .satisfies(
              e -> {
                JsonNode event = e.data().get("events").get(0);
                assertThat(event.get("kind").asText()).isEqualTo("drift");
                assertThat(event.get("step").asLong()).isEqualTo(60);
                assertThat(event.get("text").asText()).startsWith("page-hinkley");
              });
      assertThat(first)
          .filteredOn(e -> e.kind().equals("note"))
          .singleElement()
          .satisfies(e -> assertThat(e.data().get("kind").asText()).isEqualTo("leads"));
      assertThat(first)
          .filteredOn(e -> e.kind().equals("aliases"))
          .last()
          .satisfies(
              e -> {
                assertThat(e.data().get("latest").asLong()).isEqualTo(3);
                assertThat(e.data().get("best").asLong()).isEqualTo(2);
              });
      job.commits();
      List<EventReader.Event> next = page.untilPoint(4);
      JsonNode point = next.get(next.size() - 1).data();
      assertThat(point.get("sha").asText()).isEqualTo("5ha4");
      assertThat(point.get("upper").get("l2").asDouble()).isEqualTo(0.004);
      assertThat(point.get("metrics").get("reference-loss").asDouble()).isEqualTo(0.3);
    }
  }

  @Test
  void the_status_names_stages_and_partitions_once_a_second() throws IOException {
    job.is(Phase.RUNNING);
    job.commits();
    try (EventReader page = new EventReader(server.port(), null)) {
      List<EventReader.Event> heard =
          page.until(
              e -> e.kind().equals("status") && e.data().get("state").asText().equals("running"));
      JsonNode status = heard.get(heard.size() - 1).data();
      assertThat(status.get("stages").findValuesAsText("name")).containsExactly("poll", "commit");
      JsonNode lane = status.get("partitions").get(0);
      assertThat(lane.get("role").asText()).isEqualTo("train");
      assertThat(lane.get("next").asLong()).as("as of the committed snapshot").isEqualTo(16);
      assertThat(lane.get("end").asLong()).isEqualTo(120);
      assertThat(status.get("heapMax").asLong()).isPositive();
      page.until(e -> e.kind().equals("status"));
    }
  }

  @ParameterizedTest(name = "after {0}: from {1}")
  @CsvSource({"1, 2", "7, 8", "9, 10", "0, 1", "4711, 1"})
  void a_page_that_comes_back_hears_what_it_has_missed(long seen, long first) throws IOException {
    for (int i = 0; i < 10; i++) {
      job.commits();
    }
    try (EventReader page = new EventReader(server.port(), seen)) {
      assertThat(EventReader.versions(page.untilPoint(10)))
          .containsExactlyElementsOf(LongStream.rangeClosed(first, 10).boxed().toList());
    }
  }

  @Test
  void a_page_that_has_seen_the_newest_hears_no_point_twice() throws IOException {
    for (int i = 0; i < 10; i++) {
      job.commits();
    }
    try (EventReader page = new EventReader(server.port(), 10L)) {
      List<EventReader.Event> heard = new ArrayList<>(page.until(e -> e.kind().equals("status")));
      job.commits();
      heard.addAll(page.untilPoint(11));
      assertThat(EventReader.versions(heard)).containsExactly(11L);
    }
  }

  @Test
  void a_page_that_comes_late_is_told_the_whole_course_in_at_most_two_thousand_points()
      throws IOException {
    for (int i = 0; i < 5_000; i++) {
      job.commits();
    }
    try (EventReader page = new EventReader(server.port(), null)) {
      List<Long> told = EventReader.versions(page.untilPoint(5_000));
      assertThat(told).startsWith(1L).endsWith(4_998L, 4_999L, 5_000L).isSorted();
      assertThat(told).doesNotHaveDuplicates();
      assertThat(told.size()).isBetween(1_000, 2_000);
    }
  }

  @Test
  void a_page_that_reads_nothing_holds_up_nobody_and_goes_on_with_what_is_left() throws Exception {
    try (EventReader slow = new EventReader(server.port(), null);
        EventReader quick = new EventReader(server.port(), null)) {
      long last = 0;
      for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 1_000; i++) {
          last = job.commits();
        }
        quick.untilPoint(last); // it reads all the while
      }
      List<Long> versions = EventReader.versions(slow.untilPoint(last));
      assertThat(versions).isSorted().doesNotHaveDuplicates();
      assertThat(versions.size()).as("what fell out of the ring is gone").isLessThan(39_000);
      assertThat(versions.size()).isGreaterThanOrEqualTo(2_000);
    }
  }

  @Test
  void beside_nine_pages_that_read_one_that_has_stopped_costs_a_bounded_number_of_bytes()
      throws Exception {
    List<EventReader> pages = new ArrayList<>();
    try (Socket stopped = new Socket()) {
      stopped.setReceiveBufferSize(4 << 10); // so that the server is what holds back
      stopped.connect(new InetSocketAddress("127.0.0.1", server.port()));
      stopped.setSoTimeout((int) LIMIT.toMillis());
      stopped
          .getOutputStream()
          .write("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      InputStream unread = stopped.getInputStream();
      assertThat(new String(unread.readNBytes(12), UTF_8)).isEqualTo("HTTP/1.1 200");
      for (int i = 0; i < 9; i++) {
        pages.add(new EventReader(server.port(), null));
      }
      long mostWaiting = 0;
      long last = 0;
      for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 500; i++) {
          last = job.commits();
        }
        for (EventReader page : pages) {
          page.untilPoint(last);
        }
        mostWaiting = Math.max(mostWaiting, server.bytesWaiting());
      }
      long written = last * 400; // a point is longer than that
      assertThat(mostWaiting).isPositive().isLessThan(written / 10).isLessThan(512 << 10);

      // what it gets when it wakes up: no more than was handed to its connection, and the newest
      BufferedReader woken = new BufferedReader(new InputStreamReader(unread, UTF_8));
      List<Long> points = new ArrayList<>();
      long statuses = 0;
      while (points.isEmpty() || points.get(points.size() - 1) < last) {
        String line = woken.readLine();
        assertThat(line).as("the stream goes on").isNotNull();
        if (line.startsWith("id: ")) {
          points.add(Long.valueOf(line.substring(4)));
        }
        statuses += line.equals("event: status") ? 1 : 0;
      }
      assertThat(points).isSorted().doesNotHaveDuplicates();
      assertThat(points.size()).as("of %s", last).isLessThan(19_000);
      long seconds = statuses;
      assertThat(seconds).as("a status is never queued").isLessThan(points.size());
    } finally {
      for (EventReader page : pages) {
        page.close();
      }
    }
  }

  @Test
  void there_is_room_for_many_pages_and_an_end_to_it() throws Exception {
    List<EventReader> pages = new ArrayList<>();
    try {
      for (int i = 0; i < EventFeed.MOST_LISTENERS; i++) {
        pages.add(new EventReader(server.port(), null));
      }
      job.commits();
      for (EventReader page : pages) {
        assertThat(EventReader.versions(page.untilPoint(1))).containsExactly(1L);
      }
      try (EventReader late = new EventReader(server.port(), null)) {
        assertThat(late.head).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after");
      }
      assertThat(get("/healthz").status()).isEqualTo(200);
    } finally {
      for (EventReader page : pages) {
        page.close();
      }
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              job.journal.note("stop", "somebody writes, so that closed ends are noticed");
              assertThat(server.listeners()).isZero();
            });
  }

  @Test
  void closing_ends_every_stream() throws Exception {
    try (EventReader page = new EventReader(server.port(), null)) {
      page.until(e -> e.kind().equals("hello"));
      server.close();
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> page.until(e -> false))
                      .isInstanceOfAny(AssertionError.class, IOException.class));
    }
    assertThatThrownBy(() -> new Socket("127.0.0.1", server.port()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void one_connection_may_ask_as_often_as_it_likes() throws Exception {
    try (Socket kept = new Socket("127.0.0.1", server.port())) {
      kept.setSoTimeout((int) LIMIT.toMillis());
      String question = "HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
      BufferedReader answers =
          new BufferedReader(new InputStreamReader(kept.getInputStream(), UTF_8));
      for (int asked = 0; asked < 1000; asked++) {
        kept.getOutputStream().write(question.getBytes(UTF_8));
        assertThat(answers.readLine()).as("question %s", asked).isEqualTo("HTTP/1.1 200 OK");
        String header;
        do {
          header = answers.readLine();
          assertThat(header).as("headers of %s", asked).isNotNull();
        } while (!header.isEmpty());
      }
    }
  }

  @Test
  void connections_have_an_end_and_a_place_that_is_left_is_taken() throws Exception {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < 256; i++) {
        open.add(new Socket("127.0.0.1", server.port()));
      }
      try (Socket last = new Socket("127.0.0.1", server.port())) {
        open.add(last);
        last.setSoTimeout((int) LIMIT.toMillis());
        assertThatThrownBy(
                () -> {
                  if (last.getInputStream().read() < 0) {
                    throw new IOException("its end");
                  }
                })
            .isInstanceOf(IOException.class);
      }
      open.get(0).close();
      await().atMost(LIMIT).until(() -> get("/healthz").status() == 200);
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  void closing_ends_connections_that_are_kept_for_a_next_request() throws Exception {
    try (Socket kept = new Socket("127.0.0.1", server.port())) {
      kept.setSoTimeout((int) LIMIT.toMillis());
      String host = "127.0.0.1:" + server.port();
      kept.getOutputStream()
          .write(("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(UTF_8));
      assertThat(new String(kept.getInputStream().readNBytes(12), UTF_8)).isEqualTo("HTTP/1.1 200");
      server.close();
      kept.getInputStream().readAllBytes(); // to its end, which a kept connection has not
    }
  }

  private String raw(String request) throws IOException {
    return raw(request, 12);
  }

  /** The first bytes of what comes back, or all until the server closes. */
  private String raw(String request, int most) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      byte[] start = socket.getInputStream().readNBytes(most);
      return new String(start, UTF_8);
    }
  }
}
