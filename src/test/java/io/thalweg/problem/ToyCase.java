package io.thalweg.problem;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The problems of the golden file {@code rxgf_toy}, whose points z are (x, y): the problem without
 * noise, one record of either level, and the runs.
 */
public final class ToyCase {
  private final JsonNode golden;
  private final Map<String, Object> settings;
  private final Problem problem;
  private final Batch lower;
  private final Batch upper;

  private ToyCase(JsonNode golden, Map<String, Object> settings) {
    this.golden = golden;
    this.settings = settings;
    problem = Problems.create(Settings.of("problem", settings));
    lower = Exact.batch(problem, Level.LOWER);
    upper = Exact.batch(problem, Level.UPPER);
  }

  /** The toy with a convex lower level, runs qp1, qp2, rxgf, qcqp. */
  public static ToyCase convex() {
    return toy("convex");
  }

  /** The toy with a nonconvex lower level, runs qp1, qp2, rxgf, qcqp. */
  public static ToyCase nonconvex() {
    return toy("nonconvex");
  }

  private static ToyCase toy(String shape) {
    JsonNode golden = Golden.read("rxgf_toy").get(shape);
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("type", "rxgf-toy");
    settings.put("shape", shape);
    settings.put("c", list(golden.get("c")));
    settings.put("d", list(golden.get("d")));
    settings.put("b", list(golden.get("H")));
    return new ToyCase(golden, settings);
  }

  /** The coreset; its one run is the case itself. */
  public static ToyCase coreset() {
    JsonNode golden = Golden.read("rxgf_toy").get("coreset");
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("type", "coreset");
    settings.put("points", list(golden.get("X")));
    settings.put("target", list(golden.get("y_target")));
    return new ToyCase(golden, settings);
  }

  private static List<Double> list(JsonNode node) {
    List<Double> out = new ArrayList<>();
    for (double number : Golden.numbers(node)) {
      out.add(number);
    }
    return out;
  }

  /** The {@code problem} tree of a job. */
  public Map<String, Object> settings() {
    return settings;
  }

  public Problem problem() {
    return problem;
  }

  /** One record without noise. */
  public Batch lower() {
    return lower;
  }

  /** One record without noise. */
  public Batch upper() {
    return upper;
  }

  /** All that the file holds about the case. */
  public JsonNode golden() {
    return golden;
  }

  public JsonNode run(String name) {
    return golden.has("runs") ? golden.get("runs").get(name) : golden;
  }

  public double[] x0() {
    return x(golden.get("z0"));
  }

  public double[] y0() {
    return y(golden.get("z0"));
  }

  /** The upper part of a point. */
  public double[] x(JsonNode z) {
    return Arrays.copyOf(Golden.numbers(z), problem.upperDim());
  }

  /** The lower part of a point. */
  public double[] y(JsonNode z) {
    int p = problem.upperDim();
    return Arrays.copyOfRange(Golden.numbers(z), p, p + problem.lowerDim());
  }
}
