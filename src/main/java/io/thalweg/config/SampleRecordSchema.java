package io.thalweg.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The JSON Schema of JSON sample records. */
public final class SampleRecordSchema {
  private static final String RESOURCE = "/schemas/sample-v1.json";

  private SampleRecordSchema() {}

  /**
   * The schema as text.
   *
   * @return JSON
   */
  public static String text() {
    try (InputStream in = SampleRecordSchema.class.getResourceAsStream(RESOURCE)) {
      return new String(Objects.requireNonNull(in, RESOURCE).readAllBytes(), StandardCharsets.UTF_8)
          .stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
