package io.thalweg.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final SampleSchema SCHEMA = new SampleSchema(List.of(Field.scalar("v")), false);

  private static Batch of(double... values) {
    Batch batch = new Batch(SCHEMA, Math.max(1, values.length));
    for (double value : values) {
      batch.openRow();
      batch.set(0, 0, value);
      batch.commitRow();
    }
    return batch;
  }

  @Test
  void a_joined_batch_knows_where_each_of_its_rows_is_from() {
    List<Batch> parts = List.of(of(1, 2, 3), of(), of(4), of(5, 6), of(7), of(8, 9));
    Batch joined = new Batch(SCHEMA, 9);
    parts.forEach(joined::join);
    assertThat(joined.size()).isEqualTo(9);
    int row = 0;
    for (Batch part : parts) {
      for (int r = 0; r < part.size(); r++, row++) {
        assertThat(joined.origin(row)).as("row %d", row).isSameAs(part);
        assertThat(joined.originRow(row)).as("row %d", row).isEqualTo(r);
        assertThat(joined.column(0)[row]).isEqualTo(part.column(0)[r]);
      }
    }
    joined.clear();
    joined.join(parts.get(4));
    assertThat(joined.origin(0)).isSameAs(parts.get(4));
    assertThat(joined.originRow(0)).isZero();
  }

  @Test
  void a_row_of_a_batch_that_was_not_joined_is_its_own() {
    Batch batch = of(1, 2);
    assertThat(batch.origin(1)).isSameAs(batch);
    assertThat(batch.originRow(1)).isEqualTo(1);
    Batch copy = new Batch(SCHEMA, 3);
    copy.join(of(0));
    copy.clear();
    copy.appendRow(batch, 1);
    assertThat(copy.origin(0)).isSameAs(copy);
    assertThat(copy.originRow(0)).isZero();
  }
}
