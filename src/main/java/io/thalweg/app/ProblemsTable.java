package io.thalweg.app;

import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;

/** The README's table of problems, made from the same source as {@code thalweg problems}. */
final class ProblemsTable {
  private ProblemsTable() {}

  /** The table in Markdown, one row per problem. */
  static String markdown() {
    StringBuilder out = new StringBuilder("| id | what it is | source |\n");
    out.append("|---|---|---|\n");
    for (ProblemInfo info : Problems.all()) {
      out.append("| `")
          .append(info.id())
          .append("` | ")
          .append(MethodsTable.cell(info.summary()))
          .append(" | ")
          .append(MethodsTable.cell(info.source()))
          .append(" |\n");
    }
    return out.toString();
  }
}
