package io.thalweg.load.openloop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A page as its server sees one: it fetches the files, listens to the stream and reads all of it.
 * Whatever the page shows comes by that stream; it asks for nothing else while it is open.
 */
final class OpenPage implements AutoCloseable {
  private static final List<String> FILES =
      List.of(
          "",
          "page.css",
          "uplot.min.css",
          "icon.svg",
          "uplot.min.js",
          "page.js",
          "charts.js",
          "controls.js",
          "history.js",
          "marks.js",
          "tables.js",
          "text.js");

  private final AtomicLong events = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final CountDownLatch listening = new CountDownLatch(1);
  private final InputStream stream;
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable IOException failure;

  private OpenPage(InputStream stream) {
    this.stream = stream;
    this.thread = new Thread(this::read, "load-page");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Opens it; returns when the first events have come.
   *
   * @param url of the server, with a slash at its end
   */
  static OpenPage open(HttpClient http, String url) throws IOException, InterruptedException {
    for (String file : FILES) {
      HttpResponse<byte[]> answer =
          http.send(get(url + file), HttpResponse.BodyHandlers.ofByteArray());
      require(answer.statusCode(), url + file);
    }
    HttpResponse<InputStream> answer =
        http.send(get(url + "stream"), HttpResponse.BodyHandlers.ofInputStream());
    require(answer.statusCode(), url + "stream");
    OpenPage page = new OpenPage(answer.body());
    if (!page.listening.await(30, TimeUnit.SECONDS)) {
      throw new IOException("no event came from " + url + "stream");
    }
    return page;
  }

  private static HttpRequest get(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  private static void require(int status, String url) throws IOException {
    if (status != 200) {
      throw new IOException(url + " answered " + status);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        bytes.addAndGet(line.length() + 1L);
        if (line.startsWith("event: ")) {
          events.incrementAndGet();
          listening.countDown();
        }
      }
      failure = closed ? null : new IOException("the stream of a page ended");
    } catch (IOException e) {
      failure = closed ? null : e;
    }
  }

  /** Events so far. */
  long events() {
    return events.get();
  }

  /** Bytes so far, in a stream that is ASCII but for names. */
  long bytes() {
    return bytes.get();
  }

  /** Fails when the stream has ended by itself: what was measured then is no page. */
  void check() throws IOException {
    IOException why = failure;
    if (why != null) {
      throw why;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    stream.close();
  }
}
