package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decoding a plain record leaves nothing for the collector. */
class DecodeAllocationTest {
  private static final int RECORDS = 20_000;

  @ParameterizedTest(name = "{0}, sparse {1}")
  @CsvSource({"JSON, false", "JSON, true", "BINARY, false", "BINARY, true"})
  void a_record_allocates_nothing(SampleFormat format, boolean sparse) {
    SampleSchema schema =
        Problems.create(
                Settings.of(
                    "problem",
                    Map.of(
                        "type",
                        "logistic-regression",
                        "features",
                        4,
                        "encoding",
                        sparse ? "sparse" : "dense")))
            .schema(Level.LOWER);
    SampleDecoder decoder =
        SampleDecoders.create(
            SampleOptions.of(format), Map.of(Level.LOWER, schema, Level.UPPER, schema));
    byte[] record = record(format, sparse, schema);
    Batch batch = new Batch(schema, 64);
    decode(decoder, record, batch);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int window = 0; window < 3; window++) {
      long before = threads.getThreadAllocatedBytes(thread);
      decode(decoder, record, batch);
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes for %d records", RECORDS).isLessThan(RECORDS);
  }

  private static byte[] record(SampleFormat format, boolean sparse, SampleSchema schema) {
    String features =
        sparse ? "\"i\":[0,3],\"v\":[0.25,-1.5]" : "\"x\":[0.25,-1.5,3,0.12345678901234567]";
    byte[] json = ("{" + features + ",\"y\":1,\"id\":17}").getBytes(StandardCharsets.US_ASCII);
    if (format == SampleFormat.JSON) {
      return json;
    }
    SampleDecoder decoder =
        SampleDecoders.create(
            SampleOptions.of(SampleFormat.JSON), Map.of(Level.LOWER, schema, Level.UPPER, schema));
    Batch one = new Batch(schema, 1);
    decoder.open(json, null);
    assertThat(decoder.decode(0, Level.LOWER, one)).as(decoder.rejection()).isTrue();
    return new BinarySamples.Encoder(schema).encode(one, 0, 1);
  }

  private static void decode(SampleDecoder decoder, byte[] record, Batch batch) {
    for (int i = 0; i < RECORDS; i++) {
      if (batch.isFull()) {
        batch.clear();
      }
      if (decoder.open(record, null) != 1 || !decoder.decode(0, Level.LOWER, batch)) {
        throw new AssertionError(decoder.rejection());
      }
    }
  }
}
