package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.stream.Signature;
import io.thalweg.telemetry.Note;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

@Timeout(120)
class ControlRouteTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String PAUSE = "{\"command\":\"pause\"}";

  private final ShownJob job = new ShownJob();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final List<String> places = new CopyOnWriteArrayList<>();
  private volatile Mono<Commands.Sent> next =
      Mono.just(
          new Commands.Sent(
              7L,
              new Signature("INC-42", "ann"),
              Mono.just(new Commands.Outcome(false, "applied", 120L, 6L, "paused"))));

  private final PageServer server =
      job.serve(
          0,
          (command, from) -> {
            sent.add(command);
            places.add(from);
            return next;
          });

  @AfterEach
  void close() {
    server.close();
  }

  private record Answer(int status, String head, JsonNode body) {
    String reason() {
      return body.path("reason").asText();
    }
  }

  /** Written out, so that no client adds or leaves out a header. */
  private Answer ask(int port, String method, List<String> headers, byte[] body)
      throws IOException {
    StringBuilder head = new StringBuilder(method + " /control HTTP/1.1\r\n");
    headers.forEach(header -> head.append(header).append("\r\n"));
    head.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n\r\n");
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(UTF_8));
      out.write(body);
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      int end = answer.indexOf("\r\n\r\n");
      String text = answer.substring(end + 4);
      return new Answer(
          Integer.parseInt(answer.substring(9, 12)),
          answer.substring(0, end).toLowerCase(java.util.Locale.ROOT),
          JSON.readTree(text.isEmpty() ? "{}" : text));
    }
  }

  private Answer post(@Nullable String token, String body) throws IOException {
    List<String> headers = new ArrayList<>();
    headers.add("Host: 127.0.0.1:" + server.port());
    headers.add("Content-Type: application/json");
    if (token != null) {
      headers.add("Authorization: Bearer " + token);
    }
    return ask(server.port(), "POST", headers, body.getBytes(UTF_8));
  }

  private Answer post(String body) throws IOException {
    return post(ShownJob.TOKEN, body);
  }

  static Stream<Arguments> requests() {
    List<Arguments> all = new ArrayList<>();
    for (String method : List.of("POST", "GET", "PUT", "OPTIONS")) {
      for (String token : List.of("right", "wrong", "none", "basic")) {
        for (String type :
            List.of(
                "application/json",
                "Application/JSON; charset=utf-8",
                "text/plain",
                "application/x-www-form-urlencoded",
                "none")) {
          for (String origin :
              List.of(
                  "none",
                  "own",
                  "own-tls",
                  "other",
                  "null",
                  "same-site",
                  "cross-site",
                  "rebound")) {
            boolean foreign = List.of("other", "null", "same-site", "cross-site").contains(origin);
            int expected =
                origin.equals("rebound")
                    ? 421
                    : !method.equals("POST")
                        ? 405
                        : foreign
                            ? 403
                            : !token.equals("right")
                                ? 401
                                : !type.toLowerCase(java.util.Locale.ROOT)
                                        .startsWith("application/json")
                                    ? 415
                                    : 200;
            all.add(Arguments.of(method, token, type, origin, expected));
          }
        }
      }
    }
    return all.stream();
  }

  @Test
  void only_a_post_of_this_page_with_the_token_and_json_gets_through() {
    assertThat(requests())
        .hasSize(640)
        .allSatisfy(
            request -> {
              Object[] of = request.get();
              // a server of its own, where wrong tokens have not been counted
              PageServer fresh =
                  of[1].equals("wrong") ? job.serve(0, (command, from) -> next) : server;
              try {
                Answer answer =
                    ask(
                        fresh.port(),
                        (String) of[0],
                        headers(fresh.port(), (String) of[1], (String) of[2], (String) of[3]),
                        PAUSE.getBytes(UTF_8));
                assertThat(answer.status()).as("%s", List.of(of)).isEqualTo(of[4]);
                assertThat(answer.head()).doesNotContain("access-control-allow");
              } finally {
                if (fresh != server) {
                  fresh.close();
                }
              }
            });
    assertThat(sent).as("and nothing else").hasSize(6).containsOnly(PAUSE);
  }

  private static List<String> headers(int port, String token, String type, String origin) {
    List<String> headers = new ArrayList<>();
    String host = origin.equals("rebound") ? "evil.example" : "127.0.0.1:" + port;
    headers.add("Host: " + host);
    switch (token) {
      case "right" -> headers.add("Authorization: Bearer " + ShownJob.TOKEN);
      case "wrong" -> headers.add("Authorization: Bearer " + ShownJob.TOKEN + "s");
      case "basic" -> headers.add("Authorization: Basic " + ShownJob.TOKEN);
      default -> {}
    }
    if (!type.equals("none")) {
      headers.add("Content-Type: " + type);
    }
    switch (origin) {
      case "own" -> {
        headers.add("Origin: http://" + host);
        headers.add("Sec-Fetch-Site: same-origin");
      }
      case "own-tls" -> headers.add("Origin: https://" + host);
      case "other" -> headers.add("Origin: http://localhost:1");
      case "null" -> headers.add("Origin: null");
      case "same-site", "cross-site" -> headers.add("Sec-Fetch-Site: " + origin);
      default -> {}
    }
    return headers;
  }

  @Test
  void without_a_token_in_the_job_commands_are_off_and_it_says_how_to_have_them()
      throws IOException {
    try (PageServer off = job.serve(0)) {
      Answer answer =
          ask(
              off.port(),
              "POST",
              List.of("Host: localhost", "Content-Type: application/json"),
              PAUSE.getBytes(UTF_8));
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.reason()).contains("off", "http.token");
    }
  }

  @Test
  void what_was_done_is_answered() throws IOException {
    Answer answer = post(PAUSE);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .hasToString(
            "{\"outcome\":\"applied\",\"step\":120,\"version\":6,\"reason\":\"paused\",\"offset\":7,"
                + "\"id\":\"INC-42\",\"by\":\"ann\"}");
    assertThat(answer.head()).contains("cache-control: no-store");
  }

  @Test
  void what_was_rejected_is_a_conflict_with_its_reason() throws IOException {
    next =
        Mono.just(
            new Commands.Sent(
                8L,
                Signature.NONE,
                Mono.just(
                    new Commands.Outcome(true, "rejected", 120L, null, "version 3 is gone"))));
    Answer answer = post("{\"command\":\"rollback\",\"version\":3}");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.reason()).isEqualTo("version 3 is gone");
    assertThat(answer.body().has("version")).isFalse();
  }

  @Test
  void what_has_no_answer_after_ten_seconds_is_under_way_at_its_offset() throws IOException {
    next = Mono.just(new Commands.Sent(4711L, Signature.NONE, Mono.never()));
    long before = System.nanoTime();
    Answer answer = post(PAUSE);
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).hasToString("{\"outcome\":\"sent\",\"offset\":4711}");
  }

  @Test
  void a_broker_that_is_away_and_a_text_that_is_no_command_are_told_apart() throws IOException {
    next = Mono.error(new Commands.Unreachable("no answer from 127.0.0.1:9092", null));
    assertThat(post(PAUSE).status()).isEqualTo(503);
    assertThat(post(PAUSE).reason()).contains("127.0.0.1:9092");
    next = Mono.error(new IllegalArgumentException("expected a command, found 7"));
    assertThat(post("7").status()).isEqualTo(400);
    next = Mono.error(new IllegalStateException("an inside that is nobody's business"));
    Answer failed = post(PAUSE);
    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.reason()).doesNotContain("inside");
  }

  @ParameterizedTest(name = "{0} bytes, in chunks {1}: {2}")
  @CsvSource({
    "4096, false, 200",
    "4097, false, 413",
    "4096, true, 200",
    "4097, true, 413",
    "3000000, false, 413",
    "3000000, true, 413"
  })
  void a_command_has_at_most_four_kilobytes(int length, boolean chunked, int status)
      throws IOException {
    String text = "x".repeat(length);
    if (!chunked) {
      if (length < 100_000) {
        assertThat(post(text).status()).isEqualTo(status);
      } else {
        assertThat(started(length, "Content-Length: " + length + "\r\n", text)).isEqualTo(status);
      }
      return;
    }
    String body = Integer.toHexString(length) + "\r\n" + text + "\r\n0\r\n\r\n";
    assertThat(started(length, "Transfer-Encoding: chunked\r\n", body)).isEqualTo(status);
  }

  /** Reads the answer while it may still write: the server is free not to read on. */
  private int started(int length, String framing, String body) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      String head =
          "POST /control HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Authorization: Bearer "
              + ShownJob.TOKEN
              + "\r\n"
              + framing
              + "\r\n";
      OutputStream out = socket.getOutputStream();
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  out.write((head + body).getBytes(UTF_8));
                } catch (IOException closed) {
                  // it has seen enough
                }
              });
      String status = new String(socket.getInputStream().readNBytes(12), UTF_8);
      assertThat(writing).as("of %s", length).isNotNull();
      return Integer.parseInt(status.substring(9));
    }
  }

  @Test
  void after_ten_wrong_tokens_a_wrong_one_is_turned_away_and_it_is_noted_once() throws IOException {
    for (int i = 0; i < Attempts.MOST; i++) {
      Answer answer = post("wrong-" + i, PAUSE);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.head()).contains("www-authenticate: bearer");
    }
    Answer answer = post("one-more", PAUSE);
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.head()).contains("retry-after: 60");
    assertThat(sent).isEmpty();
    List<Note> notes = new ArrayList<>();
    job.journal.notes().read(0, notes::add);
    assertThat(notes)
        .singleElement()
        .satisfies(note -> assertThat(note.text()).contains("127.0.0.1", "wrong token"));
  }

  @Test
  void wrong_tokens_of_a_stranger_do_not_keep_out_who_has_the_right_one() throws IOException {
    for (int i = 0; i < 3 * Attempts.MOST; i++) {
      post("wrong-" + i, PAUSE);
      if (i % Attempts.MOST == 0) {
        assertThat(post(PAUSE).status()).isEqualTo(200);
      }
    }
    assertThat(post(PAUSE).status()).isEqualTo(200);
    assertThat(post("and-again", PAUSE).status()).isEqualTo(429);
    assertThat(post(null, PAUSE).status()).as("no token is no guess").isEqualTo(401);
  }

  @Test
  void an_answer_says_where_the_command_stands_and_who_asked() throws IOException {
    Answer answer = post(PAUSE);
    assertThat(answer.body().path("offset").asLong()).isEqualTo(7);
    assertThat(answer.body().path("id").asText()).isEqualTo("INC-42");
    assertThat(answer.body().path("by").asText()).isEqualTo("ann");
    assertThat(places)
        .as("who asks where the command does not say it")
        .containsExactly("http 127.0.0.1");
  }

  @Test
  void who_shows_no_token_at_all_is_not_counted() throws IOException {
    for (int i = 0; i < 3 * Attempts.MOST; i++) {
      assertThat(post(null, PAUSE).status()).isEqualTo(401);
    }
    assertThat(post(PAUSE).status()).isEqualTo(200);
  }

  @Test
  void commands_that_wait_for_their_answer_are_few() throws Exception {
    next = Mono.just(new Commands.Sent(1L, Signature.NONE, Mono.never()));
    List<CompletableFuture<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < ControlRoute.MOST_WAITING; i++) {
      waiting.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return post(PAUSE).status();
                } catch (IOException e) {
                  return 0;
                }
              },
              task -> new Thread(task).start()));
    }
    await().atMost(LIMIT).until(() -> sent.size() == ControlRoute.MOST_WAITING);
    Answer more = post(PAUSE);
    assertThat(more.status()).isEqualTo(503);
    assertThat(more.head()).contains("retry-after");
    for (CompletableFuture<Integer> one : waiting) {
      assertThat(one.get()).isEqualTo(202);
    }
    next = Mono.error(new IllegalArgumentException("there is room again"));
    assertThat(post(PAUSE).status()).isEqualTo(400);
  }

  @Test
  void reading_needs_no_token() throws IOException {
    try (EventReader page = new EventReader(server.port(), null)) {
      assertThat(page.until(e -> e.kind().equals("hello")).get(0).data().get("control").asBoolean())
          .isTrue();
    }
  }
}
