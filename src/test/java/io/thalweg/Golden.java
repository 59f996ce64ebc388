package io.thalweg;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reference trajectories; {@code -Dgolden.dir} names another folder with further cases. */
public final class Golden {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Golden() {}

  public static Path dir() {
    return Path.of(System.getProperty("golden.dir", "src/test/resources/golden"));
  }

  public static JsonNode read(String name) {
    try {
      return JSON.readTree(Files.readAllBytes(dir().resolve(name + ".json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A vector, or a matrix row by row. */
  public static double[] numbers(JsonNode node) {
    if (node.isNumber()) {
      return new double[] {node.doubleValue()};
    }
    double[] out = new double[0];
    for (JsonNode entry : node) {
      double[] part = numbers(entry);
      int at = out.length;
      out = java.util.Arrays.copyOf(out, at + part.length);
      System.arraycopy(part, 0, out, at, part.length);
    }
    return out;
  }

  /** |found - expected| &lt;= tolerance max(1, |expected|), Euclidean norm. */
  public static void assertClose(String what, double[] found, double[] expected, double tolerance) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      error += (found[i] - expected[i]) * (found[i] - expected[i]);
      size += expected[i] * expected[i];
    }
    assertThat(Math.sqrt(error))
        .as("%s: distance to the golden value", what)
        .isLessThanOrEqualTo(tolerance * Math.max(1, Math.sqrt(size)));
  }
}
