package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.thalweg.telemetry.Journal;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Takes a command in and answers with what became of it. Whether the request comes from this page
 * and shows the token is asked before anything of its body is read. Wrong tokens are counted by
 * where they come from; the right one is taken from anywhere at any time, and only commands that
 * wait for their answer limit it.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>200</td><td>done: outcome, step, version, reason</td></tr>
 * <tr><td>202</td><td>written down at this offset; the job has not answered within ten
 *     seconds</td></tr>
 * <tr><td>400, 413, 415</td><td>no command, longer than 4 KiB, not JSON by its own account</td></tr>
 * <tr><td>401, 429</td><td>no token or a wrong one; a wrong one after ten within a minute</td></tr>
 * <tr><td>403</td><td>commands are off, or this comes from a page of another origin</td></tr>
 * <tr><td>409</td><td>the job rejected it, and why</td></tr>
 * <tr><td>503</td><td>it could not be written down, or too many wait for their answer</td></tr>
 * </table>
 */
final class ControlRoute implements Route {
  /** Bytes of a command. */
  static final int MOST_BYTES = 4 << 10;

  /** Commands that may wait for their answer at the same time. */
  static final int MOST_WAITING = 8;

  private static final Logger LOG = LoggerFactory.getLogger(ControlRoute.class);
  private static final String SCHEME = "bearer ";

  private final @Nullable Controls controls;
  private final Journal journal;
  private final Duration within;
  private final Attempts attempts = new Attempts();
  private final AtomicInteger waiting = new AtomicInteger();

