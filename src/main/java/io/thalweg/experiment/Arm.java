package io.thalweg.experiment;

import io.thalweg.settings.Settings;
import java.util.Map;

/**
 * One curve of an experiment: a method with its settings.
 *
 * @param name unique within the experiment, lower case with dashes
 * @param solver the {@code solver} tree of a job: {@code method} and its keys
 * @param variant what the experiment itself varies for this curve, such as a coupling; may be empty
 */
public record Arm(String name, Map<String, ?> solver, Map<String, ?> variant) {
  /**
   * A curve that differs from the others in its method alone.
   *
   * @param name unique within the experiment
   * @param solver the {@code solver} tree of a job
   */
  public Arm(String name, Map<String, ?> solver) {
    this(name, solver, Map.of());
  }

  /**
   * The method's id.
   *
   * @return {@code solver.method}
   */
  public String method() {
    return settings().text("method");
  }

  /**
   * The settings as methods read them.
   *
   * @return the {@code solver} tree
   */
  public Settings settings() {
    return Settings.of("solver", solver);
  }

  /**
   * What the experiment varies, as it reads it.
   *
   * @return the {@code variant} tree
   */
  public Settings options() {
    return Settings.of("variant", variant);
  }
}
