package io.thalweg.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * The MNIST data (LeCun, Cortes, Burges): images of handwritten digits, 28 x 28 pixels, in the IDX
 * files in which they are distributed, packed by gzip or not. Not part of the program: 11 MB
 * packed, read from a folder that the user names. Pixels are scaled to [0, 1].
 */
public final class HandwrittenDigits {
  /** Classes 0 to 9. */
  public static final int CLASSES = 10;

  private static final int IMAGES = 0x803;
  private static final int LABELS = 0x801;
  private static final int MOST_ROWS = 1_000_000;

  private final int features;
  private final double[] pixels;
  private final byte[] labels;

  private HandwrittenDigits(int features, double[] pixels, byte[] labels) {
    this.features = features;
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Reads the 60,000 training images.
   *
   * @param folder holds {@code train-images-idx3-ubyte} and {@code train-labels-idx1-ubyte}, {@code
   *     .gz} or not
   * @return the images
   * @throws IOException when a file is missing or not such a file; says which and what was found
   */
  public static HandwrittenDigits training(Path folder) throws IOException {
    return load(folder, "train");
  }

  /**
   * Reads the 10,000 test images.
   *
   * @param folder holds {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, {@code
   *     .gz} or not
   * @return the images
   * @throws IOException when a file is missing or not such a file; says which and what was found
   */
  public static HandwrittenDigits test(Path folder) throws IOException {
    return load(folder, "t10k");
  }

  private static HandwrittenDigits load(Path folder, String part) throws IOException {
    Path imageFile = find(folder, part + "-images-idx3-ubyte");
    Path labelFile = find(folder, part + "-labels-idx1-ubyte");
    byte[] labels;
    try (DataInputStream in = open(labelFile)) {
      int rows = header(in, labelFile, LABELS);
      labels = in.readNBytes(rows);
      complete(labelFile, rows, labels.length);
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= CLASSES) {
        throw new IOException(
            labelFile + ": label " + i + " must be 0 to 9, but was " + (labels[i] & 0xFF));
      }
    }
    try (DataInputStream in = open(imageFile)) {
      int rows = header(in, imageFile, IMAGES);
      int features = Math.multiplyExact(in.readInt(), in.readInt());
      if (rows != labels.length || features < 1 || features > MOST_ROWS) {
        throw new IOException(
            imageFile
                + " must hold "
                + labels.length
                + " images, as many as there are labels, but holds "
                + rows
                + " of "
                + features
                + " pixels");
      }
      double[] pixels = new double[Math.multiplyExact(rows, features)];
      byte[] row = new byte[features];
      for (int r = 0; r < rows; r++) {
        complete(imageFile, features, in.readNBytes(row, 0, features));
        for (int j = 0; j < features; j++) {
          pixels[r * features + j] = (row[j] & 0xFF) / 255.0;
        }
      }
      return new HandwrittenDigits(features, pixels, labels);
    }
  }

  private static Path find(Path folder, String name) throws IOException {
    for (String ending : new String[] {"", ".gz"}) {
      Path file = folder.resolve(name + ending);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new IOException(folder + " must hold " + name + " or " + name + ".gz, but does not");
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return new DataInputStream(
          new BufferedInputStream(
              file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in, 1 << 16));
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static int header(DataInputStream in, Path file, int magic) throws IOException {
    int found = in.readInt();
    if (found != magic) {
      throw new IOException(
          file + " must start with the number " + magic + ", but starts with " + found);
    }
    int rows = in.readInt();
    if (rows < 1 || rows > MOST_ROWS) {
      throw new IOException(file + " must hold 1 to " + MOST_ROWS + " rows, but says " + rows);
    }
    return rows;
  }

  private static void complete(Path file, int wanted, int found) throws IOException {
    if (found < wanted) {
      throw new IOException(
          file + " ends early: " + wanted + " bytes were expected, " + found + " were left");
    }
  }

  /**
   * Number of images.
   *
   * @return rows
   */
  public int rows() {
    return labels.length;
  }

  /**
   * Pixels of an image.
   *
   * @return 784 for MNIST itself
   */
  public int features() {
    return features;
  }

  /**
   * One image.
   *
   * @param row its number
   * @param out receives the pixels, row by row, in [0, 1]
   * @param offset where the first goes
   */
  public void copyRow(int row, double[] out, int offset) {
    System.arraycopy(pixels, row * features, out, offset, features);
  }

  /**
   * The digit on one image.
   *
   * @param row its number
   * @return 0 to 9
   */
  public int label(int row) {
    return labels[row];
  }
}
