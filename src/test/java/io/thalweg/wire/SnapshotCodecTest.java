package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Header;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCodecTest {
  private static final String PREVIOUS = "ab".repeat(32);
  private final SnapshotCodec compact = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private final SnapshotCodec plain = new SnapshotCodec(SnapshotCodec.Vectors.PLAIN);

  @ParameterizedTest(name = "{0} entries")
  @ValueSource(ints = {0, 1, 64, 65, 1000})
  void what_is_written_reads_back_bit_for_bit(int length) {
    SplittableRandom random = new SplittableRandom(length);
    double[] y =
        random
            .longs()
            .mapToDouble(Double::longBitsToDouble)
            .filter(Double::isFinite)
            .limit(length)
            .toArray();
    Snapshot written = Specimens.snapshot(7, y);
    for (SnapshotCodec codec : List.of(compact, plain)) {
      SnapshotCodec.Decoded read = codec.decode(codec.encode(written, PREVIOUS));
      assertThat(bits(read.snapshot().y())).isEqualTo(bits(y));
      assertThat(bits(read.snapshot().x())).isEqualTo(bits(written.x()));
      assertThat(read.snapshot())
          .usingRecursiveComparison()
          .ignoringFields("x", "y")
          .isEqualTo(written);
      assertThat(read.snapshot().upper().keySet()).containsExactly("l2.1", "l2.0");
      assertThat(read.previous()).isEqualTo(PREVIOUS);
    }
  }

  private static long[] bits(double[] vector) {
    return Arrays.stream(vector).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  @Test
  void the_bytes_are_these_and_no_others() {
    assertThat(text(compact.encode(Specimens.snapshot(482, 1e22, 100), "")))
        .isEqualTo(
            """
            {"schema":"thalweg.snapshot.v1","job":"a","epoch":3,"version":482,"step":48210,\
            "time":"2025-11-22T10:13:20.123Z","method":"vr-msgbio","config":"9f2c",\
            "upper":{"l2.1":0.1,"l2.0":4.9E-324},\
            "x":[-0.0,0.3333333333333333,1.0000000000000002],"y":[1.0E22,100.0],\
            "metrics":{"upper-loss":0.31,"samples-lower":64.0},\
            "offsets":{"a.train":{"0":100},"a.train-x":{"11":0}},\
            "ledger":{"lanes":["a.train-0","a.train-x-11"],\
            "from":{"lower":[0,[5,3]],"upper":[[1,7],0],"rejected":[2,[4000000000,1]]},\
            "to":{"lower":[100,[105,3]],"upper":[[101,7],0],"rejected":[102,[4000000000,1]]},\
            "runs":[[2,[0,1,0,32,1,2,0,1,1,3]],[1,[0,1,1,5]]]},\
            "event-time":"2025-11-22T10:13:19Z","previous":"","software":"0.1.0"}""");
  }

  @Test
  void above_64_entries_a_vector_is_little_endian_base64() throws Exception {
    double[] y = new double[65];
    y[0] = 1;
    JsonNode json = new ObjectMapper().readTree(compact.encode(Specimens.snapshot(1, y), ""));
    assertThat(json.at("/y/dtype").textValue()).isEqualTo("<f8");
    assertThat(json.at("/y/shape/0").intValue()).isEqualTo(65);
    byte[] data = Base64.getDecoder().decode(json.at("/y/data").textValue());
    assertThat(data).hasSize(520).startsWith(0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void nothing_that_is_not_finite_is_written(double bad) {
    assertThatThrownBy(() -> compact.encode(Specimens.snapshot(1, 0, bad), ""))
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining("y[1] was " + bad);
    double[] large = new double[100];
    large[99] = bad;
    assertThatThrownBy(() -> compact.encode(Specimens.snapshot(1, large), ""))
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining("y[99]");
  }

  @ParameterizedTest(name = "{0} entries")
  @ValueSource(ints = {0, 3, 64, 65, 1000})
  void members_read_back_bit_for_bit(int length) {
    double[] y = new SplittableRandom(length).doubles(length, -1, 1).toArray();
    List<Member> members =
        List.of(
            new Member("reference", Math.nextUp(0.25), y.clone()),
            new Member("with-\"quotes\"", Double.MIN_VALUE, new double[length]));
    Snapshot written = Specimens.portfolio(7, members, y);
    for (SnapshotCodec codec : List.of(compact, plain)) {
      SnapshotCodec.Decoded read = codec.decode(codec.encode(written, PREVIOUS));
      assertThat(read.snapshot()).usingRecursiveComparison().isEqualTo(written);
      assertThat(bits(read.snapshot().members().get(0).y())).isEqualTo(bits(y));
      assertThat(read.whole()).isTrue();
    }
  }

  @ParameterizedTest(name = "{0} features")
  @ValueSource(ints = {0, 3, 65})
  void the_range_of_the_features_reads_back_bit_for_bit(int length) {
    double[] low = new SplittableRandom(length).doubles(length, -1e300, 0).toArray();
    double[] high = new SplittableRandom(length + 1).doubles(length, 0, 1e-300).toArray();
    Snapshot written = Specimens.ranged(7, new FeatureRange(low, high), new double[length + 1]);
    for (SnapshotCodec codec : List.of(compact, plain)) {
      byte[] value = codec.encode(written, PREVIOUS);
      assertThat(text(value).contains("\"range\":{\"low\":")).isEqualTo(length > 0);
      assertThat(codec.decode(value).snapshot()).usingRecursiveComparison().isEqualTo(written);
    }
  }

  @ParameterizedTest(name = "{1} instead of {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"high\":[3.0] | \"high\":[3.0,4.0] | range must have as many low as high entries, but had 1 and 2",
        "\"high\":[3.0] | \"top\":[3.0] | expected the key high in range, found none",
        "\"high\":[3.0] | \"high\":[null] | range.high[0] must be a finite",
        "\"high\":[3.0] | \"high\":{\"dtype\":\"<f8\",\"shape\":[1]} | range.high must be all its entries",
      })
  void what_is_no_range_is_refused_with_the_place(String from, String to, String complaint) {
    FeatureRange range = new FeatureRange(new double[] {1}, new double[] {3});
    String good = text(compact.encode(Specimens.ranged(1, range, 5, 6), ""));
    assertThat(good).contains(from);
    assertThatThrownBy(
            () -> compact.decode(good.replace(from, to).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void a_member_whose_vector_is_not_published_has_name_and_weight() throws Exception {
    List<Member> members = List.of(new Member("reference", 1, new double[0]));
    byte[] value = compact.encode(Specimens.portfolio(7, members, 1, 2), "");
    assertThat(new ObjectMapper().readTree(value).get("members").toString())
        .isEqualTo("[{\"name\":\"reference\",\"weight\":1.0}]");
    assertThat(compact.decode(value).snapshot().members())
        .usingRecursiveComparison()
        .isEqualTo(members);
  }

  /** The file was written by version 1 and never changes: what reads it goes on to do so. */
  @Test
  void a_portfolio_has_the_bytes_it_had() throws IOException {
    byte[] golden;
    try (InputStream file =
        getClass().getResourceAsStream("/golden-bytes/v1/snapshot-portfolio.json")) {
      assertThat(file).isNotNull();
      golden = file.readAllBytes();
    }
    Snapshot snapshot = Specimens.portfolio(482, 0.1, -0.0, 1e22);
    assertThat(text(compact.encode(snapshot, PREVIOUS))).isEqualTo(text(golden));
    assertThat(compact.decode(golden).snapshot()).usingRecursiveComparison().isEqualTo(snapshot);
  }

  @Test
  void a_snapshot_without_its_model_keeps_the_weights_of_its_members() {
    assertThat(Specimens.portfolio(1, 1, 2).withoutModel().members())
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new Member("reference", 0.5, new double[0]),
                new Member("tuned-0.001", 0.5, new double[0])));
  }

  @ParameterizedTest(name = "weight {0}, y[3] {1}")
  @CsvSource({
    "NaN, 1, members.reference.weight was NaN",
    "0.5, Infinity, members.reference.y[3] was Infinity"
  })
  void a_member_that_is_not_finite_is_not_written_and_named(
      double weight, double entry, String complaint) {
    Member bad = new Member("reference", weight, new double[] {0, 0, 0, entry});
    Snapshot snapshot = Specimens.portfolio(1, List.of(bad), 0, 0, 0, 0);
    assertThatThrownBy(() -> compact.encode(snapshot, ""))
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest(name = "{1} instead of {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"members\":[{ | \"members\":[[],{ | expected the key name in members[0], found none",
        "\"members\":[{ | \"members\":[7,{ | expected the key name in members[0], found none",
        "\"members\":[{ | \"members\":{},\"were\":[{ | members must be an array",
        "\"name\":\"tuned-0.001\" | \"name\":1 | members[1].name must be a text",
        "\"weight\":0.5,\"y\":[2.0, | \"weight\":1e999,\"y\":[2.0, | members[0].weight must be a finite",
        "\"weight\":0.5,\"y\":[2.0, | \"weight\":0.5,\"y\":[null, | members[0].y[0] must be a finite",
        "\"weight\":0.5,\"y\":[2.0, | \"weight\":0.5,\"y\":[2.0,3.0, | members[0].y must have length 2 as y has, but had 3",
        "\"weight\":0.5,\"y\":[2.0, | \"weight\":0.5,\"y\":2.0,\"z\":[2.0, | members[0].y must be all its entries",
        "\"weight\":0.5,\"y\":[2.0, | \"weight\":0.5,\"y\":{\"dtype\":\"<f8\",\"shape\":[2]},\"z\":[2.0, | members[0].y must be all its entries",
      })
  void what_is_no_member_is_refused_with_the_place(String from, String to, String complaint) {
    List<Member> members =
        List.of(
            new Member("reference", 0.5, new double[] {2, 1}),
            new Member("tuned-0.001", 0.5, new double[] {4, 1}));
    String good = text(compact.encode(Specimens.portfolio(1, members, 3, 1), ""));
    assertThat(good).contains(from);
    assertThatThrownBy(
            () -> compact.decode(good.replace(from, to).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void headers_tell_what_it_is_without_parsing() {
    Snapshot snapshot = Specimens.snapshot(482, 1);
    assertThat(SnapshotCodec.headers(snapshot, PREVIOUS))
        .extracting(h -> h.key() + "=" + text(h.value()))
        .containsExactly(
            "content-type=application/json",
            "thalweg-version=482",
            "thalweg-sha256=" + PREVIOUS,
            "ce_specversion=1.0",
            "ce_type=thalweg.snapshot.v1",
            "ce_id=a/3/482",
            "ce_source=/thalweg/a",
            "ce_time=2025-11-22T10:13:20.123Z");
  }

  @Test
  void every_changed_byte_is_noticed_by_the_checksum() {
    Snapshot snapshot = Specimens.snapshot(1, 2);
    byte[] value = compact.encode(snapshot, "");
    List<Header> headers = SnapshotCodec.headers(snapshot, Sha256.hex(value));
    assertThat(compact.decode(value, headers).sha()).isEqualTo(Sha256.hex(value));
    for (int i = 0; i < value.length; i++) {
      byte[] changed = value.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> compact.decode(changed, headers))
          .isInstanceOf(SnapshotFormatException.class)
          .hasMessageContaining("SHA-256");
    }
  }

  @ParameterizedTest(name = "{1} instead of {0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"schema\":\"thalweg.snapshot.v1\" | \"schema\":\"thalweg.snapshot.v9\" | thalweg.snapshot.v9",
        "\"step\":48210 | \"step\":1.5 | step must be a whole number, but was 1.5",
        "\"y\":[2.0] | \"y\":[1e999] | y[0] must be a finite number",
        "\"y\":[2.0] | \"y\":{\"dtype\":\"<f8\",\"shape\":[2],\"data\":\"AAAA\"} | y.data must hold numbers of 8 bytes, but had 3 bytes",
        "\"y\":[2.0] | \"y\":{\"dtype\":\"<f8\",\"shape\":[1],\"data\":\"AAAAAAAA8H8=\"} | entry 0 was Infinity",
        "\"y\":[2.0] | \"y\":{\"dtype\":\"<f4\",\"shape\":[1],\"data\":\"AAAA\"} | y must be an array",
        "\"time\":\"2025 | \"time\":\"soon | time must be a time",
        "\"software\":\"0.1.0\" | \"hardware\":1 | expected the key software, found none",
        "\"a.train-0\" | \"train\" | ledger.lanes[0] must be a lane",
        "[1,[0,1,1,5]] | [1,[0,1,2,5]] | ledger.runs[1] must be",
        "[1,[0,1,1,5]] | [1,[0,2,1,5]] | ledger.runs[1] must be",
        "[1,[0,1,1,5]] | [1,[2,1,1,5]] | ledger.runs[1] must be",
        "[1,[0,1,1,5]] | [0,[0,1,1,5]] | ledger.runs[1] must be",
        "\"to\":{\"lower\":[100, | \"to\":{\"lower\":[1,1, | ledger.to.lower must be one place for each of 2 lanes",
        "\"epoch\":3 | \"epoch\":3,\"epoch\":4 | Duplicate",
        "{\"schema\" | {{ | expected JSON",
      })
  void what_is_no_snapshot_is_refused_with_the_place(String from, String to, String complaint) {
    String good = text(compact.encode(Specimens.snapshot(1, 2), ""));
    assertThat(good).contains(from);
    assertThatThrownBy(
            () -> compact.decode(good.replace(from, to).getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"schema\":1}"})
  void other_values_are_refused(String value) {
    assertThatThrownBy(() -> compact.decode(value.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(SnapshotFormatException.class);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bytes_changed_at_random_are_read_or_refused_and_nothing_else(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] y = new double[seed % 2 == 0 ? 65 : 2];
    byte[] good =
        compact.encode(seed < 5 ? Specimens.snapshot(1, y) : Specimens.portfolio(1, y), "");
    byte[] alphabet = "{}[]\",:-+.0123456789eEtfn \\".getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] changed = good.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        changed[random.nextInt(changed.length)] =
            random.nextBoolean()
                ? alphabet[random.nextInt(alphabet.length)]
                : (byte) random.nextInt();
      }
      try {
        compact.decode(changed);
      } catch (SnapshotFormatException expected) {
        assertThat(expected.getMessage()).doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isBetween(100, 999);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
