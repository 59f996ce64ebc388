package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    return read(new JobReader(System.getenv(), sets));
  }

  /**
   * The same for commands that ask no broker: secrets that are not on this machine are only named.
   *
   * @throws io.thalweg.config.JobFileException with everything that is wrong
   */
  JobConfig readElsewhere() {
    return read(new JobReader(System.getenv(), sets).elsewhere());
  }

  /**
   * The same with an option that stands for a key, and wins over all other values of it.
   *
   * @param key dotted path
   * @param value its value
   * @param option how complaints about it call it: as it was typed
   * @throws io.thalweg.config.JobFileException with everything that is wrong
   */
  JobConfig read(String key, String value, String option) {
    List<String> all = new ArrayList<>(sets);
    all.add(key + "=" + value);
    return read(new JobReader(System.getenv(), all, Map.of(key, option)));
  }

  private JobConfig read(JobReader reader) {
    JobConfig job = reader.read(file);
    job.warnings().forEach(warning -> LOG.warn("{}: {}", file, warning));
    ClientKeys.warnings(job).forEach(warning -> LOG.warn("{}: {}", file, warning));
    return job;
  }
}
