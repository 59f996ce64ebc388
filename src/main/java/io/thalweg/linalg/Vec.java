package io.thalweg.linalg;

import java.util.Arrays;

/**
 * An immutable point of R^n for the edges of the program, where arrays would have to be copied
 * again and again. Two are equal when every bit is, so 0.0 and -0.0 differ.
 */
public final class Vec {
  private final double[] entries;

  private Vec(double[] entries) {
    this.entries = entries;
  }

  /**
   * A copy of an array.
   *
   * @param entries the coordinates
   * @return the point
   */
  public static Vec of(double... entries) {
    return new Vec(entries.clone());
  }

  /**
   * Number of coordinates.
   *
   * @return n
   */
  public int length() {
    return entries.length;
  }

  /**
   * One coordinate.
   *
   * @param i 0 to n - 1
   * @return its value
   */
  public double get(int i) {
    return entries[i];
  }

  /**
   * The coordinates.
   *
   * @return a fresh array
   */
  public double[] toArray() {
    return entries.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Vec that && Arrays.equals(entries, that.entries);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(entries);
  }

  @Override
  public String toString() {
    return Arrays.toString(entries);
  }
}
