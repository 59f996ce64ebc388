package io.thalweg.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Chromium without a window, driven through chromedriver by the W3C WebDriver protocol. */
public final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Nothing of it asks anybody but the page. */
  private static final List<String> FLAGS =
      List.of(
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Process driver;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final String base;
  private final String session;

  private Browser(Process driver, int port) throws Exception {
    this.driver = driver;
    this.base = "http://127.0.0.1:" + port;
    awaitDriver();
    ObjectNode options = JSON.createObjectNode();
    ArrayNode args = options.putArray("args");
    FLAGS.forEach(args::add);
    executable("chromium", "chromium-browser", "google-chrome")
        .ifPresent(path -> options.put("binary", path.toString()));
    ObjectNode wanted = JSON.createObjectNode();
    ObjectNode match = wanted.putObject("capabilities").putObject("alwaysMatch");
    match.set("goog:chromeOptions", options);
    match.putObject("goog:loggingPrefs").put("browser", "ALL");
    this.session = call("POST", "/session", wanted).get("sessionId").asText();
  }

  /** The browser and its driver, where this machine has both. */
  public static boolean isInstalled() {
    return executable("chromedriver").isPresent()
        && executable("chromium", "chromium-browser", "google-chrome").isPresent();
  }

  public static Browser open(Path folder) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Process driver =
        new ProcessBuilder(executable("chromedriver").orElseThrow().toString(), "--port=" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("chromedriver.log").toFile())
            .start();
    try {
      return new Browser(driver, port);
    } catch (Exception | Error e) {
      driver.destroy();
      throw e;
    }
  }

  private static Optional<Path> executable(String... names) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .flatMap(dir -> Stream.of(names).map(name -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void awaitDriver() throws Exception {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        call("GET", "/status", null);
        return;
      } catch (IOException notYet) {
        if (System.nanoTime() > until || !driver.isAlive()) {
          throw notYet;
        }
        Thread.sleep(100);
      }
    }
  }

  private JsonNode call(
      String method, String path, @org.jspecify.annotations.Nullable JsonNode body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("content-type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    JsonNode value = JSON.readTree(answer.body()).get("value");
    assertThat(answer.statusCode()).as("%s %s: %s", method, path, value).isEqualTo(200);
    return value;
  }

  private JsonNode in(String method, String path, @org.jspecify.annotations.Nullable JsonNode body)
      throws IOException, InterruptedException {
    return call(method, "/session/" + session + path, body);
  }

  public void go(String url) throws Exception {
    in("POST", "/url", JSON.createObjectNode().put("url", url));
  }

  /** A screen of this size, a phone's where it is narrow: a window cannot be made that small. */
  public void size(int width, int height) throws Exception {
    ObjectNode command = JSON.createObjectNode();
    command.put("cmd", "Emulation.setDeviceMetricsOverride");
    command
        .putObject("params")
        .put("width", width)
        .put("height", height)
        .put("deviceScaleFactor", 1)
        .put("mobile", width < 700);
    in("POST", "/goog/cdp/execute", command);
  }

  /** The value of a function's body in the page. */
  public JsonNode script(String body) throws IOException, InterruptedException {
    ObjectNode call = JSON.createObjectNode().put("script", body);
    call.putArray("args");
    return in("POST", "/execute/sync", call);
  }

  /** Clicks as a person does: what lies over the element would get it instead. */
  public void click(String selector) throws Exception {
    ObjectNode find = JSON.createObjectNode().put("using", "css selector").put("value", selector);
    JsonNode element = in("POST", "/element", find);
    in(
        "POST",
        "/element/" + element.elements().next().asText() + "/click",
        JSON.createObjectNode());
  }

  /** Types as a person does, into what has the focus of this element. */
  public void type(String selector, String text) throws Exception {
    ObjectNode find = JSON.createObjectNode().put("using", "css selector").put("value", selector);
    JsonNode element = in("POST", "/element", find);
    in(
        "POST",
        "/element/" + element.elements().next().asText() + "/value",
        JSON.createObjectNode().put("text", text));
  }

  /** Waits until an expression is true in the page. */
  public void until(String expression) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!script("return !!(" + expression + ")").asBoolean()) {
      assertThat(System.nanoTime()).as("never came true: %s", expression).isLessThan(end);
      Thread.sleep(100);
    }
  }

  /** What the console has said since it was asked last, at this level. */
  public List<String> console(String level) throws Exception {
    List<String> out = new ArrayList<>();
    for (JsonNode line : in("POST", "/se/log", JSON.createObjectNode().put("type", "browser"))) {
      if (line.get("level").asText().equals(level)) {
        out.add(line.get("message").asText());
      }
    }
    return out;
  }

  public byte[] screenshot() throws Exception {
    return Base64.getDecoder().decode(in("GET", "/screenshot", null).asText());
  }

  @Override
  public void close() throws Exception {
    try {
      in("DELETE", "", null);
    } finally {
      driver.destroy();
      driver.waitFor(10, TimeUnit.SECONDS);
    }
  }
}