  /** The body has more bytes than a command may have. */
  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super("more than " + MOST_BYTES + " bytes", null, false, false);
    }
  }

  private record Answer(HttpResponseStatus status, byte[] body) {
    static Answer refusal(HttpResponseStatus status, String reason) {
      return new Answer(status, Messages.refusal(reason));
    }
  }

  /**
   * A route.
   *
   * @param controls null where commands are off
   * @param journal where wrong tokens are noted
   * @param within how long a command is waited for
   */
  ControlRoute(@Nullable Controls controls, Journal journal, Duration within) {
    this.controls = controls;
    this.journal = journal;
    this.within = within;
  }

  @Override
  public List<String> allows() {
    return List.of("POST");
  }

  @Override
  public Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    HttpHeaders headers = request.requestHeaders();
    if (isForeign(headers)) {
      return refuse(
          response, HttpResponseStatus.FORBIDDEN, "commands are not for pages of other origins");
    }
    Controls to = controls;
    if (to == null) {
      return refuse(
          response,
          HttpResponseStatus.FORBIDDEN,
          "commands are off: give the job a token (http.token, or THALWEG_HTTP_TOKEN)"
              + " and start it again");
    }
    String place = place(request);
    String shown = token(headers.get(HttpHeaderNames.AUTHORIZATION));
    // first: wrong tokens that strangers show must not keep out whoever has the right one
    if (shown == null || !to.token().test(shown)) {
      return unauthorized(response, place, shown != null);
    }
    if (!isJson(headers.get(HttpHeaderNames.CONTENT_TYPE))) {
      return refuse(
          response,
          HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          "expected content-type application/json");
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      response.header(HttpHeaderNames.RETRY_AFTER, "1");
      return refuse(
          response,
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          MOST_WAITING + " commands wait for their answer already");
    }
    return body(request)
        .flatMap(command -> done(to.commands(), command, "http " + place))
        .onErrorResume(failure -> Mono.just(failed(failure)))
        .doFinally(end -> waiting.decrementAndGet())
        .flatMap(
            answer -> {
              if (answer.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)) {
                response.keepAlive(false); // its rest is not read
              }
              return Mono.from(Answers.json(response, answer.status(), answer.body()));
            });
  }

  private Publisher<Void> unauthorized(
      HttpServerResponse response, String place, boolean showsOne) {
    long now = System.nanoTime();
    if (showsOne && attempts.isSpent(place, now)) {
      response.header(HttpHeaderNames.RETRY_AFTER, "60");
      return refuse(
          response,
          HttpResponseStatus.TOO_MANY_REQUESTS,
          Attempts.MOST + " wrong tokens came from here within a minute: wait one");
    }
    if (showsOne && attempts.wrong(place, now) == 1) {
      LOG.warn("a command from {} showed a wrong token", place);
      journal.note("refused", "a command from " + place + " showed a wrong token");
    }
    response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"thalweg\"");
    return refuse(
        response,
        HttpResponseStatus.UNAUTHORIZED,
        showsOne ? "the token is not that one" : "commands need the token of http.token");
  }

  private Mono<Answer> done(Commands commands, String command, String from) {
    long begun = System.nanoTime();
    return Mono.defer(() -> commands.send(command, from))
        .timeout(within)
        .flatMap(
            sent -> {
              Duration left = within.minusNanos(System.nanoTime() - begun);
              return sent.outcome()
                  .map(outcome -> answered(outcome, sent))
                  .timeout(
                      left.isNegative() ? Duration.ZERO : left,
                      Mono.fromSupplier(
                          () -> new Answer(HttpResponseStatus.ACCEPTED, Messages.sent(sent))));
            });
  }

  private static Answer answered(Commands.Outcome outcome, Commands.Sent sent) {
    return new Answer(
        outcome.rejected() ? HttpResponseStatus.CONFLICT : HttpResponseStatus.OK,
        Messages.outcome(outcome, sent));
  }

  private Answer failed(Throwable thrown) {
    Throwable failure = Exceptions.unwrap(thrown);
    String reason = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    if (failure instanceof TooLong) {
      return Answer.refusal(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, reason);
    }
    if (failure instanceof IllegalArgumentException) {
      return Answer.refusal(HttpResponseStatus.BAD_REQUEST, reason);
    }
    if (failure instanceof Commands.Unreachable) {
      return Answer.refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, reason);
    }
    if (failure instanceof java.util.concurrent.TimeoutException) {
      return Answer.refusal(
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          "the broker has not taken the command within "
              + within.toSeconds()
              + " s; it may still arrive: look at the events before sending it again");
    }
    LOG.warn("a command failed", failure);
    return Answer.refusal(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the command failed");
  }

  private static Mono<String> body(HttpServerRequest request) {
    return request
        .receive()
        .reduceWith(ByteArrayOutputStream::new, ControlRoute::appended)
        .map(bytes -> bytes.toString(UTF_8));
  }

  private static ByteArrayOutputStream appended(ByteArrayOutputStream to, ByteBuf piece) {
    if (to.size() + piece.readableBytes() > MOST_BYTES) {
      throw new TooLong();
    }
    byte[] bytes = new byte[piece.readableBytes()];
    piece.readBytes(bytes);
    to.writeBytes(bytes);
    return to;
  }

  /** What a browser sends for a page of ours names this server, and nothing else does. */
  private static boolean isForeign(HttpHeaders headers) {
    String site = headers.get("sec-fetch-site");
    if (site != null && !site.equals("same-origin")) {
      return true; // same-site too: another port of this machine
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin == null) {
      return false;
    }
    String host = headers.get(HttpHeaderNames.HOST);
    return host == null
        || !(origin.equalsIgnoreCase("http://" + host)
            || origin.equalsIgnoreCase("https://" + host));
  }

  private static @Nullable String token(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length()).trim()
        : null;
  }

  private static boolean isJson(@Nullable String type) {
    if (type == null) {
      return false;
    }
    int parameters = type.indexOf(';');
    String media = parameters < 0 ? type : type.substring(0, parameters);
    return media.trim().toLowerCase(Locale.ROOT).equals(Answers.JSON);
  }

  private static String place(HttpServerRequest request) {
    InetSocketAddress remote = request.remoteAddress();
    return remote == null || remote.getAddress() == null
        ? "somewhere"
        : remote.getAddress().getHostAddress();
  }

  private static Publisher<Void> refuse(
      HttpServerResponse response, HttpResponseStatus status, String reason) {
    return Answers.refuse(response, status, reason);
  }
}
