package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Header;
import io.thalweg.stream.Member;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors too long for a snapshot: what is written must come back bit for bit, and cheaply. */
class LongVectorsTest {
  private static final int DIM = 3 * Keyframe.PART + 17;
  private static final LargeModels SMALL_ROOM = new LargeModels(1_000, 1_000, 400_000);

  private final SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private final SplittableRandom random = new SplittableRandom(5);
  private final Keyframes keyframes = new Keyframes();
  private final double[] y = random.doubles(DIM, -1, 1).toArray();
  private CutEncoder encoder = new CutEncoder(codec, SMALL_ROOM, null);
  private long version;
  private Checkpoint checkpoint = Specimens.checkpoint();

  private EncodedCut next() {
    EncodedCut cut =
        encoder.encode(
            new Cut(Specimens.snapshot(++version, y.clone()), Specimens.checkpoint(), List.of()));
    checkpoint = cut.checkpoint();
    return cut;
  }

  private void touch(int entries) {
    for (int k = 0; k < entries; k++) {
      y[random.nextInt(DIM)] += random.nextDouble() - 0.5;
    }
  }

  private SnapshotCodec.Decoded read(EncodedCut cut) {
    cut.parts().forEach(part -> keyframes.take(part.key(), part.headers(), part.value()));
    return codec.decode(cut.snapshot(), cut.snapshotHeaders(), keyframes);
  }

  private void assertReadBack(EncodedCut cut) {
    double[] found = read(cut).snapshot().y();
    assertThat(found).hasSize(DIM);
    for (int i = 0; i < DIM; i++) {
      if (Double.doubleToRawLongBits(found[i]) != Double.doubleToRawLongBits(y[i])) {
        throw new AssertionError("entry " + i + ": wrote " + y[i] + ", read " + found[i]);
      }
    }
  }

  @Test
  void the_first_is_a_keyframe_and_later_ones_carry_only_what_differs_from_it() {
    y[7] = -0.0;
    EncodedCut first = next();
    assertThat(first.parts()).hasSize(4);
    assertThat(first.deltaEntries()).isZero();
    assertReadBack(first);
    assertThat(read(first).whole()).isFalse();
    y[7] = 0.0; // equal as numbers, not as bits
    touch(50);
    EncodedCut second = next();
    assertThat(second.parts()).isEmpty();
    assertThat(second.deltaEntries()).isBetween(45, 51);
    assertThat(second.snapshot()).hasSizeLessThan(4_000);
    assertReadBack(second);
    EncodedCut unchanged = next();
    assertThat(unchanged.deltaEntries()).isEqualTo(second.deltaEntries());
    assertReadBack(unchanged);
  }

  @ParameterizedTest(name = "{0} entries change per snapshot")
  @ValueSource(ints = {10, 1_000, 20_000, 500_000})
  void whatever_changes_what_is_written_stays_within_twice_the_keyframes_alone(int entries) {
    long bytes = 0;
    int written = 0;
    int frames = 0;
    for (int i = 0; i < 40; i++) {
      touch(entries);
      EncodedCut cut = next();
      assertReadBack(cut);
      bytes += cut.snapshot().length;
      for (SnapshotPart part : cut.parts()) {
        bytes += part.value().length;
        written++;
      }
      frames += cut.parts().isEmpty() ? 0 : 1;
      assertThat(cut.snapshot().length).isLessThan(SMALL_ROOM.deltaBytes() + 4_000);
    }
    assertThat(written).isEqualTo(4 * frames);
    assertThat(bytes).isLessThan(2L * 40 * Double.BYTES * DIM);
    if (entries == 10) {
      assertThat(frames).isEqualTo(1);
      assertThat(bytes).isLessThan(2L * Double.BYTES * DIM);
    }
    if (entries == 500_000) {
      assertThat(frames).isEqualTo(40);
    }
  }

  @Test
  void members_of_a_long_model_have_name_and_weight_alone() {
    EncodedCut cut =
        encoder.encode(
            new Cut(Specimens.portfolio(1, y.clone()), Specimens.checkpoint(), List.of()));
    assertThat(cut.snapshot()).hasSizeLessThan(4_000);
    assertReadBack(cut);
    assertThat(read(cut).snapshot().members())
        .usingRecursiveComparison()
        .isEqualTo(
            List.of(
                new Member("reference", 0.5, new double[0]),
                new Member("tuned-0.001", 0.5, new double[0])));
    // a line of its own holds y whole and has no more of the members than the record had
    byte[] line = codec.encode(read(cut).snapshot(), "");
    assertThat(codec.decode(line).snapshot())
        .usingRecursiveComparison()
        .isEqualTo(read(cut).snapshot());
  }

