package io.thalweg.load.workload;

import java.util.List;

/**
 * What is sent when.
 *
 * @param title for people
 * @param about what it shows, in a sentence or two
 * @param problem dense (bank rows, 51 features) or sparse (100 of 2^18 features)
 * @param method of the solver
 * @param format of the samples, json or binary
 * @param perRecord samples in a record
 * @param batch samples per step and level
 * @param linger how long a batch waits to be filled, as the job file says it
 * @param partitions of each sample topic
 * @param sustainedWithin a step of a ramp is sustained when its covered p99 is at most so many ms
 * @param drain most seconds to wait, in the end, until all that was sent is covered
 * @param settings ways to run the job; each is a run of its own
 * @param phases what happens, in order
 */
public record Workload(
    String title,
    String about,
    Problem problem,
    String method,
    Format format,
    int perRecord,
    int batch,
    String linger,
    int partitions,
    double sustainedWithin,
    double drain,
    List<Setting> settings,
    List<Phase> phases) {
  /** What is tuned. */
  public enum Problem {
    /** Bank rows, 51 features, one L2 weight per feature. */
    DENSE,
    /** 100 of 2^18 features by a power law, one L2 weight. */
    SPARSE
  }

  /** What is on the wire. */
  public enum Format {
    /** One JSON object per record. */
    JSON,
    /** Thalweg's binary records. */
    BINARY
  }

  /** Fills in what was not given. */
  @SuppressWarnings("ConstantValue") // what a file leaves out arrives as null
  public Workload {
    about = about == null ? "" : about.strip();
    problem = problem == null ? Problem.DENSE : problem;
    method = method == null ? "vr-msgbio" : method;
    format = format == null ? Format.BINARY : format;
    perRecord = perRecord == 0 ? 1 : perRecord;
    batch = batch == 0 ? 16 : batch;
    linger = linger == null ? "2ms" : linger;
    partitions = partitions == 0 ? 1 : partitions;
    sustainedWithin = sustainedWithin == 0 ? 500 : sustainedWithin;
    drain = drain == 0 ? 20 : drain;
    settings = settings == null ? List.of() : List.copyOf(settings);
    phases = phases == null ? List.of() : List.copyOf(phases);
  }

  /**
   * A shorter or slower run of the same; ramps become their steps.
   *
   * @param scale factor of the durations and of a backlog; no phase is shorter than a second
   * @param rates factor of the rates
   * @return the phases as they are run
   */
  public List<Phase> phases(double scale, double rates) {
    return phases.stream()
        .flatMap(phase -> phase.scaled(scale, rates).expanded().stream())
        .toList();
  }

  /**
   * Whether the solver runs before the first phase.
   *
   * @return false when a phase starts it
   */
  public boolean beginsWithSolver() {
    return phases.stream().noneMatch(phase -> phase.solver() == Phase.SolverEvent.START);
  }

  /**
   * Whether it is a ramp, of which the sustained rate is asked.
   *
   * @return true when a phase climbs
   */
  public boolean isRamp() {
    return phases.stream().anyMatch(phase -> phase.to() > 0);
  }
}
