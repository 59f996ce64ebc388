package io.thalweg;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reference trajectories; {@code -Dgolden.dir} names another folder with further cases. */
public final class Golden {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> ALIASES = Map.of("mf_storm", "vr-msgbio");

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

  /**
   * The names of the trajectories in a folder. Left out are only those of methods that do not
   * exist: one of a method that does, but cannot be handled, has to fail, and so has a folder
   * without any.
   */
  public static List<String> trajectories(Path folder) {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode golden = JSON.readTree(Files.readAllBytes(file));
        if (golden.has("method") && method(golden) != null) {
          names.add(file.getFileName().toString().replaceAll("\\.json$", ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(names).as("trajectories of our methods in " + folder).isNotEmpty();
    return names;
  }

  /**
   * The id of a trajectory's method, null when there is no such method. What follows a low dash is
   * the variant: mgbio_box is mgbio within a box.
   */
  public static String method(JsonNode golden) {
    String name = golden.get("method").asText();
    String plain = ALIASES.getOrDefault(name, name.replaceAll("_.*", ""));
    return Methods.all().stream()
        .map(MethodInfo::id)
        .filter(id -> id.replace("-", "").equals(plain.replace("-", "")))
        .findFirst()
        .orElse(null);
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
