package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options of every command that works on a job. */
final class JobFile {
  private static final Logger LOG = LoggerFactory.getLogger(JobFile.class);

  @Option(
      names = {"-c", "--config"},
      required = true,
      paramLabel = "FILE",
      description = "The job file (YAML or JSON).")
  private Path file = Path.of("job.yaml");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Overrides one key, for example --set solver.gamma=0.1; may be repeated.",
        "Wins over the environment (THALWEG_SOLVER_GAMMA=0.1), and that over the file."
      })
  private List<String> sets = new ArrayList<>();

  JobFile() {}

  /** The file's name, as it was given. */
  Path file() {
    return file;
  }

  /**
   * Reads the job and logs what looks odd.
   *
   * @throws io.thalweg.config.JobFileException with everything that is wrong
   */
  JobConfig read() {
    return read(List.of());
  }

  /**
   * The same with more overrides, which win over all others.
   *
   * @throws io.thalweg.config.JobFileException with everything that is wrong
   */
  JobConfig read(List<String> overrides) {
    List<String> all = new ArrayList<>(sets);
    all.addAll(overrides);
    JobConfig job = new JobReader(System.getenv(), all).read(file);
    job.warnings().forEach(warning -> LOG.warn("{}: {}", file, warning));
    ClientKeys.warnings(job).forEach(warning -> LOG.warn("{}: {}", file, warning));
    return job;
  }
}
