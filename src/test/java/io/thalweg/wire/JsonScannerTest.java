package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scanner against the reader that judges: same columns, same answers, same words. */
class JsonScannerTest {
  private static SampleSchema schema(boolean sparse) {
    return Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    6,
                    "encoding",
                    sparse ? "sparse" : "dense")))
        .schema(Level.LOWER);
  }

  private final SampleSchema dense = schema(false);

  private static JsonSamples reader(SampleSchema schema) {
    return new JsonSamples(Map.of(Level.LOWER, schema, Level.UPPER, schema), SampleOptions.DEFAULT);
  }

  /** All that can be seen of a decoding. */
  private static String outcome(SampleSchema schema, byte[] record, boolean fast) {
    JsonSamples reader = reader(schema);
    Batch batch = new Batch(schema, 2);
    reader.open(record);
    if (fast) {
      reader.decode(0, Level.LOWER, batch);
    } else {
      reader.reset();
      reader.read(Level.LOWER, batch);
    }
    return describe(reader, batch);
  }

  private static String describe(SampleReader reader, Batch batch) {
    StringBuilder out = new StringBuilder();
    out.append(reader.accepted()).append(' ').append(reader.rejection()).append(' ');
    out.append(reader.role()).append(' ').append(reader.hasId()).append(reader.idHash());
    out.append(' ').append(reader.eventTime()).append(' ').append(batch.size());
    if (batch.size() > 0) {
      for (int f = 0; f < batch.schema().fields().size(); f++) {
        int width = batch.schema().fields().get(f).width();
        double[] column = batch.column(f);
        for (int j = 0; j < Math.min(width, column.length); j++) {
          out.append(' ').append(Double.doubleToRawLongBits(column[j]));
        }
      }
      if (batch.schema().sparse()) {
        int to = batch.rowStart()[1];
        out.append(Arrays.toString(Arrays.copyOf(batch.index(), to)));
        for (int k = 0; k < to; k++) {
          out.append(' ').append(Double.doubleToRawLongBits(batch.value()[k]));
        }
      }
    }
    return out.toString();
  }

  private static void agree(SampleSchema schema, byte[] record) {
    assertThat(outcome(schema, record, true))
        .as(new String(record, StandardCharsets.ISO_8859_1))
        .isEqualTo(outcome(schema, record, false));
  }

  private static void agree(SampleSchema schema, String record) {
    agree(schema, record.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isPlain(String record) {
    JsonSamples owner = reader(dense);
    return new JsonScanner(dense, owner)
        .scan(record.getBytes(StandardCharsets.UTF_8), 0, new Batch(dense, 1));
  }

  @Test
  void what_producers_write_is_plain() {
    assertThat(isPlain("{\"x\":[1,2,3,4,5,6],\"y\":1}")).isTrue();
    assertThat(isPlain("{\"y\": 0, \"x\": [-0.25, 1e-3, 12.5E+2, 0, 0.0, 3.0], \"w\": 2}\n"))
        .isTrue();
    assertThat(isPlain("{\"i\":[5,0],\"v\":[1.5,-2],\"y\":1}")).isTrue();
    assertThat(isPlain("{\"id\":\"a-17\",\"t\":1700000000000,\"x\":[1,2,3,4,5,6],\"y\":1}"))
        .isTrue();
    assertThat(isPlain("{\"role\":\"train\",\"id\":17,\"x\":[1,2,3,4,5,6],\"y\":1}")).isTrue();
    assertThat(isPlain("{\"x\":[0.12345678901234567,2,3,4,5,6],\"y\":1}")).isTrue();
    assertThat(isPlain("{\"name\":\"A. B.\",\"x\":[1,2,3,4,5,6],\"vip\":true,\"y\":1,\"n\":null}"))
        .isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{\"x\":[1,2,3,4,5],\"y\":1}",
        "{\"x\":[1,2,3,4,5,6,7],\"y\":1}",
        "{\"x\":[1,2,3,4,5,6]}",
        "{\"x\":[1,2,3,4,5,6],\"y\":2}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"y\":1}",
        "{\"x\":[01,2,3,4,5,6],\"y\":1}",
        "{\"x\":[+1,2,3,4,5,6],\"y\":1}",
        "{\"x\":[1.,2,3,4,5,6],\"y\":1}",
        "{\"x\":[.5,2,3,4,5,6],\"y\":1}",
        "{\"x\":[1e,2,3,4,5,6],\"y\":1}",
        "{\"x\":[1e999,2,3,4,5,6],\"y\":1}",
        "{\"x\":[-,2,3,4,5,6],\"y\":1}",
        "{\"x\":[NaN,2,3,4,5,6],\"y\":1}",
        "{\"x\":[1 2,3,4,5,6],\"y\":1}",
        "{\"x\":[1,2,3,4,5,6,],\"y\":1}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1} x",
        "{\"x\":[1,2,3,4,5,6],\"y\":1",
        "{\"x\":[1,2,3,4,5,6],\"y\":\"1\"}",
        "{\"x\":[1,2,3,4,5,6],\"y\":null}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"w\":null}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"w\":-1}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"i\":[1],\"v\":[1]}",
        "{\"i\":[1,2],\"v\":[1],\"y\":1}",
        "{\"i\":[6],\"v\":[1],\"y\":1}",
        "{\"i\":[1.0],\"v\":[1],\"y\":1}",
        "{\"i\":[-1],\"v\":[1],\"y\":1}",
        "{\"i\":[],\"v\":[],\"y\":1}",
        "{\"i\":[3,3],\"v\":[1e308,1e308],\"y\":1}",
        "{\"i\":[1234567890123],\"v\":[1],\"y\":1}",
        "{\"i\":[1],\"y\":1}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"role\":\"test\"}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"t\":1e300}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"t\":\"2026-01-02T03:04:05Z\"}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"id\":\"\\u0041\"}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"id\":\"é\"}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"id\":true}",
        "{\"x\":[1,2,3,4,5,6],\"y\":1,\"other\":{\"a\":[1]}}",
        "{\"x\":[-0,-0.0,-0e5,-0.0e-3,0e9,-1e-400],\"y\":-0}",
        "{\"x\":[100000000000000000000,12345678901234567890,1,2,3,9007199254740993],\"y\":1}",
        "{\"x\":[0.1234567890123456789012,0.00000000000000000000012345678901234567,1,2,3,4],\"y\":1}",
        "[1]",
        "{}",
        "",
        "{"
      })
  void odd_records_end_as_before(String record) {
    agree(dense, record);
    agree(schema(true), record);
  }

  /** Records of every plain form, then with a byte changed, taken out, doubled or cut off. */
  @ParameterizedTest(name = "seed {0}, sparse {1}")
  @CsvSource({"1, false", "2, false", "3, true", "4, true"})
  void records_with_accidents_end_as_before(long seed, boolean sparse) {
    SplittableRandom random = new SplittableRandom(seed);
    SampleSchema schema = schema(sparse);
    byte[] letters =
        "0123456789-+.eE,:[]{}\"\\ xyivwtd\n\u0000".getBytes(StandardCharsets.US_ASCII);
    for (int n = 0; n < 20_000; n++) {
      byte[] record = record(random).getBytes(StandardCharsets.UTF_8);
      agree(schema, record);
      int at = random.nextInt(record.length);
      byte[] other = record.clone();
      switch (random.nextInt(4)) {
        case 0 -> other[at] = letters[random.nextInt(letters.length)];
        case 1 -> other = Arrays.copyOf(record, at);
        case 2 -> System.arraycopy(record, at + 1, other, at, record.length - at - 1);
        default -> other[at] = (byte) random.nextInt(256);
      }
      agree(schema, other);
    }
  }

  private static String record(SplittableRandom random) {
    List<String> parts = new java.util.ArrayList<>(List.of("\"y\":" + random.nextInt(-1, 2)));
    if (random.nextInt(3) > 0) {
      StringBuilder x = new StringBuilder("\"x\":[");
      for (int j = 0; j < 6; j++) {
        x.append(j > 0 ? "," : "").append(number(random));
      }
      parts.add(x.append(']').toString());
    } else {
      int k = random.nextInt(5);
      StringBuilder i = new StringBuilder("\"i\":[");
      StringBuilder v = new StringBuilder("\"v\":[");
      for (int j = 0; j < k; j++) {
        i.append(j > 0 ? ", " : "").append(random.nextInt(6));
        v.append(j > 0 ? ", " : "").append(number(random));
      }
      parts.add(i.append(']').toString());
      parts.add(v.append(']').toString());
    }
    if (random.nextBoolean()) {
      parts.add("\"w\": " + random.nextInt(4));
    }
    if (random.nextBoolean()) {
      parts.add(
          "\"id\":" + (random.nextBoolean() ? "\"k" + random.nextInt() + "\"" : random.nextInt()));
    }
    if (random.nextInt(4) == 0) {
      parts.add("\"t\":" + random.nextLong(2_000_000_000_000L));
    }
    if (random.nextInt(4) == 0) {
      parts.add("\"role\":\"" + (random.nextBoolean() ? "train" : "validation") + "\"");
    }
    if (random.nextInt(8) == 0) {
      String[] more = {"true", "false", "null", "12.5", "\"text\"", "[1]", "tru", "{}", "\"\\n\""};
      parts.add("\"more\":" + more[random.nextInt(more.length)]);
      parts.add("\"more\": 1e5");
    }
    java.util.Collections.shuffle(parts, new java.util.Random(random.nextLong()));
    return "{" + String.join(random.nextBoolean() ? "," : " , ", parts) + "}";
  }

  private static String number(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> Integer.toString(random.nextInt(-100, 100));
      case 1 -> String.format(java.util.Locale.ROOT, "%.4f", random.nextDouble() - 0.5);
      case 2 -> Double.toString(random.nextDouble() * 1e3 - 500);
      case 3 -> Double.toString(Double.longBitsToDouble(random.nextLong() & ~(0x7L << 60)));
      case 4 -> Long.toString(random.nextLong());
      default -> random.nextInt(10) + "e" + random.nextInt(-30, 30);
    };
  }
}
