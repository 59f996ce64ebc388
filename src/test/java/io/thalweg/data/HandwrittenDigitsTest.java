package io.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandwrittenDigitsTest {
  @TempDir Path folder;

  private static byte[] idx(int magic, int[] sizes, int... bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(out);
    data.writeInt(magic);
    for (int size : sizes) {
      data.writeInt(size);
    }
    for (int b : bytes) {
      data.writeByte(b);
    }
    return out.toByteArray();
  }

  private void images(int... bytes) throws IOException {
    Files.write(folder.resolve("train-images-idx3-ubyte"), idx(0x803, new int[] {2, 1, 3}, bytes));
  }

  private void labels(int... bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(idx(0x801, new int[] {2}, bytes));
    }
    Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), packed.toByteArray());
  }

  @Test
  void pixels_are_scaled_and_labels_kept_packed_or_not() throws IOException {
    images(0, 51, 255, 102, 0, 0);
    labels(7, 0);
    HandwrittenDigits digits = HandwrittenDigits.training(folder);
    assertThat(digits.rows()).isEqualTo(2);
    assertThat(digits.features()).isEqualTo(3);
    assertThat(digits.label(0)).isEqualTo(7);
    double[] out = new double[4];
    digits.copyRow(0, out, 1);
    assertThat(out).containsExactly(0, 0, 0.2, 1);
  }

  @Test
  void a_damaged_file_is_named_with_what_was_expected() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> HandwrittenDigits.training(folder))
        .withMessageContaining("must hold train-images-idx3-ubyte");
    images(0, 51, 255, 102, 0);
    labels(7, 0);
    assertThatIOException()
        .isThrownBy(() -> HandwrittenDigits.training(folder))
        .withMessageContaining("ends early: 3 bytes were expected, 2 were left");
    images(0, 51, 255, 102, 0, 0);
    labels(7, 10);
    assertThatIOException()
        .isThrownBy(() -> HandwrittenDigits.training(folder))
        .withMessageContaining("label 1 must be 0 to 9, but was 10");
    Files.write(folder.resolve("train-images-idx3-ubyte"), idx(0x801, new int[] {2, 1, 3}));
    labels(7, 0);
    assertThatIOException()
        .isThrownBy(() -> HandwrittenDigits.training(folder))
        .withMessageContaining("must start with the number 2051, but starts with 2049");
  }
}
