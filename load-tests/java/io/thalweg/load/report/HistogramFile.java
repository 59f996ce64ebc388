package io.thalweg.load.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Whole distributions in HdrHistogram's log format, for its own tools to read. */
public final class HistogramFile {
  private HistogramFile() {}

  /**
   * Writes one interval.
   *
   * @param file where to
   * @param micros a histogram of microseconds; the log's maximum is in milliseconds
   * @param startMillis begin of the interval since 1970
   * @param endMillis its end
   * @throws IOException when it cannot be written
   */
  public static void write(Path file, Histogram micros, long startMillis, long endMillis)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (OutputStream out = Files.newOutputStream(file);
        PrintStream log = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      HistogramLogWriter writer = new HistogramLogWriter(log);
      writer.outputLogFormatVersion();
      writer.outputStartTime(startMillis);
      writer.outputLegend();
      writer.outputIntervalHistogram(0, (endMillis - startMillis) / 1e3, micros, 1000.0);
    }
  }
}
