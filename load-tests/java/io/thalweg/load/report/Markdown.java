package io.thalweg.load.report;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A page in the making. */
final class Markdown {
  private final StringBuilder out = new StringBuilder();

  void heading(int level, String text) {
    out.append('\n').append("#".repeat(level)).append(' ').append(text).append("\n\n");
  }

  void paragraph(String format, Object... args) {
    out.append(String.format(Locale.ROOT, format, args)).append("\n\n");
  }

  void item(String format, Object... args) {
    out.append("- ").append(String.format(Locale.ROOT, format, args)).append('\n');
  }

  void header(String... cells) {
    row(cells);
    row(Collections.nCopies(cells.length, "---"));
  }

  void row(String... cells) {
    row(Arrays.asList(cells));
  }

  void row(List<String> cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  void end() {
    out.append('\n');
  }

  String text() {
    return out.toString().replaceAll("\n{3,}", "\n\n").strip() + "\n";
  }
}
