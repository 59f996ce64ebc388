package io.thalweg.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a line must be before it is sent. */
interface RecordCheck {
  /** Why a line cannot be sent, or null when it can. */
  @Nullable String complaint(byte[] line);

  /** Sends anything. */
  static RecordCheck none() {
    return line -> null;
  }

  /**
   * Each line one record: for JSON exactly one object; a CSV line is a record whatever it holds.
   */
  static RecordCheck record(SampleFormat format) {
    JsonFactory json = new JsonFactory();
    return format == SampleFormat.JSON ? line -> oneObject(json, line) : none();
  }

  /** Each line a sample the solver can use at a level; null stands for either. */
  static RecordCheck sample(
      SampleOptions options,
      SampleFormat format,
      Map<Level, SampleSchema> schemas,
      @Nullable Level level) {
    SampleDecoder decoder = SampleDecoders.create(options, schemas);
    return line -> {
      if (decoder.open(line, format.contentType()) == 0) {
        return decoder.rejection();
      }
      String reason = "";
      for (Level each : Level.values()) {
        SampleSchema schema = schemas.get(each);
        if (schema != null && (level == null || level == each)) {
          // one row at a time: the batch is thrown away
          if (decoder.decode(0, each, new Batch(schema, 1))) {
            return null;
          }
          reason = decoder.rejection();
        }
      }
      return reason;
    };
  }

  private static @Nullable String oneObject(JsonFactory json, byte[] line) {
    try (JsonParser parser = json.createParser(line)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        return "expected one JSON object, found "
            + (first == null ? "nothing" : first.toString().toLowerCase(java.util.Locale.ROOT));
      }
      parser.skipChildren();
      return parser.nextToken() == null ? null : "expected one JSON object, found more after it";
    } catch (JsonProcessingException e) {
      long column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      return "column " + column + ": not JSON: " + e.getOriginalMessage();
    } catch (IOException e) {
      return "not readable: " + e.getMessage();
    }
  }
}
