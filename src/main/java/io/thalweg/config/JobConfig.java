package io.thalweg.config;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.Standardization;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A job that was checked: everything the rest of the program needs to know about it.
 *
 * @param job its name
 * @param seed of every random choice
 * @param problemSettings the {@code problem} tree
 * @param solverSettings the keys of the method in the {@code solver} tree, {@code method} included
 * @param upperSettings the {@code upper} tree
 * @param lowerSettings the {@code lower} tree
 * @param batching how samples are gathered into batches
 * @param cadence when snapshots are published
 * @param longVectors how vectors are published that are too long for a snapshot
 * @param samples what records look like
 * @param topics names of the topics
 * @param delivery what readers may rely on
 * @param onDataLoss what to do when records are gone
 * @param onConfigChange what to do when the checkpoint was made with other arithmetic
 * @param http where the page, health and metrics are served
 * @param kafka settings of the Kafka clients
 * @param fingerprint SHA-256 of what determines the arithmetic: problem, solver, starting points,
 *     seed, batch sizes and the shape and split of samples, defaults included; not topics, brokers
 *     or cadence
 * @param effective the whole job as YAML, defaults and overrides included, secrets masked
 * @param warnings what looks odd and is not wrong
 */
public record JobConfig(
    String job,
    long seed,
    Settings problemSettings,
    Settings solverSettings,
    Settings upperSettings,
    Settings lowerSettings,
    Batching batching,
    Cadence cadence,
    LongVectors longVectors,
    Samples samples,
    TopicNames topics,
    Delivery delivery,
    OnTrouble onDataLoss,
    OnTrouble onConfigChange,
    Http http,
    Clients kafka,
    String fingerprint,
    String effective,
    List<String> warnings) {
  /**
   * Copies the list.
   *
   * @param job its name
   * @param seed of every random choice
   * @param problemSettings the {@code problem} tree
   * @param solverSettings the keys of the method in the {@code solver} tree, {@code method}
   *     included
   * @param upperSettings the {@code upper} tree
   * @param lowerSettings the {@code lower} tree
   * @param batching how samples are gathered into batches
   * @param cadence when snapshots are published
   * @param longVectors how vectors are published that are too long for a snapshot
   * @param samples what records look like
   * @param topics names of the topics
   * @param delivery what readers may rely on
   * @param onDataLoss what to do when records are gone
   * @param onConfigChange what to do when the checkpoint was made with other arithmetic
   * @param http where the page, health and metrics are served
   * @param kafka settings of the Kafka clients
   * @param fingerprint SHA-256 of what determines the arithmetic: problem, solver, starting points,
   *     seed, batch sizes and the shape and split of samples, defaults included; not topics,
   *     brokers or cadence
   * @param effective the whole job as YAML, defaults and overrides included, secrets masked
   * @param warnings what looks odd and is not wrong
   */
  public JobConfig {
    warnings = List.copyOf(warnings);
  }

  /**
   * The method's id.
   *
   * @return as in the job file
   */
  public String method() {
    return solverSettings.text("method");
  }

  /**
   * The levels whose samples the method takes in.
   *
   * @return both, or the upper one alone
   */
  public Set<Level> reads() {
    return Methods.reads(method());
  }

  /**
   * Builds the problem; one instance serves one thread.
   *
   * @return a fresh problem
   */
  public Problem problem() {
    return Problems.create(problemSettings);
  }

  /**
   * Builds the solver at its starting point.
   *
   * @param problem from {@link #problem()}
   * @return a fresh solver
   */
  public Solver solver(Problem problem) {
    Solver solver = Builder.solver(solverSettings, upperSettings, lowerSettings, seed, problem);
    Standardization standardization = samples.preparation().standardization();
    return standardization == null ? solver : standardization.around(solver, problem);
  }

  /**
   * The set the upper variable is kept in.
   *
   * @param problem from {@link #problem()}
   * @return the job's, or else the problem's own
   */
  public Constraint constraint(Problem problem) {
    return Builder.constraint(upperSettings, problem);
  }

  /** The same with one more warning. */
  JobConfig withWarning(String warning) {
    List<String> more = new ArrayList<>(warnings);
    more.add(warning);
    return new JobConfig(
        job,
        seed,
        problemSettings,
        solverSettings,
        upperSettings,
        lowerSettings,
        batching,
        cadence,
        longVectors,
        samples,
        topics,
        delivery,
        onDataLoss,
        onConfigChange,
        http,
        kafka,
        fingerprint,
        effective,
        more);
  }

  @Override
  public String toString() {
    return "job " + job + " (" + fingerprint.substring(0, 12) + ")";
  }
}
