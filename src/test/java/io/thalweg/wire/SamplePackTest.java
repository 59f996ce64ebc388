package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplePackTest {
  private static final SampleOptions BINARY = SampleOptions.of(SampleFormat.BINARY);

  private final SampleDecoding dense = SampleDecoding.logistic(BINARY, 3, "dense");
  private final SampleDecoding sparse = SampleDecoding.logistic(BINARY, 3, "sparse");
  private final List<byte[]> records = new ArrayList<>();

  @ParameterizedTest(name = "{0} samples at a time of 10")
  @CsvSource({"1, 1-1-1-1-1-1-1-1-1-1", "4, 4-4-2", "10, 10", "256, 10"})
  void a_record_ends_by_its_number_of_samples(int samples, String sizes) {
    pack(dense, samples, 1 << 20, 10);
    assertThat(sizes()).isEqualTo(sizes);
  }

  @ParameterizedTest(name = "{0} bytes take {1}")
  @CsvSource({
    "1, 1-1-1-1-1-1", // a sample alone goes, whatever its size
    "96, 2-2-2", // a header of 16 and 5 numbers of 8 bytes each
    "135, 2-2-2",
    "136, 3-3",
    "255, 5-1"
  })
  void a_record_ends_before_it_is_too_large(int bytes, String sizes) {
    pack(dense, 256, bytes, 6);
    assertThat(sizes()).isEqualTo(sizes);
    if (bytes > 56) {
      assertThat(records)
          .allSatisfy(record -> assertThat(record.length).isLessThanOrEqualTo(bytes));
    }
  }

  @Test
  void sparse_rows_count_with_what_they_store() {
    SampleSchema schema = sparse.batch(Level.LOWER).schema();
    SamplePack pack = new SamplePack(schema, null, 256, 200);
    SampleRow row = new SampleRow(schema);
    int[] lengths = {3, 0, 3, 1, 1, 1, 3, 3, 3};
    for (int length : lengths) {
      row.clear().features(new int[] {0, 1, 2}, new double[] {1, 2, 3}, length).set("y", 1);
      assertThat(row.complaint()).isNull();
      if (!pack.takes(row)) {
        records.add(pack.take());
      }
      pack.add(row);
    }
    records.add(pack.take());
    // each costs 4 + 2 x 8 and 12 for each it stores, after 16 for all
    assertThat(sizes()).isEqualTo("4-4-1");
    assertThat(records).allSatisfy(r -> assertThat(r.length).isLessThanOrEqualTo(200));
    Batch back = new Batch(schema, 9);
    records.forEach(record -> decode(sparse, record, back));
    for (int r = 0; r < lengths.length; r++) {
      assertThat(back.rowStart()[r + 1] - back.rowStart()[r]).isEqualTo(lengths[r]);
    }
  }

  @Test
  void all_samples_of_a_record_have_a_time_or_none_and_an_id_or_none() {
    SampleRow row = new SampleRow(dense.batch(Level.LOWER).schema());
    SamplePack pack = new SamplePack(dense.batch(Level.LOWER).schema(), Level.UPPER, 256, 1 << 20);
    String[] kinds = {"", "", "t", "ti", "ti", "i", "i", ""};
    for (int n = 0; n < kinds.length; n++) {
      row.clear().features(new double[] {n, 0, 0}).set("y", 1);
      if (kinds[n].contains("t")) {
        row.time(1000 + n);
      }
      if (kinds[n].contains("i")) {
        row.id("sample-" + n);
      }
      assertThat(row.complaint()).isNull();
      if (!pack.takes(row)) {
        records.add(pack.take());
      }
      pack.add(row);
    }
    records.add(pack.take());
    assertThat(sizes()).isEqualTo("2-1-2-2-1");
    int n = 0;
    Batch back = new Batch(dense.batch(Level.LOWER).schema(), 8);
    for (byte[] record : records) {
      int count = dense.decoder.open(record, null);
      for (int i = 0; i < count; i++, n++) {
        assertThat(dense.decoder.decode(i, Level.LOWER, back)).isTrue();
        assertThat(dense.decoder.role()).isEqualTo(Level.UPPER);
        assertThat(dense.decoder.hasId()).isEqualTo(kinds[n].contains("i"));
        if (dense.decoder.hasId()) {
          assertThat(dense.decoder.idHash()).isEqualTo(IdHash.of("sample-" + n));
        }
        assertThat(dense.decoder.eventTime())
            .isEqualTo(kinds[n].contains("t") ? 1000 + n : Long.MIN_VALUE);
        assertThat(back.column(0)[3 * n]).isEqualTo(n);
      }
    }
    assertThat(n).isEqualTo(kinds.length);
  }

  @Test
  void a_line_keeps_its_text_id_and_its_time_in_a_packed_record() {
    SampleDecoding json = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, "dense");
    Batch line =
        json.accept(Level.LOWER, "{\"x\":[1,2,3],\"y\":0,\"w\":2,\"id\":\"bank-7\",\"t\":12}");
    long hash = json.decoder.idHash();
    SamplePack pack = new SamplePack(line.schema(), null, 2, 1 << 20);
    pack.add(line, 0, json.decoder);
    assertThat(pack.takes(line, 0, json.decoder)).isTrue();
    pack.add(line, 0, json.decoder);
    assertThat(pack.isFull()).isTrue();
    byte[] record = pack.take();
    assertThat(pack.size()).isZero();
    Batch back = new Batch(line.schema(), 2);
    decode(dense, record, back);
    assertThat(dense.decoder.idHash()).isEqualTo(hash);
    assertThat(dense.decoder.eventTime()).isEqualTo(12);
    assertThat(back.column(0)).containsExactly(1, 2, 3, 1, 2, 3);
    assertThat(back.column(2)).containsExactly(2, 2);
    assertThatThrownBy(pack::take).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dense", "sparse"})
  void nothing_is_allocated_but_the_records(String layout) {
    SampleSchema schema = (layout.equals("dense") ? dense : sparse).batch(Level.LOWER).schema();
    SamplePack pack = new SamplePack(schema, null, 100, 1 << 20);
    SampleRow row = new SampleRow(schema);
    fill(pack, row, 50_000); // until it is compiled
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    long bytes = fill(pack, row, 50_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // an array has a header and is rounded up; an object per sample would be 16 bytes at least
    assertThat((allocated - bytes) / 50_000.0).isLessThan(4);
  }

  private static long fill(SamplePack pack, SampleRow row, int count) {
    double[] x = {1, 2, 3};
    int[] index = {2, 0};
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      if (i % 2 == 0) {
        row.clear().features(x);
      } else {
        row.clear().features(index, x, 2);
      }
      row.set("y", 1).id(i).time(i);
      if (row.complaint() != null || !pack.takes(row)) {
        throw new AssertionError("not taken: " + row.complaint());
      }
      pack.add(row);
      if (pack.isFull()) {
        bytes += pack.take().length;
      }
    }
    return bytes;
  }

  private void pack(SampleDecoding as, int samples, int bytes, int count) {
    SampleSchema schema = as.batch(Level.LOWER).schema();
    SamplePack pack = new SamplePack(schema, null, samples, bytes);
    SampleRow row = new SampleRow(schema);
    for (int i = 0; i < count; i++) {
      row.clear().features(new double[] {i, 0, 0}).set("y", 1);
      assertThat(row.complaint()).isNull();
      if (!pack.takes(row)) {
        records.add(pack.take());
      }
      pack.add(row);
      if (pack.isFull()) {
        records.add(pack.take());
      }
    }
    if (pack.size() > 0) {
      records.add(pack.take());
    }
    Batch back = new Batch(schema, count);
    records.forEach(record -> decode(as, record, back));
    for (int i = 0; i < count; i++) {
      assertThat(back.column(0)[3 * i]).isEqualTo(i);
    }
  }

  private static void decode(SampleDecoding as, byte[] record, Batch into) {
    int n = as.decoder.open(record, null);
    for (int i = 0; i < n; i++) {
      assertThat(as.decoder.decode(i, Level.LOWER, into)).as(as.decoder.rejection()).isTrue();
    }
  }

  private String sizes() {
    return String.join(
        "-", records.stream().map(r -> String.valueOf(dense.decoder.open(r, null))).toList());
  }
}
