package io.thalweg.problem;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.experiment.Truth;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;

/**
 * The saddles of the golden files {@code saddle_paid} and {@code saddle_gdmax}: the problem without
 * noise, one record of either level, and the runs.
 */
public final class SaddleCase {
  private final String type;
  private final JsonNode golden;
  private final Problem problem;
  private final Batch lower;
  private final Batch upper;
  private final Truth truth;

  private SaddleCase(String type, String file) {
    this.type = type;
    golden = Golden.read(file);
    problem = Problems.create(Settings.of("problem", settings()));
    lower = Exact.batch(problem, Level.LOWER);
    upper = Exact.batch(problem, Level.UPPER);
    truth = new Truth(problem, lower, upper);
  }

  /** P1, with the runs of {@code saddle_paid}. */
  public static SaddleCase strict() {
    return new SaddleCase("strict-saddle", "saddle_paid");
  }

  /** P2, with the runs {@code plain} and {@code perturbed} of {@code saddle_gdmax}. */
  public static SaddleCase minimax() {
    return new SaddleCase("minimax-saddle", "saddle_gdmax");
  }

  /** The W-shape, with the runs {@code w_plain} and {@code w_perturbed} of {@code saddle_gdmax}. */
  public static SaddleCase wShape() {
    return new SaddleCase("w-shape", "saddle_gdmax");
  }

  /** The {@code problem} tree of a job. */
  public Map<String, Object> settings() {
    return Map.of("type", type);
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

  /** The file's {@code params}. */
  public JsonNode params() {
    return golden.get("params");
  }

  /** The file's constants of the problem; of P2 in the file of both minimax problems. */
  public JsonNode data() {
    return golden.get("problem");
  }

  public JsonNode run(String name) {
    return golden.get("runs").get(name);
  }

  /** Where a run starts: its own x0, the file's, or what its first iterate is. */
  public double[] x0(String run) {
    if (run(run).has("x0")) {
      return Golden.numbers(run(run).get("x0"));
    }
    return Golden.numbers(run(run).get("x").get(0));
  }

  public Truth truth() {
    return truth;
  }
}
