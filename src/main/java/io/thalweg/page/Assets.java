package io.thalweg.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The files of the page, by a list: no path of a request ever reaches a file system. */
final class Assets {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  private final Map<String, Asset> byPath = new LinkedHashMap<>();

  /** A file: what it holds, what it is, and a tag that changes with what it holds. */
  record Asset(byte[] content, String type, String tag) {}

  Assets() {
    add("index.html", HTML);
    for (String script :
        List.of("page", "charts", "controls", "history", "marks", "tables", "text", "uplot.min")) {
      add(script + ".js", SCRIPT);
    }
    add("page.css", STYLE);
    add("uplot.min.css", STYLE);
    add("icon.svg", "image/svg+xml");
    add("uplot.LICENSE.txt", "text/plain; charset=utf-8");
    byPath.put("/", Objects.requireNonNull(byPath.get("/index.html")));
  }

  @Nullable Asset at(String path) {
    return byPath.get(path);
  }

  private void add(String name, String type) {
    try (InputStream in = Assets.class.getResourceAsStream("/page/" + name)) {
      byte[] content = Objects.requireNonNull(in, name).readAllBytes();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      String tag = '"' + HexFormat.of().formatHex(hash, 0, 8) + '"';
      byPath.put("/" + name, new Asset(content, type, tag));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
