package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSamplesTest {
  private final SampleDecoding dense = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, "dense");
  private final SampleDecoding sparse = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, "sparse");

  @Test
  void dense_features_fill_the_columns_and_the_weight_is_1_by_default() {
    Batch batch = dense.accept(Level.LOWER, "{\"x\":[1.5,-2,3e-1],\"y\":-1,\"other\":{\"a\":[1]}}");
    assertThat(batch.column(0)).startsWith(1.5, -2, 0.3);
    assertThat(batch.column(1)[0]).isEqualTo(-1);
    assertThat(batch.column(2)[0]).isEqualTo(1);
  }

  @Test
  void pairs_of_index_and_value_fill_a_dense_row_in_any_order_and_add_up() {
    Batch batch = dense.accept(Level.LOWER, "{\"v\":[2,1,0.5],\"w\":3,\"i\":[2,0,2],\"y\":1}");
    assertThat(batch.column(0)).startsWith(1, 0, 2.5);
    assertThat(batch.column(2)[0]).isEqualTo(3);
  }

  @Test
  void a_sparse_row_holds_the_nonzeros_of_either_form() {
    for (String features : new String[] {"\"x\":[0,7,-1]", "\"i\":[1,2,0],\"v\":[7,-1,0]"}) {
      Batch batch = sparse.accept(Level.LOWER, "{" + features + ",\"y\":0}");
      assertThat(Arrays.copyOf(batch.index(), 2)).containsExactly(1, 2);
      assertThat(Arrays.copyOf(batch.value(), 2)).containsExactly(7, -1);
      assertThat(batch.rowStart()[1]).isEqualTo(2);
    }
  }

  @Test
  void the_shared_words_are_read() {
    dense.accept(
        Level.LOWER,
        "{\"x\":[1,2,3],\"y\":1,\"role\":\"validation\",\"id\":\"17\",\"t\":\"2026-01-02T03:04:05.678+01:00\"}");
    assertThat(dense.decoder.role()).isEqualTo(Level.UPPER);
    assertThat(dense.decoder.eventTime()).isEqualTo(1767319445678L);
    assertThat(dense.decoder.hasId()).isTrue();
    long hash = dense.decoder.idHash();
    assertThat(hash).isEqualTo(IdHash.of("17")).isEqualTo(3998436646690220763L);
    dense.accept(Level.LOWER, "{\"x\":[1,2,3],\"y\":1,\"id\":17,\"t\":1700000000000}");
    assertThat(dense.decoder.idHash()).isEqualTo(hash);
    assertThat(dense.decoder.eventTime()).isEqualTo(1_700_000_000_000L);
    assertThat(dense.decoder.role()).isNull();
    dense.accept(Level.LOWER, "{\"x\":[1,2,3],\"y\":1,\"id\":null,\"role\":null}");
    assertThat(dense.decoder.hasId()).isFalse();
    assertThat(dense.decoder.eventTime()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void a_word_that_is_a_field_of_the_problem_is_not_a_shared_word() {
    SampleDecoding game = SampleDecoding.game(SampleOptions.DEFAULT);
    String text = "{\"p\":[1],\"a\":[2],\"b\":[3,4],\"t\":[5,6],\"q\":[7,8]}";
    Batch upper = game.accept(Level.UPPER, text);
    assertThat(upper.column(4)).startsWith(5, 6);
    assertThat(upper.column(3)[0]).isZero();
    Batch lower = game.accept(Level.LOWER, text);
    assertThat(lower.column(0)).startsWith(7, 8);
    assertThat(game.decoder.eventTime()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void the_role_is_known_even_where_the_sample_lacks_fields() {
    SampleDecoding game = SampleDecoding.game(SampleOptions.DEFAULT);
    String text = "{\"a\":[2,3],\"b\":[3,4],\"p\":[1],\"role\":\"validation\"}";
    assertThat(game.refuse(Level.LOWER, text)).isEqualTo("a must have length 1, but had 2");
    assertThat(game.decoder.role()).isEqualTo(Level.UPPER);
  }

  @Test
  void a_confluent_prefix_is_skipped() {
    byte[] json = SampleDecoding.utf8("{\"x\":[1,2,3],\"y\":1e999}");
    byte[] framed = ByteBuffer.allocate(json.length + 5).put((byte) 0).putInt(9).put(json).array();
    assertThat(dense.refuse(Level.LOWER, framed))
        .isEqualTo("y must be finite, but was 1e999 at byte 22");
  }

  @Test
  void an_envelope_is_unwrapped() {
    SampleDecoding wrapped =
        SampleDecoding.logistic(SampleOptions.DEFAULT.withUnwrap("/payload/after"), 1, "dense");
    Batch batch =
        wrapped.accept(
            Level.LOWER,
            "{\"schema\":{\"x\":[]},\"payload\":{\"before\":null,\"after\":{\"x\":[4],\"y\":1},\"op\":\"c\"}}");
    assertThat(batch.column(0)[0]).isEqualTo(4);
    assertThat(wrapped.refuse(Level.LOWER, "{\"payload\":{\"after\":null,\"op\":\"d\"}}"))
        .isEqualTo("the value at /payload/after must be an object, but was null");
    assertThat(wrapped.refuse(Level.LOWER, "{\"payload\":{}}"))
        .isEqualTo("must hold an object at /payload/after, but has none");
    assertThat(
            wrapped.refuse(
                Level.LOWER,
                "{\"payload\":{\"after\":{\"x\":[4],\"y\":1},\"after\":{\"x\":[4],\"y\":1}}}"))
        .startsWith("must hold the key after once, but has it twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SampleOptions.DEFAULT.withUnwrap("payload"))
        .withMessage(
            "samples.unwrap must be a JSON pointer such as /payload/after, but was payload");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{x:[1,2],y:1} | x must have length 3, but had 2",
        "{x:[1,2,3,4],y:1} | x must have length 3, but had 4",
        "{x:[1,2,3],y:1e999} | y must be finite, but was 1e999 at byte 17",
        "{x:[1,-1e400,3],y:1} | x[1] must be finite, but was -1e400 at byte 8",
        "{x:[1,NaN,3],y:1} | is not valid JSON at byte 11: Non-standard token 'NaN'",
        "{x:[1,null,3],y:1} | x[1] must be a number, but was null at byte 8",
        "{x:[1,[2],3],y:1} | x[1] must be a number, but was an array at byte 8",
        "{x:[1,<2>,3],y:1} | x[1] must be a number, but was a text at byte 8",
        "{x:3,y:1} | x must be an array of 3 numbers, but was a number at byte 5",
        "{x:[1,2,3],y:<1>} | y must be a number, but was a text at byte 17",
        "{x:[1,2,3],y:null} | y must be a number, but was null at byte 17",
        "{x:[1,2,3],y:2} | y must be 1, 0 or -1, but was 2.0 at byte 17",
        "{x:[1,2,3],y:1,w:-1} | w must not be negative, but was -1.0 at byte 23",
        "{x:[1,2,3]} | y is missing",
        "{y:1} | x (or i and v, or f) is missing",
        "{i:[0,1],v:[1],y:1} | i and v must have the same length, but had 2 and 1",
        "{i:[0,3],v:[1,1],y:1} | i[1] must be in [0, 2], but was 3",
        "{i:[-1],v:[1],y:1} | i[0] must be a feature number, but was \"-1\" at byte 6",
        "{i:[0.5],v:[1],y:1} | i[0] must be a whole number, but was \"0.5\" at byte 6",
        "{i:[0],v:[1e999],y:1} | v[0] must be finite, but was 1e999 at byte 14",
        "{x:[1,2,3],i:[0],v:[1],y:1} | must hold one of x, i and v, and f, but has more",
        "{x:[1,2,3],y:1,y:0} | must hold the key y once, but has it twice at byte 23",
        "{x:[1,2,3],y:1 | is not valid JSON: the text ends too early, after 18 bytes",
        "{x:[1,2,3],y:1}x | is not valid JSON at byte 19: Unrecognized token 'x'",
        "{x:[1,2,3],y:1}{} | the JSON object must end the record, but more follows at byte 19",
        "[1] | the value must be a JSON object, but was an array",
        "{x:[1,2,3],y:1,role:<test>} | role must be train or validation, but was \"test\"",
        "{x:[1,2,3],y:1,id:[1]} | id must be a text or a number, but was an array at byte 24",
        "{x:[1,2,3],y:1,t:<yesterday>} | t must be milliseconds since 1970 or an RFC 3339 time,"
            + " but was \"yesterday\"",
        "{a:[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]} | is not valid JSON: Document nesting"
            + " depth (17) exceeds the maximum allowed (16, from"
            + " `StreamReadConstraints.getMaxNestingDepth()`)",
      })
  void what_cannot_be_used_is_refused_with_the_reason(String text, String reason) {
    String json =
        text.replaceAll("([{,])([a-z]+):", "$1\"$2\":").replace('<', '"').replace('>', '"');
    assertThat(dense.refuse(Level.LOWER, json)).startsWith(reason);
    assertThat(dense.decoder.decode(0, Level.LOWER, dense.batch(Level.LOWER))).isFalse();
  }

  @Test
  void nothing_and_less_than_nothing_are_refused() {
    assertThat(dense.refuse(Level.LOWER, (byte[]) null))
        .isEqualTo("the value is null: a tombstone holds no sample");
    assertThat(dense.refuse(Level.LOWER, "")).isEqualTo("the value is empty");
    assertThat(dense.refuse(Level.LOWER, "  "))
        .isEqualTo("the value must be a JSON object, but was empty");
  }

  @Test
  void the_content_type_of_a_record_goes_before_the_format_of_the_job() {
    byte[] json = SampleDecoding.utf8("{\"x\":[1,2,3],\"y\":1}");
    assertThat(dense.decoder.open(json, "Application/JSON; charset=utf-8")).isEqualTo(1);
    assertThat(dense.decoder.open(json, "application/vnd.acme+json")).isEqualTo(1);
    assertThat(dense.decoder.open(json, "avro/binary")).isZero();
    assertThat(dense.decoder.rejection())
        .isEqualTo(
            "content-type must be application/json, text/csv or application/x-thalweg-sample,"
                + " but was \"avro/binary\"");
  }
}
