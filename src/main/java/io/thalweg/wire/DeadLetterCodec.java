package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.thalweg.stream.DeadLetter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters as lines of JSON, for where there is no dead-letter topic:
 *
 * <pre>
 * {"where": "train.jsonl:17", "topic": "churn.train", "partition": 0, "offset": 16, "index": 0, "reason": "...", "value": "{\"x\": [1,"}
 * </pre>
 *
 * <p>A value that is not UTF-8 text is given as {@code value-base64}; a missing one as null.
 */
public final class DeadLetterCodec {
  private static final JsonFactory FACTORY = new JsonFactory();

  private DeadLetterCodec() {}

  /**
   * One letter.
   *
   * @param letter what could not be used
   * @param where its place in words, for example file and line
   * @return UTF-8 JSON on one line, without a line end
   */
  public static byte[] encode(DeadLetter letter, String where) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("where", where);
      json.writeStringField("topic", letter.lane().topic());
      json.writeNumberField("partition", letter.lane().partition());
      json.writeNumberField("offset", letter.position().offset());
      json.writeNumberField("index", letter.position().index());
      json.writeStringField("reason", letter.reason());
      byte[] value = letter.value();
      String text = text(value);
      if (value == null || text != null) {
        json.writeStringField("value", text);
      } else {
        json.writeBinaryField("value-base64", value);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toByteArray();
  }

  private static @Nullable String text(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
