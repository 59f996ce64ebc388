package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SampleRowTest {
  private final SampleDecoding dense = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, "dense");
  private final SampleDecoding sparse = SampleDecoding.logistic(SampleOptions.DEFAULT, 3, "sparse");

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("{\"x\":[1,2],\"y\":1}", row -> row.features(new double[] {1, 2}).set("y", 1)),
        mistake("{\"x\":[1,2,3,4],\"y\":1}", row -> row.set("x", new double[4]).set("y", 1)),
        mistake("{\"x\":[1,2,3]}", row -> row.features(new double[3])),
        mistake("{\"y\":1}", row -> row.set("y", 1)),
        mistake("{\"x\":[1,2,3],\"y\":3}", row -> row.features(new double[3]).set("y", 3)),
        mistake(
            "{\"x\":[1,2,3],\"y\":1,\"w\":-2}",
            row -> row.features(new double[3]).set("y", 1).set("w", -2)),
        mistake(
            "{\"i\":[3],\"v\":[1],\"y\":1}",
            row -> row.features(new int[] {3}, new double[] {1}, 1).set("y", 1)),
        mistake(
            "{\"x\":[1,2,3],\"y\":1,\"y\":0}",
            row -> row.features(new double[3]).set("y", 1).set("y", 0)),
        mistake(
            "{\"x\":[1,2,3],\"y\":1,\"t\":9e15}",
            row -> row.features(new double[3]).set("y", 1).time(9_000_000_000_000_000L)));
  }

  private static Arguments mistake(String json, UnaryOperator<SampleRow> filled) {
    return Arguments.of(json, filled);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void what_a_decoder_refuses_is_refused_in_its_words(
      String json, UnaryOperator<SampleRow> filled) {
    for (SampleDecoding samples : new SampleDecoding[] {dense, sparse}) {
      String decoders = samples.refuse(Level.LOWER, SampleDecoding.utf8(json));
      String ours = filled.apply(row(samples)).complaint();
      // JSON adds where in its text, and the other two names of the features
      assertThat(ours).isNotNull();
      assertThat(decoders.replace(" (or i and v, or f)", "")).startsWith(ours);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void numbers_are_finite(double bad) {
    SampleRow row = row(dense);
    assertThat(row.features(new double[] {0, bad, 0}).set("y", 1).complaint())
        .isEqualTo("x[1] must be finite, but was " + bad);
    assertThat(row.clear().features(new double[3]).set("y", bad).complaint())
        .isEqualTo("y must be finite, but was " + bad);
    assertThat(row.clear().features(new int[] {1}, new double[] {bad}, 1).set("y", 1).complaint())
        .isEqualTo("v[0] must be finite, but was " + bad);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dense", "sparse"})
  void a_good_row_is_what_a_decoder_makes_of_the_same_sample(String layout) {
    SampleDecoding samples = layout.equals("dense") ? dense : sparse;
    SampleRow row = row(samples);
    row.features(new double[] {9, 9, 9}).set("y", 0);
    row.clear().features(new int[] {2, 0, 2}, new double[] {1.5, -1, 2}, 3).set("y", -1);
    row.id("17").time(-5);
    assertThat(row.complaint()).isNull();
    Batch decoded =
        samples.accept(Level.LOWER, "{\"i\":[2,0,2],\"v\":[1.5,-1,2],\"y\":-1,\"id\":17,\"t\":-5}");
    assertThat(row.batch().size()).isEqualTo(1);
    for (int f = 0; f < 3; f++) {
      int width = decoded.column(f).length == 0 ? 0 : f == 0 ? 3 : 1;
      assertThat(Arrays.copyOf(row.batch().column(f), width))
          .isEqualTo(Arrays.copyOf(decoded.column(f), width));
    }
    int stored = layout.equals("dense") ? 0 : 3;
    assertThat(Arrays.copyOf(row.batch().index(), stored))
        .isEqualTo(Arrays.copyOf(decoded.index(), stored));
    assertThat(row.idHash()).isEqualTo(samples.decoder.idHash());
    assertThat(row.eventTime()).isEqualTo(-5);
    assertThat(row.clear().id(17).idHash()).isEqualTo(samples.decoder.idHash());
    assertThat(row.clear().hasId()).isFalse();
  }

  @Test
  void a_field_that_is_not_there_is_the_callers_mistake() {
    SampleRow row = row(dense);
    assertThatThrownBy(() -> row.set("z", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("samples have no field z; their fields are x, y, w");
    assertThatThrownBy(() -> row.set("x", 1)).hasMessageContaining("array of 3 numbers");
    assertThatThrownBy(() -> row.features(new int[1], new double[2], 2))
        .hasMessage("count must be in [0, 1], but was 2");
    SampleRow game =
        new SampleRow(SampleDecoding.game(SampleOptions.DEFAULT).schemas.get(Level.LOWER));
    assertThatThrownBy(() -> game.features(new double[1])).hasMessageContaining("no features");
  }

  private static SampleRow row(SampleDecoding samples) {
    return new SampleRow(samples.batch(Level.LOWER).schema());
  }
}
