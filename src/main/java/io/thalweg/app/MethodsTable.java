package io.thalweg.app;

import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;

/** The README's table of methods, made from the same source as {@code thalweg methods}. */
final class MethodsTable {
  private MethodsTable() {}

  /** The table in Markdown, one row per method. */
  static String markdown() {
    StringBuilder out = new StringBuilder("| id | what it does | paper | use it when |\n");
    out.append("|---|---|---|---|\n");
    for (MethodInfo info : Methods.all()) {
      out.append("| `")
          .append(info.id())
          .append("` | ")
          .append(cell(info.summary()))
          .append(" | ")
          .append(cell(info.paper()))
          .append(" | ")
          .append(cell(info.whenToUse()))
          .append(" |\n");
    }
    return out.toString();
  }

  /** A text as it may stand in a cell. */
  static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
