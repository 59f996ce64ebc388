package io.thalweg.wire;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Time to decode one sample of a logistic regression into a batch, by format. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SampleDecodeBenchmark {
  private static final int RECORDS = 256;
  private static final int PACKED = 64;

  /** What is decoded. */
  @Param({
    "json-dense50-4digits",
    "json-dense50-full",
    "json-sparse100",
    "csv-dense50-4digits",
    "binary-dense50",
    "binary-sparse100",
    "binary-dense50-packed64"
  })
  public String form = "";

  private final byte[][] records = new byte[RECORDS][];
  private SampleDecoder decoder;
  private Batch batch;
  private int samples;
  private int next;

  @Setup
  public void write() {
    boolean sparse = form.contains("sparse");
    int features = sparse ? 1 << 18 : 50;
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    features,
                    "encoding",
                    sparse ? "sparse" : "dense")));
    SampleSchema schema = problem.schema(Level.LOWER);
    SampleFormat format = SampleFormat.named(form.substring(0, form.indexOf('-')));
    decoder =
        SampleDecoders.create(
            SampleOptions.of(format), Map.of(Level.LOWER, schema, Level.UPPER, schema));
    samples = form.contains("packed") ? PACKED : 1;
    batch = new Batch(schema, PACKED);
    SplittableRandom random = new SplittableRandom(1);
    for (int r = 0; r < RECORDS; r++) {
      records[r] =
          switch (format) {
            case JSON -> json(random, sparse, features).getBytes(StandardCharsets.UTF_8);
            case CSV -> csv(random, features).getBytes(StandardCharsets.UTF_8);
            case BINARY -> binary(random, schema, features);
          };
    }
  }

  /** One record; per sample where records are packed. */
  @Benchmark
  public int decode() {
    int count = decoder.open(records[next], null);
    next = (next + 1) % RECORDS;
    if (batch.size() + samples > PACKED) {
      batch.clear();
    }
    for (int i = 0; i < count; i++) {
      if (!decoder.decode(i, Level.LOWER, batch)) {
        throw new IllegalStateException(decoder.rejection());
      }
    }
    return batch.size();
  }

  private String json(SplittableRandom random, boolean sparse, int features) {
    StringBuilder text = new StringBuilder("{");
    if (sparse) {
      text.append("\"i\":[");
      for (int k = 0; k < 100; k++) {
        text.append(k == 0 ? "" : ",").append(random.nextInt(features));
      }
      text.append("],\"v\":[");
      values(random, 100, text);
    } else {
      text.append("\"x\":[");
      values(random, features, text);
    }
    return text.append("],\"y\":").append(random.nextInt(2)).append("}").toString();
  }

  private String csv(SplittableRandom random, int features) {
    StringBuilder text = new StringBuilder();
    values(random, features, text);
    return text.append(",").append(random.nextInt(2)).toString();
  }

  private void values(SplittableRandom random, int n, StringBuilder text) {
    for (int k = 0; k < n; k++) {
      double value = 4 * random.nextDouble() - 2;
      text.append(k == 0 ? "" : ",");
      text.append(form.endsWith("full") ? value : Math.rint(value * 1e4) / 1e4);
    }
  }

  private byte[] binary(SplittableRandom random, SampleSchema schema, int features) {
    Batch rows = new Batch(schema, samples);
    for (int r = 0; r < samples; r++) {
      rows.openRow();
      for (int k = 0; k < (schema.sparse() ? 100 : features); k++) {
        if (schema.sparse()) {
          rows.append(random.nextInt(features), random.nextDouble());
        } else {
          rows.set(0, k, random.nextDouble());
        }
      }
      rows.set(1, 0, random.nextInt(2));
      rows.commitRow();
    }
    return new BinarySamples.Encoder(schema).encode(rows, 0, samples);
  }
}
