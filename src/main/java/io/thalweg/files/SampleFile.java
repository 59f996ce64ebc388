package io.thalweg.files;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that stands in for a topic of one partition: one record per line.
 *
 * @param topic the topic it stands in for
 * @param path where it lies; gzip is told by its content
 * @param contentType what a line holds, for example {@code text/csv}; null for what the job says
 * @param titled whether the first line names the columns and is no record
 */
public record SampleFile(String topic, Path path, @Nullable String contentType, boolean titled) {
  /**
   * The first line of a file.
   *
   * @param path where it lies
   * @return the line, or null when the file is empty
   * @throws SampleFileException when it cannot be read
   */
  public static byte @Nullable [] firstLine(Path path) {
    try (LineReader lines = new LineReader(path)) {
      return lines.next();
    }
  }
}
