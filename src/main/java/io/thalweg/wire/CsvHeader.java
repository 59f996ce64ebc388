package io.thalweg.wire;

import java.util.ArrayList;
import java.util.List;

/** The first line of a CSV file. */
public final class CsvHeader {
  private CsvHeader() {}

  /**
   * The column names of a header line, quotes as in RFC 4180; spaces around a name and a byte order
   * mark do not count.
   *
   * @param line the line, its end included or not
   * @return the names in order
   */
  public static List<String> names(String line) {
    return names(line, ',');
  }

  /**
   * The same with another separator.
   *
   * @param line the line, its end included or not
   * @param separator between the names
   * @return the names in order
   */
  public static List<String> names(String line, char separator) {
    List<String> out = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    for (int i = line.startsWith("\uFEFF") ? 1 : 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          name.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == separator && !quoted) {
        out.add(name.toString().strip());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    out.add(name.toString().strip());
    return out;
  }
}