  @Test
  void a_keyframe_comes_after_so_many_snapshots_at_the_latest() {
    encoder = new CutEncoder(codec, new LargeModels(1_000, 5, 400_000), null);
    List<Integer> parts = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      parts.add(next().parts().size());
    }
    assertThat(parts).containsExactly(4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4);
  }

  @Test
  void few_entries_over_zero_need_no_keyframe() {
    java.util.Arrays.fill(y, 0);
    EncodedCut zero = next();
    assertThat(zero.parts()).isEmpty();
    assertReadBack(zero);
    touch(100);
    EncodedCut some = next();
    assertThat(some.parts()).isEmpty();
    assertThat(codec.link(some.snapshot(), some.snapshotHeaders()).keyframes()).isEmpty();
    assertReadBack(some);
  }

  @Test
  void the_next_life_begins_with_a_keyframe_in_the_other_place() {
    EncodedCut first = next();
    encoder = new CutEncoder(codec, SMALL_ROOM, checkpoint);
    touch(3);
    EncodedCut again = next();
    assertThat(first.parts().get(0).key()).isEqualTo("|y|0|0");
    assertThat(again.parts().get(0).key()).isEqualTo("|y|1|0");
    encoder = new CutEncoder(codec, SMALL_ROOM, checkpoint);
    EncodedCut third = next();
    assertThat(third.parts().get(0).key()).isEqualTo("|y|0|0");
    assertReadBack(first.parts().isEmpty() ? first : third);
  }

  @Test
  void the_chain_covers_the_keyframe_so_a_flipped_bit_in_a_part_is_noticed() {
    EncodedCut first = next();
    List<SnapshotPart> parts = new ArrayList<>(first.parts());
    byte[] changed = parts.get(2).value().clone();
    changed[1234] ^= 4;
    parts.set(2, new SnapshotPart(parts.get(2).key(), parts.get(2).headers(), changed));
    parts.forEach(part -> keyframes.take(part.key(), part.headers(), part.value()));
    assertThatThrownBy(() -> codec.decode(first.snapshot(), first.snapshotHeaders(), keyframes))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining("y: expected keyframe 3/1 of SHA-256");
  }

  @Test
  void what_is_missing_is_said_with_the_version_it_was_written_with() {
    EncodedCut first = next();
    assertThatThrownBy(() -> codec.decode(first.snapshot(), first.snapshotHeaders(), keyframes))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining("the 4 parts of keyframe 3/1")
        .hasMessageContaining("found none")
        .hasMessageContaining("written with version 1");
    first
        .parts()
        .subList(0, 2)
        .forEach(part -> keyframes.take(part.key(), part.headers(), part.value()));
    assertThatThrownBy(() -> codec.decode(first.snapshot(), first.snapshotHeaders(), keyframes))
        .hasMessageContaining("found the first 2");
  }

  @Test
  void parts_of_strangers_and_parts_out_of_order_never_make_a_wrong_vector() {
    EncodedCut first = next();
    keyframes.take("|y", List.of(), new byte[8]);
    keyframes.take("|y|0|0", List.of(new Header("thalweg-epoch", bytes("x"))), new byte[8]);
    for (int k : new int[] {1, 0, 2, 1, 3}) {
      SnapshotPart part = first.parts().get(k);
      keyframes.take(part.key(), part.headers(), part.value());
    }
    assertThatThrownBy(() -> codec.decode(first.snapshot(), first.snapshotHeaders(), keyframes))
        .isInstanceOf(SnapshotFormatException.class);
    assertReadBack(first);
  }

  @Test
  void a_number_that_is_not_finite_is_never_written_whatever_the_form() {
    next();
    y[65_600] = Double.NEGATIVE_INFINITY;
    assertThatThrownBy(this::next)
        .isInstanceOf(NonFiniteException.class)
        .hasMessageContaining("y[65600]");
    version--;
    y[65_600] = 1;
    assertThat(next().deltaEntries()).isEqualTo(1);
  }

  @Test
  void a_difference_that_does_not_fit_the_vector_is_refused() {
    read(next());
    y[5] = 2;
    String good = new String(next().snapshot(), StandardCharsets.UTF_8);
    assertThat(good).contains("\"index\":\"BQAAAA==\"");
    String bad = good.replace("\"index\":\"BQAAAA==\"", "\"index\":\"/////w==\"");
    assertThatThrownBy(() -> codec.decode(bytes(bad), List.of(), keyframes))
        .isInstanceOf(SnapshotFormatException.class)
        .hasMessageContaining("y.delta.index must grow and stay below " + DIM + ", but -1");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
