package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples as users have them: named columns, texts, classes in words, gaps. */
class RawSamplesTest {
  private static final int FEATURES = 1000;
  private static final List<String> HEADER = List.of("age", "job", "id", "y");
  private static final SampleOptions CSV =
      SampleOptions.of(SampleFormat.CSV)
          .withHeader(Level.LOWER, HEADER)
          .withSeparator(';')
          .withClasses(List.of("no", "yes"));

  private static SampleDecoding csv(Missing missing, String encoding) {
    return SampleDecoding.logistic(CSV.withMissing(missing), FEATURES, encoding);
  }

  private static SampleDecoding json(Missing missing, int features, String encoding) {
    return SampleDecoding.logistic(SampleOptions.DEFAULT.withMissing(missing), features, encoding);
  }

  private static double[] dense(Batch batch) {
    if (!batch.schema().sparse()) {
      return Arrays.copyOf(batch.column(0), FEATURES);
    }
    double[] out = new double[FEATURES];
    for (int k = 0; k < batch.rowStart()[1]; k++) {
      out[batch.index()[k]] += batch.value()[k];
    }
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dense", "sparse"})
  void columns_of_other_names_are_named_features_as_in_json(String encoding) {
    SampleDecoding csv = csv(Missing.REJECT, encoding);
    SampleDecoding json = json(Missing.REJECT, FEATURES, encoding);
    Batch read = csv.accept(Level.LOWER, "58;\"blue;collar\";17;\"yes\"\r\n");
    Batch same = json.accept(Level.LOWER, "{\"f\":{\"age\":58,\"job\":\"blue;collar\"},\"y\":1}");
    assertThat(dense(read)).isEqualTo(dense(same));
    assertThat(read.column(1)[0]).isEqualTo(1);
    assertThat(csv.decoder.idHash()).isEqualTo(IdHash.of("17"));
    assertThat(csv.accept(Level.LOWER, "58;x;17;no").column(1)[0]).isZero();
  }

  /** {@code FeatureHasher(n_features=1000, input_type="dict")} of the same record. */
  @Test
  void names_and_texts_lie_where_murmur_hash_3_puts_them() {
    SampleDecoding csv = csv(Missing.REJECT, "dense");
    double[] x = dense(csv.accept(Level.LOWER, " 58 ;Österreich;17;no"));
    FeatureHash hash = new FeatureHash();
    int age = hash.of("age");
    int job = hash.of("job", "Österreich");
    double[] expected = new double[FEATURES];
    expected[FeatureHash.index(age, FEATURES)] = FeatureHash.sign(age) * 58;
    expected[FeatureHash.index(job, FEATURES)] += FeatureHash.sign(job);
    assertThat(x).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "58;x;17 | must have 4 cells, but had 3",
        "58;x;17;maybe | y must be one of no, yes, but was \"maybe\"",
        ";x;17;no | age is missing at byte 0",
        "58;;17;no | job is missing at byte 3",
        "nan;x;17;no | age is missing",
        "1e999;x;17;no | age must be finite, but was \"1e999\"",
        "58;x;17; | y must be one of no, yes, but was \"\"",
      })
  void what_cannot_be_used_is_refused_with_its_column(String line, String reason) {
    assertThat(csv(Missing.REJECT, "dense").refuse(Level.LOWER, line)).contains(reason);
  }

  @Test
  void a_header_with_columns_of_the_features_passes_over_the_others() {
    SampleDecoding csv =
        SampleDecoding.logistic(
            SampleOptions.of(SampleFormat.CSV)
                .withHeader(Level.LOWER, List.of("x1", "age", "x0", "y")),
            2,
            "dense");
    assertThat(csv.accept(Level.LOWER, "1,oh,2,1").column(0)).startsWith(2, 1);
    SampleDecoding none =
        SampleDecoding.logistic(
            SampleOptions.of(SampleFormat.CSV).withHeader(Level.LOWER, List.of("y", "id")),
            2,
            "dense");
    assertThat(none.refuse(Level.LOWER, "1,2")).contains("the header lacks the column x0");
  }

