package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvSamplesTest {
  private static final SampleOptions CSV = SampleOptions.of(SampleFormat.CSV);

  @Test
  void without_a_header_cells_are_the_fields_in_order_and_the_last_optional_ones_may_lack() {
    SampleDecoding csv = SampleDecoding.logistic(CSV, 2, "dense");
    for (String line : new String[] {"1.5,-2e3,1", "1.5,-2e3,1,1\r\n", "+1.50,-2000,1.0,\n"}) {
      Batch batch = csv.accept(Level.LOWER, line);
      assertThat(batch.column(0)).as(line).startsWith(1.5, -2000);
      assertThat(batch.column(1)[0]).isEqualTo(1);
      assertThat(batch.column(2)[0]).isEqualTo(1);
    }
  }

  @Test
  void a_header_names_the_cells_in_any_order() {
    List<String> header = CsvHeader.names("\uFEFFy,\"x[1]\",extra, x0 ,t,role,id,w\r\n");
    SampleDecoding csv = SampleDecoding.logistic(CSV.withHeader(Level.LOWER, header), 2, "sparse");
    Batch batch =
        csv.accept(
            Level.LOWER, "0, 4 ,\"a,\"\"b\"\"\",0,2026-01-01T00:00:00Z,validation,\"17\",\"0.5\"");
    assertThat(Arrays.copyOf(batch.index(), batch.rowStart()[1])).containsExactly(1);
    assertThat(batch.value()[0]).isEqualTo(4);
    assertThat(batch.column(1)[0]).isZero();
    assertThat(batch.column(2)[0]).isEqualTo(0.5);
    assertThat(csv.decoder.role()).isEqualTo(Level.UPPER);
    assertThat(csv.decoder.eventTime()).isEqualTo(1_767_225_600_000L);
    assertThat(csv.decoder.idHash()).isEqualTo(IdHash.of("17"));
  }

  @Test
  void vectors_are_spread_over_columns() {
    SampleDecoding game = SampleDecoding.game(CSV);
    Batch upper = game.accept(Level.UPPER, "1,2,3,4,5,6,7");
    assertThat(upper.column(2)).startsWith(3, 4);
    assertThat(upper.column(4)).startsWith(6, 7);
    assertThat(game.accept(Level.LOWER, "1,2,3,4,5").column(3)).startsWith(0, 0);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "1,2 | must have 4 cells, but had 2",
        "1,2,1,1,9 | must have 4 cells, but had 5",
        "1,,1 | x1 must be a number, but was empty at byte 2",
        "1,abc,1 | x1 must be a number, but was \"abc\" at byte 2",
        "1,NaN,1 | x1 must be a number, but was \"NaN\" at byte 2",
        "1,0x1p3,1 | x1 must be a number, but was \"0x1p3\" at byte 2",
        "1,1d,1 | x1 must be a number, but was \"1d\" at byte 2",
        "1,1e,1 | x1 must be a number, but was \"1e\" at byte 2",
        "1,.,1 | x1 must be a number, but was \".\" at byte 2",
        "1,-1e999,1 | x1 must be finite, but was \"-1e999\" at byte 2",
        "1,2,7 | y must be 1, 0 or -1, but was 7.0 at byte 4",
        "1,2,1,-3 | w must not be negative, but was -3.0 at byte 6",
        "1,\"2,1 | has a quote that is not closed at byte 2",
        "1,\"2\"3,1 | has text after a closing quote at byte 5",
        "1,2\"3\",1 | has a quote within a cell at byte 3",
      })
  void what_cannot_be_used_is_refused_with_the_reason(String line, String reason) {
    SampleDecoding csv = SampleDecoding.logistic(CSV, 2, "dense");
    assertThat(csv.refuse(Level.LOWER, line)).isEqualTo(reason);
  }

  @Test
  void a_record_is_one_line() {
    SampleDecoding csv = SampleDecoding.logistic(CSV, 2, "dense");
    assertThat(csv.refuse(Level.LOWER, "1,2,1\n1,2,1\n"))
        .isEqualTo("must be one line, but has more at byte 5");
  }

  @Test
  void a_header_must_name_what_is_required_and_nothing_twice() {
    SampleDecoding csv =
        SampleDecoding.logistic(CSV.withHeader(Level.LOWER, List.of("x0", "y", "x2")), 3, "dense");
    assertThat(csv.refuse(Level.LOWER, "1,1,1")).isEqualTo("the header lacks the column x1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SampleDecoding.logistic(
                    CSV.withHeader(Level.LOWER, List.of("x0", "y", "x[0]")), 1, "dense"))
        .withMessage("the header names x[0] twice");
    assertThat(SampleDecoding.logistic(CSV, 1 << 20, "sparse").refuse(Level.LOWER, "1,1"))
        .isEqualTo("the header lacks the column x0");
  }
}
