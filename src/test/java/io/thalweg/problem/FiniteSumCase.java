package io.thalweg.problem;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.experiment.Truth;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;

/**
 * The finite sum of the golden files {@code fd_finite_sum} and {@code reconstructed}: the problem,
 * all its records in the order of their numbers, and where runs start.
 */
public final class FiniteSumCase {
  private final JsonNode golden = Golden.read("fd_finite_sum");
  private final JsonNode data = golden.get("problem");
  private final Problem problem;
  private final Batch lower;
  private final Batch upper;
  private final Truth truth;

  public FiniteSumCase() {
    problem = Problems.create(Settings.of("problem", settings()));
    int n = data.get("n").intValue();
    lower = new Batch(problem.schema(Level.LOWER), n);
    upper = new Batch(problem.schema(Level.UPPER), n);
    for (int i = 0; i < n; i++) {
      append(lower, i, "A", "C", "a");
      append(upper, i, "t", "r");
    }
    truth = new Truth(problem, lower, upper);
  }

  /** The {@code problem} tree of a job. */
  public Map<String, Object> settings() {
    return Map.of(
        "type",
        "finite-sum",
        "dx",
        x0().length,
        "dy",
        y0().length,
        "terms",
        data.get("n").intValue(),
        "nl",
        data.get("nl").doubleValue(),
        "rho",
        data.get("rho").doubleValue());
  }

  private void append(Batch batch, int i, String... fields) {
    batch.openRow();
    batch.set(batch.schema().column("index"), 0, i);
    for (String field : fields) {
      double[] values = Golden.numbers(data.get(field).get(i));
      for (int j = 0; j < values.length; j++) {
        batch.set(batch.schema().column(field), j, values[j]);
      }
    }
    batch.commitRow();
  }

  public Problem problem() {
    return problem;
  }

  /** All lower records. */
  public Batch lower() {
    return lower;
  }

  /** All upper records. */
  public Batch upper() {
    return upper;
  }

  /** Some lower records, in this order. */
  public Batch lower(int... indices) {
    return pick(lower, indices);
  }

  /** Some upper records, in this order. */
  public Batch upper(int... indices) {
    return pick(upper, indices);
  }

  private static Batch pick(Batch all, int... indices) {
    Batch batch = new Batch(all.schema(), indices.length);
    for (int index : indices) {
      batch.appendRow(all, index);
    }
    return batch;
  }

  public double[] x0() {
    return Golden.numbers(golden.get("x0"));
  }

  public double[] y0() {
    return Golden.numbers(golden.get("y0"));
  }

  /** A run of {@code fd_finite_sum}: {@code params}, {@code iterates}, {@code indices}, ends. */
  public JsonNode run(String kind, String method) {
    return golden.get(kind).get(method);
  }

  /** The constants of the problem: x_star, y_star, v_star, F_star, F_x0, hypergrad_x0. */
  public JsonNode data() {
    return data;
  }

  public Truth truth() {
    return truth;
  }

  /** F(x) - F*. */
  public double gap(double[] x) {
    return truth.value(x) - data.get("F_star").doubleValue();
  }
}