  @Test
  void a_gap_leaves_alone_what_another_name_puts_in_its_place() {
    int features = 2; // so that names meet
    int age = FeatureHash.index(new FeatureHash().of("age"), features);
    SampleDecoding json = json(Missing.MEAN, features, "dense");
    for (String value : List.of("7", "0")) {
      for (int k = 0; k < 20; k++) {
        String name = "f" + k;
        int hash = new FeatureHash().of(name);
        int place = FeatureHash.index(hash, features);
        String line = "{\"f\":{\"age\":null,\"" + name + "\":" + value + "},\"y\":0}";
        double[] x = json.accept(Level.LOWER, line).column(0);
        assertThat(x[place]).as(line).isEqualTo(FeatureHash.sign(hash) * Double.parseDouble(value));
        assertThat(Double.isNaN(x[age])).as(line).isEqualTo(place != age);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Missing.class,
      names = {"MEAN", "ZERO"})
  void a_gap_among_names_is_what_the_job_says(Missing missing) {
    int age = FeatureHash.index(new FeatureHash().of("age"), FEATURES);
    double[] csv = dense(csv(missing, "dense").accept(Level.LOWER, ";x;17;no"));
    double[] json =
        dense(
            json(missing, FEATURES, "dense")
                .accept(Level.LOWER, "{\"f\":{\"age\":null,\"job\":\"x\"},\"y\":0}"));
    assertThat(csv).isEqualTo(json);
    assertThat(Double.isNaN(csv[age])).isEqualTo(missing == Missing.MEAN);
    Batch sparse = csv(missing, "sparse").accept(Level.LOWER, ";x;17;no");
    assertThat(sparse.rowStart()[1]).isEqualTo(1);
    Batch none = csv(missing, "dense").accept(Level.LOWER, "2;NaN;17;no");
    assertThat(none.column(0)[age]).isNotZero().isNotNaN();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Missing.class)
  void a_gap_in_a_row_is_what_the_job_says_in_every_format(Missing missing) {
    double[] expected = {1, missing == Missing.MEAN ? Double.NaN : 0, 3};
    SampleDecoding json = json(missing, 3, "dense");
    SampleDecoding csv =
        SampleDecoding.logistic(
            SampleOptions.of(SampleFormat.CSV).withMissing(missing), 3, "dense");
    SampleDecoding binary =
        SampleDecoding.logistic(
            SampleOptions.of(SampleFormat.BINARY).withMissing(missing), 3, "dense");
    Batch rows = binary.batch(Level.LOWER);
    rows.openRow();
    System.arraycopy(new double[] {1, Double.NaN, 3}, 0, rows.column(0), 0, 3);
    rows.commitRow();
    byte[] record = new BinarySamples.Encoder(rows.schema()).encode(rows, 0, 1);
    String text = "{\"x\":[1,null,3],\"y\":1}";
    if (missing == Missing.REJECT) {
      assertThat(json.refuse(Level.LOWER, text)).contains("x[1] must be a number, but was null");
      assertThat(csv.refuse(Level.LOWER, "1,,3,1")).contains("x1 must be a number, but was empty");
      assertThat(binary.refuse(Level.LOWER, record)).contains("x[1] must be finite, but was NaN");
      return;
    }
    assertThat(json.accept(Level.LOWER, text).column(0)).startsWith(expected);
    assertThat(csv.accept(Level.LOWER, "1,,3,1").column(0)).startsWith(expected);
    assertThat(csv.accept(Level.LOWER, "1,NaN,3,1").column(0)).startsWith(expected);
    Batch back = binary.batch(Level.LOWER);
    assertThat(binary.decoder.open(record, null)).isEqualTo(1);
    assertThat(binary.decoder.decode(0, Level.LOWER, back)).isTrue();
    assertThat(back.column(0)).startsWith(expected);
    assertThat(json.refuse(Level.LOWER, "{\"y\":1}")).contains("is missing");
    assertThat(json.refuse(Level.LOWER, "{\"x\":[1,2,3],\"y\":null}")).contains("y must be");
    rows.column(0)[2] = Double.POSITIVE_INFINITY;
    byte[] infinite = new BinarySamples.Encoder(rows.schema()).encode(rows, 0, 1);
    assertThat(binary.refuse(Level.LOWER, infinite)).contains("x[2] must be finite");
    SampleDecoding sparse = json(missing, 3, "sparse");
    assertThat(sparse.accept(Level.LOWER, text).rowStart()[1]).isEqualTo(2);
  }

  @Test
  void classes_may_be_words_in_json_too() {
    SampleDecoding json =
        new SampleDecoding(
            SampleOptions.DEFAULT.withClasses(List.of("red", "green", "blue")),
            Map.of("type", "softmax-regression", "features", 1, "classes", 3));
    assertThat(json.accept(Level.LOWER, "{\"x\":[1],\"y\":\"blue\"}").column(1)[0]).isEqualTo(2);
    assertThat(json.accept(Level.LOWER, "{\"x\":[1],\"y\":1}").column(1)[0]).isEqualTo(1);
    assertThat(json.refuse(Level.LOWER, "{\"x\":[1],\"y\":\"pink\"}"))
        .contains("y must be one of red, green, blue, but was \"pink\"");
    SampleDecoding plain = json(Missing.REJECT, 1, "dense");
    assertThat(plain.refuse(Level.LOWER, "{\"x\":[1],\"y\":\"yes\"}"))
        .contains("y must be a number, but was a text");
  }

  @Test
  void a_separator_is_one_of_four() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CSV.withSeparator(':'))
        .withMessageContaining("samples.separator must be one of");
    SampleDecoding tabs =
        SampleDecoding.logistic(SampleOptions.of(SampleFormat.CSV).withSeparator('\t'), 2, "dense");
    assertThat(tabs.accept(Level.LOWER, "1\t2\t0").column(0)).startsWith(1, 2);
    assertThat(CsvHeader.names("\"a;b\"; c;d\n", ';')).containsExactly("a;b", "c", "d");
  }
}
