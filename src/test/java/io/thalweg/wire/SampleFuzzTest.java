package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged records: no exception, no partial row, nothing in a row that is not finite. */
class SampleFuzzTest {
  private static final int MUTATIONS = 10_000;

  static List<Arguments> cases() {
    List<Arguments> out = new ArrayList<>();
    for (SampleFormat format : SampleFormat.values()) {
      for (String encoding : List.of("dense", "sparse")) {
        for (long seed = 1; seed <= 2; seed++) {
          out.add(Arguments.of(format, encoding, seed));
        }
      }
    }
    return out;
  }

  @ParameterizedTest(name = "{0} into {1}, seed {2}")
  @MethodSource("cases")
  void a_damaged_record_is_refused_or_read_but_never_half_read(
      SampleFormat format, String encoding, long seed) {
    SampleDecoding decoding =
        SampleDecoding.logistic(SampleOptions.of(format).withUnwrap(""), 3, encoding);
    List<byte[]> seeds = records(format);
    SplittableRandom random = new SplittableRandom(seed);
    Batch batch = decoding.batch(Level.LOWER);
    int read = 0;
    for (int round = 0; round < MUTATIONS; round++) {
      byte[] record = mutate(seeds.get(random.nextInt(seeds.size())), random);
      int count = decoding.decoder.open(record, null);
      assertThat(count).isBetween(0, record.length);
      if (count == 0) {
        assertThat(decoding.decoder.rejection()).isNotEmpty();
      }
      for (int i = 0; i < count; i++) {
        Level level = random.nextBoolean() ? Level.LOWER : Level.UPPER;
        batch.clear();
        boolean good = decoding.decoder.decode(i, level, batch);
        assertThat(batch.size()).isEqualTo(good ? 1 : 0);
        assertThat(decoding.decoder.rejection().isEmpty()).isEqualTo(good);
        if (good) {
          read++;
          check(batch);
        }
      }
    }
    // the damage is light enough for some records to survive it
    assertThat(read).isPositive();
  }

  private static void check(Batch batch) {
    boolean sparse = batch.schema().sparse();
    for (int f = sparse ? 1 : 0; f < 3; f++) {
      for (int k = 0; k < batch.schema().fields().get(f).width(); k++) {
        assertThat(batch.column(f)[k]).isFinite();
      }
    }
    if (sparse) {
      for (int k = 0; k < batch.rowStart()[1]; k++) {
        assertThat(batch.index()[k]).isBetween(0, 2);
        assertThat(batch.value()[k]).isFinite();
      }
    }
    assertThat(batch.column(1)[0]).isBetween(-1.0, 1.0);
    assertThat(batch.column(2)[0]).isNotNegative();
  }

  private static byte[] mutate(byte[] seed, SplittableRandom random) {
    byte[] out = seed.clone();
    int edits = random.nextInt(4);
    for (int e = 0; e < edits && out.length > 0; e++) {
      int at = random.nextInt(out.length);
      switch (random.nextInt(5)) {
        case 0 -> out[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> out[at] = (byte) random.nextInt(256);
        case 2 -> out = java.util.Arrays.copyOf(out, at);
        case 3 -> out = java.util.Arrays.copyOf(out, out.length + random.nextInt(9));
        default -> {
          int from = random.nextInt(out.length);
          int n = Math.min(out.length - Math.max(at, from), random.nextInt(8));
          System.arraycopy(out, from, out, at, Math.max(0, n));
        }
      }
    }
    return out;
  }

  private static List<byte[]> records(SampleFormat format) {
    return switch (format) {
      case JSON ->
          List.of(
              SampleDecoding.utf8(
                  "{\"x\":[1.25,-2e3,0],\"y\":1,\"w\":0.5,\"id\":\"a\\u00e9\",\"role\":\"train\"}"),
              SampleDecoding.utf8("{\"i\":[0,2],\"v\":[1e300,-7],\"y\":0,\"t\":1700000000000}"),
              SampleDecoding.utf8(
                  "{\"f\":{\"a\":[{}]},\"x\":[3,4,5],\"y\":-1,\"t\":\"2026-01-01T00:00:00Z\"}"),
              SampleDecoding.utf8("\0\0\0\0\7{\"x\":[3,4,5],\"y\":-1,\"z\":[[null,true]]}"));
      case CSV ->
          List.of(
              SampleDecoding.utf8("1,2.5,-3e-2,1,0.5\r\n"),
              SampleDecoding.utf8("\"1\",\"2\",\"3\",0"));
      case BINARY -> binaries();
    };
  }

  private static List<byte[]> binaries() {
    List<byte[]> out = new ArrayList<>();
    for (String encoding : List.of("dense", "sparse")) {
      SampleDecoding json = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, encoding);
      Batch rows = json.accept(Level.LOWER, "{\"x\":[1,0,-2],\"y\":1}");
      rows.appendRow(rows, 0);
      BinarySamples.Encoder encoder =
          new BinarySamples.Encoder(rows.schema(), rows.schema().sparse() ? Level.UPPER : null);
      out.add(encoder.encode(rows, 0, 2));
      out.add(encoder.encode(rows, 0, 1, new long[] {5}, new long[] {6}));
    }
    return out;
  }
}
