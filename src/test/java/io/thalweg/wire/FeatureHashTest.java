package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureHashTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'', 00000000",
    "a, 3c2569b2",
    "hello, 248bfa47",
    "'hello, world', 149bbb7f",
    "The quick brown fox jumps over the lazy dog, 2e4ff723",
  })
  void is_murmur_hash_3(String text, String hex) {
    assertThat(Integer.toHexString(new FeatureHash().of(text)))
        .isEqualTo(hex.replaceFirst("^0+(?=.)", ""));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"x, y", "ä, ö", "x, ö"})
  void long_names_hash_the_same_whatever_came_before(String letter, String other) {
    String name = letter.repeat(70);
    String value = other.repeat(90);
    FeatureHash grown = new FeatureHash();
    grown.of("z".repeat(1000));
    assertThat(new FeatureHash().of(name)).isEqualTo(grown.of(name));
    assertThat(new FeatureHash().of(name, value)).isEqualTo(grown.of(name + "=" + value));
    assertThat(new FeatureHash().of("n", value)).isEqualTo(grown.of("n=" + value));
  }

  /** The documented example of FeatureHasher(n_features=10). */
  @Test
  void puts_names_where_the_python_hasher_puts_them() {
    SampleDecoding json = SampleDecoding.logistic(SampleOptions.DEFAULT, 10, "dense");
    Batch first = json.accept(Level.LOWER, "{\"f\":{\"dog\":1,\"cat\":2,\"elephant\":4},\"y\":1}");
    assertThat(first.column(0)).startsWith(0, 0, -4, -1, 0, 0, 0, 0, 0, 2);
    Batch second = json.accept(Level.LOWER, "{\"y\":1,\"f\":{\"dog\":2,\"run\":5}}");
    assertThat(second.column(0)).startsWith(0, 0, 0, -2, -5, 0, 0, 0, 0, 0);
  }

  @Test
  void a_text_is_a_feature_of_its_own_and_null_is_none() {
    FeatureHash hash = new FeatureHash();
    assertThat(hash.of("land", "Österreich")).isEqualTo(hash.of("land=Österreich"));
    SampleDecoding json = SampleDecoding.logistic(SampleOptions.DEFAULT, 1000, "sparse");
    Batch batch =
        json.accept(
            Level.LOWER,
            "{\"f\":{\"land\":\"DE\",\"age\":null,\"new\":true,\"old\":false},\"y\":0}");
    int land = hash.of("land=DE");
    int fresh = hash.of("new");
    assertThat(batch.rowStart()[1]).isEqualTo(2);
    assertThat(batch.index()[0]).isEqualTo(FeatureHash.index(land, 1000));
    assertThat(batch.value()[0]).isEqualTo(FeatureHash.sign(land));
    assertThat(batch.index()[1]).isEqualTo(FeatureHash.index(fresh, 1000));
    assertThat(batch.value()[1]).isEqualTo(FeatureHash.sign(fresh));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"f\":[1],\"y\":1} | f must be an object of features, but was an array at byte 5",
        "{\"f\":{\"a\":1e999},\"y\":1} | f.\"a\" must be finite, but was 1e999 at byte 10",
        "{\"f\":{\"a\":[1]},\"y\":1} | f.\"a\" must be a number, a text, true or false, but was an array"
            + " at byte 10",
        "{\"f\":{\"a\":1},\"x\":[1,2,3],\"y\":1} | must hold one of x, i and v, and f, but has more",
        "{\"f\":{\"a\":1},\"i\":[1],\"v\":[1],\"y\":1} | must hold one of x, i and v, and f, but has more",
      })
  void what_cannot_be_used_is_refused_with_the_reason(String text, String reason) {
    SampleDecoding json = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, "dense");
    assertThat(json.refuse(Level.LOWER, text)).isEqualTo(reason);
  }

  @Test
  void the_smallest_hash_has_a_number_too() {
    assertThat(FeatureHash.index(Integer.MIN_VALUE, 10)).isEqualTo(8);
    assertThat(FeatureHash.index(-13, 10)).isEqualTo(3);
  }
}
