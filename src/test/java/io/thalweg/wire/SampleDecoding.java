package io.thalweg.wire;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A decoder of one problem's samples with a batch to decode into, for tests. */
final class SampleDecoding {
  final Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
  final SampleDecoder decoder;

  SampleDecoding(SampleOptions options, Map<String, ?> problem) {
    Problem built = Problems.create(Settings.of("problem", problem));
    for (Level level : Level.values()) {
      schemas.put(level, built.schema(level));
    }
    decoder = SampleDecoders.create(options, schemas);
  }

  static SampleDecoding logistic(SampleOptions options, int features, String encoding) {
    return new SampleDecoding(
        options, Map.of("type", "logistic-regression", "features", features, "encoding", encoding));
  }

  static SampleDecoding game(SampleOptions options) {
    return new SampleDecoding(options, Map.of("type", "pl-game", "dx", 1, "dy", 2));
  }

  Batch batch(Level level) {
    return new Batch(schemas.get(level), 8);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The batch of one good sample; fails with the reason otherwise. */
  Batch accept(Level level, String text) {
    Batch batch = batch(level);
    if (decoder.open(utf8(text), null) != 1 || !decoder.decode(0, level, batch)) {
      throw new AssertionError("rejected: " + decoder.rejection());
    }
    return batch;
  }

  /** The reason a sample is refused; fails when it is not, or when it leaves a trace. */
  String refuse(Level level, byte @Nullable [] bytes) {
    Batch batch = batch(level);
    int count = decoder.open(bytes, null);
    for (int i = 0; i < count; i++) {
      if (decoder.decode(i, level, batch)) {
        throw new AssertionError("accepted");
      }
    }
    if (batch.size() != 0) {
      throw new AssertionError("a refused sample left a row");
    }
    return decoder.rejection();
  }

  String refuse(Level level, String text) {
    return refuse(level, utf8(text));
  }
}
