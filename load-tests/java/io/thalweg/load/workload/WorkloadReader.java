package io.thalweg.load.workload;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.thalweg.load.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads workload files and says what is wrong with them, and where. */
public final class WorkloadReader {
  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(com.fasterxml.jackson.databind.MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();

  private WorkloadReader() {}

  /**
   * Reads one file.
   *
   * @param file its path
   * @return the workload, checked
   * @throws IOException when it is there and cannot be read
   */
  public static Workload read(Path file) throws IOException {
    Workload workload;
    try {
      workload = YAML.readValue(Files.readString(file), Workload.class);
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no workload file " + file);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new ConfigException(
          file + (at == null ? "" : ":" + at.getLineNr()) + ": " + e.getOriginalMessage());
    }
    check(file, workload);
    return workload;
  }

  @SuppressWarnings("ConstantValue") // what a file leaves out arrives as null
  private static void check(Path file, Workload workload) {
    require(workload.title() != null, file, "title is missing");
    require(!workload.settings().isEmpty(), file, "settings must name at least one");
    require(!workload.phases().isEmpty(), file, "phases must name at least one");
    for (Setting setting : workload.settings()) {
      require(
          setting.name() != null && setting.name().matches("[a-z0-9][a-z0-9-]*"),
          file,
          "settings.name must match [a-z0-9][a-z0-9-]*, but was " + setting.name());
    }
    for (Phase phase : workload.phases()) {
      String at = "phase " + phase.name();
      require(phase.name() != null, file, "every phase needs a name");
      require(phase.seconds() > 0, file, at + ": seconds must be above 0");
      require(phase.rate() >= 0, file, at + ": rate must not be below 0");
      require(
          phase.to() == 0 || (phase.rate() > 0 && phase.steps() > 1),
          file,
          at + ": a ramp (to) needs a rate above 0 and at least 2 steps");
      require(
          workload.format() == Workload.Format.BINARY || workload.perRecord() == 1,
          file,
          "per-record above 1 needs format binary");
    }
  }

  private static void require(boolean right, Path file, String wrong) {
    if (!right) {
      throw new ConfigException(file + ": " + wrong);
    }
  }
}
