package io.thalweg.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.thalweg.telemetry.JobWatch;
import io.thalweg.telemetry.Look;
import io.thalweg.telemetry.Phase;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * Serves the page of one job, its health and its metrics. It reads what is told and written down
 * elsewhere and never asks the pipeline for anything, and hands commands on; two threads of its own
 * do all its work.
 *
 * <table>
 * <caption>Paths</caption>
 * <tr><td>{@code /}</td><td>the page and its files</td></tr>
 * <tr><td>{@code /stream}</td><td>what the page shows, as server-sent events</td></tr>
 * <tr><td>{@code /healthz}</td><td>200 while the threads of this process run</td></tr>
 * <tr><td>{@code /readyz}</td><td>200 when ready, else 503, with every condition;
 *     {@code /readyz?leader}: 503 for a standby too</td></tr>
 * <tr><td>{@code /metrics}</td><td>the text format of Prometheus</td></tr>
 * <tr><td>{@code /control}</td><td>takes commands, from whoever shows the token</td></tr>
 * </table>
 */
public final class PageServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);

  /** Nothing from elsewhere, nothing inline, nothing framed. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
          + " data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final int MOST_CONNECTIONS = 256;
  private static final int LONGEST_LINE = 4096;
  private static final int LONGEST_HEADERS = 16 << 10;
  private static final Duration REQUEST_WITHIN = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration PULSE = Duration.ofMillis(100);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration BEAT = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
  private static final Duration STOP = Duration.ofSeconds(2);

  private final JobWatch watch;
  private final Supplier<String> metrics;
  private final EventFeed feed;
  private final Assets assets = new Assets();
  private final Map<String, Route> routes = new LinkedHashMap<>();
  private final ChannelGroup connections =
      new DefaultChannelGroup("thalweg-page", GlobalEventExecutor.INSTANCE, true);
  private final Scheduler clock;
  private final LoopResources loops;
  private final DisposableServer server;
  private final HostCheck hosts;
  private final String bind;

  private PageServer(
      String bind,
      int port,
      JobWatch watch,
      Hello hello,
      @Nullable Controls controls,
      Supplier<String> metrics) {
    this.bind = bind;
    this.watch = watch;
    this.metrics = metrics;
    this.feed = new EventFeed(watch, hello);
    InetSocketAddress address = new InetSocketAddress(bind, port);
    this.hosts = new HostCheck(bind, address);
    routes.put("/stream", this::stream);
    routes.put("/healthz", this::liveness);
    routes.put("/readyz", this::readiness);
    routes.put("/metrics", this::scrape);
    routes.put("/control", new ControlRoute(controls, watch.journal(), ANSWER_WITHIN));
    this.clock = Schedulers.newSingle("thalweg-page", true);
    this.loops = LoopResources.create("thalweg-http", 1, true);
    try {
      this.server =
          HttpServer.create()
              .bindAddress(() -> address)
              .runOn(loops, false)
              .httpRequestDecoder(
                  spec -> spec.maxInitialLineLength(LONGEST_LINE).maxHeaderSize(LONGEST_HEADERS))
              .requestTimeout(REQUEST_WITHIN)
              .idleTimeout(IDLE)
              .channelGroup(connections)
              .doOnChannelInit((observer, channel, remote) -> admit(channel))
              .handle(this::handle)
              .bindNow(Duration.ofSeconds(10));
    } catch (RuntimeException e) {
      clock.dispose();
      loops.dispose();
      throw e;
    }
    clock.schedulePeriodically(this::tick, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
    clock.schedulePeriodically(this::pulse, 0, PULSE.toMillis(), TimeUnit.MILLISECONDS);
    clock.schedulePeriodically(
        () -> feed.beat(System.nanoTime(), PATIENCE.toNanos()),
        BEAT.toMillis(),
        BEAT.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /**
   * Starts a server; it ticks the watch from then on.
   *
   * @param bind address or host name to listen at
   * @param port TCP port, 0 for a free one
   * @param watch what it tells
   * @param hello what a page is told first
   * @param controls who may command what, null where nobody may
   * @param metrics a scrape in the text format of Prometheus, made when it is asked for
   * @return a server that answers
   * @throws RuntimeException when the port is taken or the address is not this machine's
   */
  public static PageServer start(
      String bind,
      int port,
      JobWatch watch,
      Hello hello,
      @Nullable Controls controls,
      Supplier<String> metrics) {
    return new PageServer(bind, port, watch, hello, controls, metrics);
  }

  /**
   * The port it listens at.
   *
   * @return the given one, or the free one that was taken
   */
  public int port() {
    return server.port();
  }

  /**
   * Where a browser on this machine finds the page.
   *
   * @return for example {@code http://127.0.0.1:8080/}
   */
  public String url() {
    boolean everywhere = bind.equals("0.0.0.0") || bind.equals("::");
    String host = everywhere ? "127.0.0.1" : bind.indexOf(':') >= 0 ? "[" + bind + "]" : bind;
    return "http://" + host + ":" + port() + "/";
  }

  /**
   * Pages that listen now.
   *
   * @return how many streams are open
   */
  public int listeners() {
    return feed.listeners();
  }

  /** Bytes that connections have been handed and have not sent. */
  long bytesWaiting() {
    long bytes = 0;
    for (Channel connection : connections) {
      ChannelOutboundBuffer unsent = connection.unsafe().outboundBuffer();
      bytes += unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    feed.end();
    clock.dispose();
    try {
      server.disposeNow(STOP);
    } catch (RuntimeException late) {
      LOG.debug("connections were left open", late);
    }
    // one that is kept for a next request would stay open without anybody to answer it
    connections.close().awaitUninterruptibly(STOP.toMillis());
    loops.disposeLater(Duration.ZERO, STOP).subscribe();
  }

  private void tick() {
    try {
      watch.tick();
      feed.statusChanged();
    } catch (RuntimeException e) {
      LOG.warn("cannot look at the job: {}", e.toString());
    }
  }

  private void pulse() {
    try {
      feed.pulse();
    } catch (RuntimeException e) {
      LOG.warn("cannot tell the pages: {}", e.toString());
    }
  }

  /** Counts connections, not requests: one that is kept may ask as often as it likes. */
  private void admit(Channel connection) {
    if (connections.size() >= MOST_CONNECTIONS) {
      var unused = connection.close(); // its end is told by the group
    }
  }

  private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    response
        .header("content-security-policy", POLICY)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer")
        .header("cross-origin-resource-policy", "same-origin")
        .header(HttpHeaderNames.CACHE_CONTROL, "no-store");
    String host = request.requestHeaders().get(HttpHeaderNames.HOST);
    if (!hosts.accepts(host)) {
      return Answers.refuse(
          response,
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "this server is for this machine alone (http.bind) and is not called by that name");
    }
    String path = path(request.uri());
    Route route = routes.get(path);
    if (route == null) {
      Assets.Asset asset = assets.at(path);
      if (asset == null) {
        return Answers.refuse(response, HttpResponseStatus.NOT_FOUND, "there is no such path");
      }
      route = (req, res) -> file(asset, req, res);
    }
    String method = request.method().name();
    if (!route.allows().contains(method)) {
      String allowed = String.join(", ", route.allows());
      response.header(HttpHeaderNames.ALLOW, allowed);
      return Answers.refuse(
          response, HttpResponseStatus.METHOD_NOT_ALLOWED, "allowed here: " + allowed);
    }
    return route.answer(request, response);
  }

  /** What is before the query, as it was sent: nothing is decoded, so nothing is hidden. */
  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  /** Whether the query has a parameter, whatever its value. */
  private static boolean asks(String uri, String name) {
    int query = uri.indexOf('?');
    for (String parameter : (query < 0 ? "" : uri.substring(query + 1)).split("&", -1)) {
      if (parameter.equals(name) || parameter.startsWith(name + "=")) {
        return true;
      }
    }
    return false;
  }

  private static Publisher<Void> file(
      Assets.Asset asset, HttpServerRequest request, HttpServerResponse response) {
    // asked for again each time, and not sent again when it is the same
    response
        .header(HttpHeaderNames.CACHE_CONTROL, "no-cache")
        .header(HttpHeaderNames.ETAG, asset.tag());
    if (asset.tag().equals(request.requestHeaders().get(HttpHeaderNames.IF_NONE_MATCH))) {
      return response.status(HttpResponseStatus.NOT_MODIFIED).send();
    }
    return Answers.body(request, response, asset.type(), asset.content());
  }

  private Publisher<Void> liveness(HttpServerRequest request, HttpServerResponse response) {
    boolean live = watch.isTicking();
    return Answers.body(request, status(response, live), Answers.JSON, Messages.liveness(live));
  }

  private Publisher<Void> readiness(HttpServerRequest request, HttpServerResponse response) {
    Look look = watch.now();
    boolean asLeader = asks(request.uri(), "leader");
    boolean ready = look.ready() && (!asLeader || look.facts().phase() == Phase.RUNNING);
    return Answers.body(
        request, status(response, ready), Answers.JSON, Messages.readiness(look, asLeader, ready));
  }

  private static HttpServerResponse status(HttpServerResponse response, boolean good) {
    return response.status(good ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE);
  }

  private Publisher<Void> scrape(HttpServerRequest request, HttpServerResponse response) {
    return Mono.fromSupplier(() -> metrics.get().getBytes(UTF_8))
        .subscribeOn(clock)
        .flatMap(text -> Mono.from(Answers.body(request, response, PROMETHEUS, text)));
  }

  private Publisher<Void> stream(HttpServerRequest request, HttpServerResponse response) {
    // a page of another origin could not read it, but it could use up the places
    String site = request.requestHeaders().get("sec-fetch-site");
    if ("cross-site".equals(site)) {
      return Answers.refuse(
          response, HttpResponseStatus.FORBIDDEN, "not for pages of other origins");
    }
    response.header("x-accel-buffering", "no").keepAlive(false).sse();
    if (request.method().equals(HttpMethod.HEAD)) {
      return response.send();
    }
    AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    response.withConnection(connection::set);
    Flux<ByteBuf> events =
        feed.listen(
            version(request.requestHeaders().get("last-event-id")),
            () -> {
              Connection open = connection.get();
              if (open != null) {
                open.dispose();
              }
            });
    if (events == null) {
      response.header(HttpHeaderNames.RETRY_AFTER, "10");
      response.header(HttpHeaderNames.CONTENT_TYPE, Answers.JSON);
      return Answers.refuse(
          response,
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          EventFeed.MOST_LISTENERS + " pages listen already");
    }
    return response.send(events, piece -> true);
  }

  private static @Nullable Long version(@Nullable String id) {
    try {
      return id == null ? null : Long.valueOf(id.trim());
    } catch (NumberFormatException e) {
      return null; // not a number of ours: from the beginning
    }
  }
}
