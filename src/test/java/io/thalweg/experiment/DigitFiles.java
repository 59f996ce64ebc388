package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small files in the form of MNIST: images of 4 x 3 pixels whose first ten say the class. */
final class DigitFiles {
  private static final int PIXELS = 12;

  private DigitFiles() {}

  static void write(Path folder, String part, int rows) throws IOException {
    SplitMix64 rng = new SplitMix64(rows);
    try (DataOutputStream images = open(folder, part + "-images-idx3-ubyte");
        DataOutputStream labels = open(folder, part + "-labels-idx1-ubyte")) {
      images.writeInt(0x803);
      images.writeInt(rows);
      images.writeInt(4);
      images.writeInt(3);
      labels.writeInt(0x801);
      labels.writeInt(rows);
      for (int i = 0; i < rows; i++) {
        int label = rng.index(10);
        labels.writeByte(label);
        for (int j = 0; j < PIXELS; j++) {
          images.writeByte(j == label ? 255 : rng.index(60));
        }
      }
    }
  }

  private static DataOutputStream open(Path folder, String name) throws IOException {
    return new DataOutputStream(Files.newOutputStream(folder.resolve(name)));
  }
}
