package io.thalweg.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.StateArray;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCodecTest {
  private final byte[] small = CheckpointCodec.encode(Specimens.checkpoint());

  @Test
  void what_is_written_reads_back_bit_for_bit() {
    same(CheckpointCodec.decode(small), Specimens.checkpoint());
  }

  @Test
  void the_same_checkpoint_has_the_same_bytes() {
    assertThat(CheckpointCodec.encode(CheckpointCodec.decode(small))).isEqualTo(small);
  }

  @ParameterizedTest(name = "in pieces of {0} bytes")
  @ValueSource(ints = {1, 3, 7, 8, 64, 1_000_000})
  void written_piece_by_piece_it_is_the_same_bytes_and_is_read_from_the_pieces(int chunk) {
    List<ByteBuffer> pieces = new ArrayList<>();
    ByteBuffer whole = ByteBuffer.allocate(small.length);
    CRC32C crc = new CRC32C();
    int said =
        CheckpointCodec.write(
            Specimens.checkpoint(),
            chunk,
            5,
            bytes -> {
              assertThat(bytes.length).isLessThanOrEqualTo(5 + chunk);
              pieces.add(ByteBuffer.wrap(bytes, 5, bytes.length - 5));
              whole.put(bytes, 5, bytes.length - 5);
            });
    assertThat(whole.array()).isEqualTo(small);
    crc.update(small);
    assertThat(said).isEqualTo((int) crc.getValue());
    same(CheckpointCodec.decode(pieces), Specimens.checkpoint());
  }

  /** The file was written by version 1 and never changes: old checkpoints stay readable. */
  @Test
  void version_1_stays_readable() throws IOException {
    try (InputStream file = getClass().getResourceAsStream("/golden-bytes/v1/checkpoint.thwc")) {
      assertThat(file).isNotNull();
      same(CheckpointCodec.decode(file.readAllBytes()), Specimens.checkpoint());
    }
  }

  private static void same(Checkpoint read, Checkpoint expected) {
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("solver", "tally")
        .isEqualTo(expected);
    assertThat(words(read.solver())).isEqualTo(words(expected.solver()));
    assertThat(words(read.tally())).isEqualTo(words(expected.tally()));
  }

  private static List<String> words(List<StateArray> arrays) {
    return arrays.stream()
        .map(
            a ->
                a instanceof StateArray.Doubles d
                    ? d.name()
                        + Arrays.toString(
                            Arrays.stream(d.values())
                                .mapToLong(Double::doubleToRawLongBits)
                                .toArray())
                    : a.name() + Arrays.toString(((StateArray.Longs) a).values()))
        .toList();
  }

  @Test
  void every_single_bit_flip_is_detected() {
    for (int bit = 0; bit < 8 * small.length; bit++) {
      byte[] damaged = small.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> CheckpointCodec.decode(damaged))
          .as("bit " + bit)
          .isInstanceOf(CheckpointFormatException.class);
    }
  }

  @Test
  void every_truncation_is_detected() {
    for (int length = 0; length < small.length; length++) {
      byte[] part = Arrays.copyOf(small, length);
      assertThatThrownBy(() -> CheckpointCodec.decode(part))
          .as("length " + length)
          .isInstanceOf(CheckpointFormatException.class);
    }
  }

  /** The checksum does not protect against a forger: lengths must not be believed either. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void bytes_with_a_right_checksum_and_wrong_content_are_refused_or_read(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int body = small.length - 4;
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] forged = Arrays.copyOf(small, body);
      int at = 6 + random.nextInt(body - 9);
      ByteBuffer.wrap(forged)
          .putInt(at, random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt());
      try {
        CheckpointCodec.decode(CheckpointCodec.sealed(forged));
      } catch (CheckpointFormatException expected) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void a_newer_format_is_refused_by_name() {
    byte[] newer = small.clone();
    newer[5] = 2;
    assertThatThrownBy(() -> CheckpointCodec.decode(newer))
        .isInstanceOf(CheckpointFormatException.class)
        .hasMessage(
            "this program reads checkpoints of format version 1, but found version 2:"
                + " it was written by a newer program");
  }

  @Test
  void something_else_is_refused_by_name() {
    assertThatThrownBy(
            () ->
                CheckpointCodec.decode(
                    "{\"schema\":\"thalweg\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isInstanceOf(CheckpointFormatException.class)
        .hasMessageContaining("THWC");
    assertThatThrownBy(() -> CheckpointCodec.decode(new byte[0]))
        .isInstanceOf(CheckpointFormatException.class)
        .hasMessageContaining("had 0");
  }
}
