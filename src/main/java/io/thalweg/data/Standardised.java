package io.thalweg.data;

/** Columns of mean 0 and standard deviation 1. */
final class Standardised {
  private Standardised() {}

  /**
   * Shifts and scales every column of rows that lie one after the other; equal numbers become 0.
   */
  static void columns(double[] values, int features) {
    int rows = values.length / features;
    for (int j = 0; j < features; j++) {
      double sum = 0;
      for (int at = j; at < values.length; at += features) {
        sum += values[at];
      }
      double mean = sum / rows;
      double squares = 0;
      for (int at = j; at < values.length; at += features) {
        values[at] -= mean;
        squares += values[at] * values[at];
      }
      double deviation = squares > 0 ? Math.sqrt(squares / rows) : 1;
      for (int at = j; at < values.length; at += features) {
        values[at] /= deviation;
      }
    }
  }
}
