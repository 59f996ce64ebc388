package io.thalweg.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A user's table in CSV with a header: one column of words, the label, and numbers in all others,
 * which are standardised over the whole file (mean 0, standard deviation 1; a column of equal
 * numbers becomes 0). Quotes around cells are taken off; cells hold no commas.
 */
public final class LabelledCsv {
  private final int features;
  private final double[] values;
  private final List<String> labels;

  private LabelledCsv(int features, double[] values, List<String> labels) {
    this.features = features;
    this.values = values;
    this.labels = List.copyOf(labels);
  }

  /**
   * Reads a table.
   *
   * @param file the table
   * @param label name of the column that holds the label
   * @return its rows in file order
   * @throws IOException when it cannot be read, says file, line and what was expected there
   */
  public static LabelledCsv read(Path file, String label) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String first = lines.readLine();
      List<String> header = first == null ? List.of() : cells(first);
      int at = header.indexOf(label);
      if (at < 0) {
        throw new IOException(
            file + ": the header must name a column " + label + ", but was " + header);
      }
      List<double[]> rows = new ArrayList<>();
      List<String> labels = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String where = file + ", line " + (rows.size() + 2);
        List<String> cells = cells(line);
        if (cells.size() != header.size()) {
          throw new IOException(
              where + ": expected " + header.size() + " cells, but had " + cells.size());
        }
        labels.add(cells.remove(at));
        rows.add(numbers(cells, where));
      }
      if (rows.isEmpty()) {
        throw new IOException(file + ": expected rows below the header, but had none");
      }
      int features = header.size() - 1;
      double[] values = new double[rows.size() * features];
      for (int i = 0; i < rows.size(); i++) {
        System.arraycopy(rows.get(i), 0, values, i * features, features);
      }
      Standardised.columns(values, features);
      return new LabelledCsv(features, values, labels);
    }
  }

  private static List<String> cells(String line) {
    return new ArrayList<>(Arrays.asList(line.replace("\"", "").split(",", -1)));
  }

  private static double[] numbers(List<String> cells, String where) throws IOException {
    double[] out = new double[cells.size()];
    for (int j = 0; j < out.length; j++) {
      try {
        out[j] = Double.parseDouble(cells.get(j));
      } catch (NumberFormatException e) {
        throw new IOException(where + ": expected a number, but was " + cells.get(j), e);
      }
      if (!Double.isFinite(out[j])) {
        throw new IOException(where + ": expected a finite number, but was " + cells.get(j));
      }
    }
    return out;
  }

  /**
   * Length of a row.
   *
   * @return columns without the label
   */
  public int features() {
    return features;
  }

  /**
   * Number of rows.
   *
   * @return at least 1
   */
  public int rows() {
    return labels.size();
  }

  /**
   * All rows, one after the other.
   *
   * @return a fresh array
   */
  public double[] values() {
    return values.clone();
  }

  /**
   * The label of a row.
   *
   * @param i the row in file order
   * @return as the file has it, without quotes
   */
  public String label(int i) {
    return labels.get(i);
  }
}
