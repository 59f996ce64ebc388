package io.thalweg.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;

/**
 * The UCI Bank Marketing data (Moro, Cortez, Rita 2014): 45,211 telephone contacts in date order,
 * 11.7 % of them positive, with drift. Numeric columns are taken as they are, each categorical
 * column becomes one 0/1 column per category in alphabetical order, and every column is then
 * standardised over the whole file (mean 0, standard deviation 1): 51 features, labels 0 and 1. A
 * constant column is not added; the problem has its own bias.
 */
public final class BankMarketing {
  private static final String RESOURCE = "/data/bank-full.csv.gz";

  /** The columns that hold words; the others, but for the last one, hold numbers. */
  private static final Set<String> WORDS =
      Set.of(
          "job",
          "marital",
          "education",
          "default",
          "housing",
          "loan",
          "contact",
          "month",
          "poutcome");

  private final List<String> names;
  private final int rows;
  private final double[] values;
  private final byte[] labels;

  private BankMarketing(List<String> names, int rows, double[] values, byte[] labels) {
    this.names = List.copyOf(names);
    this.rows = rows;
    this.values = values;
    this.labels = labels;
  }

  /**
   * Reads and prepares the data; some 20 MB that live as long as the result.
   *
   * @return the prepared data
   * @throws IOException when the resource is missing or damaged
   */
  public static BankMarketing load() throws IOException {
    List<String[]> cells = read();
    String[] header = cells.remove(0);
    int columns = header.length - 1;
    List<String> names = new ArrayList<>();
    List<List<String>> categories = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      Set<String> words = new TreeSet<>();
      if (WORDS.contains(header[c])) {
        for (String[] line : cells) {
          words.add(line[c]);
        }
        for (String word : words) {
          names.add(header[c] + "=" + word);
        }
      } else {
        names.add(header[c]);
      }
      categories.add(List.copyOf(words));
    }
    int features = names.size();
    double[] values = new double[cells.size() * features];
    byte[] labels = new byte[cells.size()];
    for (int r = 0; r < labels.length; r++) {
      String[] line = cells.get(r);
      int at = r * features;
      for (int c = 0; c < columns; c++) {
        List<String> words = categories.get(c);
        if (words.isEmpty()) {
          values[at++] = Double.parseDouble(line[c]);
        } else {
          values[at + words.indexOf(line[c])] = 1;
          at += words.size();
        }
      }
      labels[r] = (byte) (line[columns].equals("yes") ? 1 : 0);
    }
    Standardised.columns(values, features);
    return new BankMarketing(names, labels.length, values, labels);
  }

  /**
   * Length of a row.
   *
   * @return 51
   */
  public int features() {
    return names.size();
  }

  /**
   * Number of rows.
   *
   * @return 45,211
   */
  public int rows() {
    return rows;
  }

  /**
   * One row's features.
   *
   * @param i the row in file order, 0 to rows - 1
   * @return a fresh array of length {@link #features()}
   */
  public double[] row(int i) {
    return Arrays.copyOfRange(values, i * features(), (i + 1) * features());
  }

  /**
   * One row's label.
   *
   * @param i the row in file order, 0 to rows - 1
   * @return 1 when the client subscribed, else 0
   */
  public double label(int i) {
    return labels[i];
  }

  /**
   * What a feature means.
   *
   * @param j the feature, 0 to features - 1
   * @return the column, for one category {@code column=category}
   */
  public String name(int j) {
    return names.get(j);
  }

  private static List<String[]> read() throws IOException {
    try (InputStream packed = BankMarketing.class.getResourceAsStream(RESOURCE)) {
      if (packed == null) {
        throw new IOException("expected the resource " + RESOURCE + ", but it is missing");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.US_ASCII));
      List<String[]> out = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.add(line.replace("\"", "").split(";", -1));
      }
      return out;
    }
  }
}
