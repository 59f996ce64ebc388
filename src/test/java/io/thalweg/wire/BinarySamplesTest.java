package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BinarySamplesTest {
  private static final SampleOptions BINARY = SampleOptions.of(SampleFormat.BINARY);

  private final SampleDecoding dense = SampleDecoding.logistic(BINARY, 3, "dense");
  private final SampleDecoding sparse = SampleDecoding.logistic(BINARY, 3, "sparse");

  @ParameterizedTest(name = "written {0}")
  @ValueSource(strings = {"dense", "sparse"})
  void packed_samples_come_back_one_by_one_in_either_layout(String layout) {
    SampleDecoding writer = layout.equals("dense") ? dense : sparse;
    Batch rows = samples(writer);
    byte[] record =
        new BinarySamples.Encoder(rows.schema(), Level.UPPER)
            .encode(rows, 0, 3, new long[] {10, -20, 30}, new long[] {7, -8, Long.MIN_VALUE});
    for (SampleDecoding reader : List.of(dense, sparse)) {
      Batch back = reader.batch(Level.LOWER);
      assertThat(reader.decoder.open(record, null)).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        assertThat(reader.decoder.decode(i, Level.LOWER, back)).isTrue();
        assertThat(reader.decoder.role()).isEqualTo(Level.UPPER);
        assertThat(reader.decoder.eventTime()).isEqualTo(new long[] {10, -20, 30}[i]);
        assertThat(reader.decoder.idHash())
            .isEqualTo(IdHash.of(List.of("7", "-8", "-9223372036854775808").get(i)));
      }
      Batch expected = samples(reader);
      assertThat(back.size()).isEqualTo(3);
      assertThat(back.column(0)).isEqualTo(expected.column(0));
      assertThat(back.column(1)).isEqualTo(expected.column(1));
      assertThat(back.column(2)).isEqualTo(expected.column(2));
      assertThat(back.rowStart()).isEqualTo(expected.rowStart());
      assertThat(back.index()).isEqualTo(expected.index());
      assertThat(back.value()).isEqualTo(expected.value());
    }
  }

  @Test
  void a_sample_may_be_asked_for_again_and_out_of_turn() {
    Batch rows = samples(sparse);
    byte[] record = new BinarySamples.Encoder(rows.schema()).encode(rows, 0, 3);
    Batch back = sparse.batch(Level.LOWER);
    sparse.decoder.open(record, null);
    for (int i : new int[] {2, 2, 0, 1}) {
      assertThat(sparse.decoder.decode(i, Level.LOWER, back)).isTrue();
    }
    assertThat(Arrays.copyOf(back.index(), 3)).containsExactly(0, 2, 1);
    assertThat(Arrays.copyOf(back.rowStart(), 5)).containsExactly(0, 0, 0, 2, 3);
    assertThat(sparse.decoder.hasId()).isFalse();
    assertThat(sparse.decoder.role()).isNull();
  }

  @Test
  void one_bad_sample_does_not_spoil_the_others() {
    Batch rows = samples(dense);
    rows.column(0)[4] = Double.NaN;
    byte[] record = new BinarySamples.Encoder(rows.schema()).encode(rows, 0, 3);
    Batch back = dense.batch(Level.LOWER);
    assertThat(dense.decoder.open(record, null)).isEqualTo(3);
    assertThat(dense.decoder.decode(0, Level.LOWER, back)).isTrue();
    assertThat(dense.decoder.decode(1, Level.LOWER, back)).isFalse();
    assertThat(dense.decoder.rejection()).isEqualTo("x[1] must be finite, but was NaN at byte 64");
    assertThat(dense.decoder.decode(2, Level.LOWER, back)).isTrue();
    assertThat(back.size()).isEqualTo(2);
  }

  @ParameterizedTest(name = "int {1} at byte {0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 1 | must begin with the bytes 54 53, but began with 01 00",
        "2 | 514 | must be of format version 1, but was 2",
        "4 | 0 | must hold at least 1 sample of at least 1 number, but held 0 of 2 numbers",
        "4 | -1 | must hold at least 1 sample of at least 1 number, but held -1 of 2 numbers",
        "4 | 2147483647 | must have more than 100 bytes for 2147483647 samples, but had 100",
        "4 | 5 | must have 116 bytes for 5 samples, but had 100",
        "12 | -1 | must hold at least 1 sample of at least 1 number, but held 3 of -1 numbers",
        "12 | 2147483647 | must have more than 100 bytes for 3 samples, but had 100",
        "12 | 1 | must store fewer features than it has bytes, but sample 1 ends at 1072693248",
        "64 | -1 | sample 0 must store 0 or more features, but stored -1",
        "64 | 2147483647 | must store fewer features than it has bytes, but sample 0 ends at"
            + " 2147483647",
        "64 | 2 | must have 112 bytes for 3 samples, but had 100",
      })
  void lengths_are_checked_before_they_are_used(int at, int value, String reason) {
    byte[] record = oneEach();
    ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    assertThat(sparse.refuse(Level.LOWER, record)).isEqualTo(reason);
  }

  @ParameterizedTest(name = "int {1} at byte {0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "8 | 5 | y is missing",
        "8 | 15 | must hold fields of a train sample, which has 3, but the mask of fields was 0xf",
        "8 | 6 | is sparse, but holds no feature row of a train sample",
        "8 | 3 | must hold 1 numbers per train sample, but held 2",
        "76 | 3 | i[0] must be in [0, 2], but was 3",
        "80 | -1 | i[0] must be in [0, 2], but was -1",
      })
  void a_sample_that_does_not_fit_its_level_is_refused(int at, int value, String reason) {
    byte[] record = oneEach();
    ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    Batch back = sparse.batch(Level.LOWER);
    assertThat(sparse.decoder.open(record, null)).isEqualTo(3);
    int bad = at == 80 ? 1 : 0;
    assertThat(sparse.decoder.decode(bad, Level.LOWER, back)).isFalse();
    assertThat(sparse.decoder.rejection()).isEqualTo(reason);
    assertThat(back.size()).isZero();
  }

  @Test
  void unknown_flags_and_stubs_are_refused() {
    byte[] record = oneEach();
    record[3] |= 64;
    assertThat(sparse.refuse(Level.LOWER, record))
        .isEqualTo("has flags that mean nothing together: 41");
    record[3] = 48;
    assertThat(sparse.refuse(Level.LOWER, record))
        .isEqualTo("has flags that mean nothing together: 30");
    record[3] = 8;
    assertThat(sparse.refuse(Level.LOWER, record))
        .isEqualTo("has flags that mean nothing together: 08");
    assertThat(sparse.refuse(Level.LOWER, Arrays.copyOf(record, 15)))
        .isEqualTo("must have a header of 16 bytes, but had 15 bytes in all");
  }

  @Test
  void the_examples_of_the_page_on_record_formats_are_right() throws IOException {
    List<String> page =
        Files.readAllLines(
            Path.of(System.getProperty("project.basedir"), "src/docs/record-formats.md"));
    SampleDecoding two = SampleDecoding.logistic(BINARY, 2, "dense");
    Batch rows = two.batch(Level.LOWER);
    row(rows, 1, 0.5, -2);
    byte[] record = new BinarySamples.Encoder(rows.schema()).encode(rows, 0, 1);
    assertThat(hex(page, "dense")).isEqualTo(HexFormat.of().formatHex(record));

    SampleDecoding wide = SampleDecoding.logistic(BINARY, 1000, "sparse");
    Batch wideRows = wide.batch(Level.UPPER);
    wideRows.openRow();
    wideRows.append(7, 1.5);
    wideRows.set(1, 0, 1);
    wideRows.set(2, 0, 1);
    wideRows.commitRow();
    byte[] packed =
        new BinarySamples.Encoder(wideRows.schema(), Level.UPPER)
            .encode(wideRows, 0, 1, new long[] {1_700_000_000_000L}, new long[] {17});
    assertThat(hex(page, "sparse")).isEqualTo(HexFormat.of().formatHex(packed));
  }

  /** The bytes of the fenced block after the line that names it; text after a # is a remark. */
  private static String hex(List<String> page, String name) {
    int at = page.indexOf("```hex " + name) + 1;
    assertThat(at).as("block " + name).isPositive();
    StringBuilder out = new StringBuilder();
    for (; !page.get(at).equals("```"); at++) {
      out.append(page.get(at).replaceAll("#.*|\\s", ""));
    }
    return out.toString();
  }

  /** Three samples with 2, 1 and 0 nonzeros. */
  private static Batch samples(SampleDecoding decoding) {
    Batch rows = decoding.batch(Level.LOWER);
    row(rows, 0, 1.5, 0, -3);
    row(rows, 1, 0, 2, 0);
    row(rows, -1, 0, 0, 0);
    return rows;
  }

  private static void row(Batch rows, double label, double... features) {
    rows.openRow();
    for (int k = 0; k < features.length; k++) {
      if (!rows.schema().sparse()) {
        rows.set(0, k, features[k]);
      } else if (features[k] != 0) {
        rows.append(k, features[k]);
      }
    }
    rows.set(1, 0, label);
    rows.set(2, 0, 1);
    rows.commitRow();
  }

  /** A record of three sparse samples: 16 header, 48 dense, 12 lengths, 1 + 1 + 0 entries. */
  private byte[] oneEach() {
    Batch rows = sparse.batch(Level.LOWER);
    row(rows, 0, 0, 2, 0);
    row(rows, 1, 5, 0, 0);
    row(rows, 1, 0, 0, 0);
    return new BinarySamples.Encoder(rows.schema()).encode(rows, 0, 3);
  }
}
