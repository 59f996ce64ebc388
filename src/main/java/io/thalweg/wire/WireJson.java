package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.util.Map;

/** How all records of this product are written and read where they are JSON. */
final class WireJson {
  /** Base64 of a vector of 24 million entries. */
  private static final int LONGEST_TEXT = 256 << 20;

  /** ASCII, shortest round-trip decimals; a key given twice is an error. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII) // any terminal, any reader
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxStringLength(LONGEST_TEXT)
                  .build())
          .build();

  private WireJson() {}

  /**
   * Writes figures as an object.
   *
   * @throws NonFiniteException when one is not finite
   */
  static void writeFigures(JsonGenerator json, String name, Map<String, Double> figures)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Double> figure : figures.entrySet()) {
      double value = figure.getValue();
      if (!Double.isFinite(value)) {
        throw new NonFiniteException(name + "." + figure.getKey(), value);
      }
      json.writeNumberField(figure.getKey(), value);
    }
    json.writeEndObject();
  }
}
