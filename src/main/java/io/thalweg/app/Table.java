package io.thalweg.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in aligned columns; the last column wraps at the width of a terminal. */
final class Table {
  private static final int WIDTH = 100;
  private static final int GAP = 2;
  private static final int NARROWEST = 30;

  private final List<String[]> rows = new ArrayList<>();
  private final int columns;

  Table(String... head) {
    columns = head.length;
    rows.add(head);
  }

  /** Adds a row with as many cells as the head. */
  void row(String... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException("expected " + columns + " cells, found " + cells.length);
    }
    rows.add(cells);
  }

  /** Prints all rows. */
  void print(PrintWriter out, String indent) {
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    int start = indent.length();
    for (int i = 0; i < columns - 1; i++) {
      start += widths[i] + GAP;
    }
    int last = Math.max(NARROWEST, WIDTH - start);
    String margin = " ".repeat(start);
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < columns - 1; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + GAP));
      }
      List<String> tail = wrapped(row[columns - 1], last);
      line.append(tail.get(0));
      out.println(line.toString().stripTrailing());
      for (String more : tail.subList(1, tail.size())) {
        out.println(margin + more);
      }
    }
  }

  /** The words of a text in lines of at most the given width, where words allow it. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : Arrays.asList(text.split(" ", -1))) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
