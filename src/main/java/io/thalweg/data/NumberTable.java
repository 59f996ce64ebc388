package io.thalweg.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Small tables of numbers that test problems are made of: CSV resources without a header. */
public final class NumberTable {
  private NumberTable() {}

  /**
   * Reads a table.
   *
   * @param name of the resource below {@code /data/}, without its ending
   * @return its rows; lines that begin with # are left out
   * @throws IOException when there is none of that name
   */
  public static double[][] load(String name) throws IOException {
    String resource = "/data/" + name + ".csv";
    try (InputStream in = NumberTable.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("expected the resource " + resource + ", but it is missing");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      List<double[]> out = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] cells = line.split(",", -1);
          double[] row = new double[cells.length];
          for (int i = 0; i < row.length; i++) {
            row[i] = Double.parseDouble(cells[i]);
          }
          out.add(row);
        }
      }
      return out.toArray(double[][]::new);
    }
  }
}
