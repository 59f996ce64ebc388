package io.thalweg.app;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Suggestions;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** How {@code methods} and {@code problems} show what they know. */
final class Reference {
  private Reference() {}

  /** A table of keys with ranges and defaults. */
  static void parameters(List<Parameter> parameters, PrintWriter out) {
    Table table = new Table("KEY", "VALUE", "DEFAULT", "MEANING");
    for (Parameter p : parameters) {
      table.row(p.key(), value(p), otherwise(p), p.meaning());
      for (Parameter within : p.keys()) {
        table.row(p.key() + "." + within.key(), value(within), otherwise(within), within.meaning());
      }
    }
    table.print(out, "  ");
  }

  /** What a value looks like. */
  static String value(Parameter p) {
    String within = p.range().equals(Range.ANY) ? "" : " in " + p.range();
    return switch (p.kind()) {
      case NUMBER -> "number" + within;
      case INTEGER -> "whole number" + within;
      case CHOICE -> String.join(" | ", p.choices());
      case TEXT -> "text";
      case FLAG -> "true | false";
      case SCHEDULE -> "number or schedule";
      case WEIGHTS -> "number or map of numbers";
      case NUMBERS -> "list of numbers" + within;
      case TEXTS -> "list of texts";
      case TREE -> "map";
    };
  }

  /** The default as a user would write it. */
  static String otherwise(Parameter p) {
    if (p.required()) {
      return "required";
    }
    Object value = p.defaultValue();
    return value == null ? "-" : written(value);
  }

  private static String written(Object value) {
    if (value instanceof Map<?, ?> map) {
      StringBuilder out = new StringBuilder("{");
      map.forEach(
          (k, v) ->
              out.append(out.length() == 1 ? "" : ", ").append(k).append(": ").append(written(v)));
      return out.append('}').toString();
    }
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9) {
      return Long.toString(number.longValue());
    }
    return String.valueOf(value);
  }

  /** The refusal of an id that does not exist. */
  static UserError unknown(String what, String id, List<String> known) {
    return new UserError(
        ExitCode.USAGE, "there is no " + what + " \"" + id + "\"" + Suggestions.hint(id, known));
  }
}
