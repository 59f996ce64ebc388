package io.thalweg.load.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where the CPU goes. */
final class ProfileSection {
  private ProfileSection() {}

  static void write(Markdown page, ProfileResult result) {
    page.heading(2, "Where the CPU goes");
    page.paragraph(
        "The rows of the throughput, looked at by the JDK's flight recorder: a stack of each running"
            + " Java thread every 5 ms, counted for the innermost frame that belongs to a part of the"
            + " program (frames of the JDK count for their caller). Shares of threads are exact CPU"
            + " times; compiler and collector are what no Java thread used.");
    page.header("records", "method", "of the stacks", "of the CPU, by thread", "stacks", "");
    for (ProfileResult.Row row : result.rows()) {
      page.row(
          row.records(),
          row.method(),
          shares(row.parts(), 6),
          shares(row.threads(), 5),
          Numbers.of(row.stacks()),
          "[flame graph](plots/" + row.flame() + ")");
    }
    page.end();
    page.paragraph("On top of the stacks:");
    page.header("records", "method", "methods on top");
    for (ProfileResult.Row row : result.rows()) {
      page.row(row.records(), row.method(), methods(row.top()));
    }
    page.end();
  }

  /** A link to the flame graph of a row, nothing where there is none. */
  static String flame(@Nullable ProfileResult profile, String records, String method) {
    if (profile == null) {
      return "";
    }
    return profile.rows().stream()
        .filter(row -> row.records().equals(records) && row.method().equals(method))
        .map(row -> " ([flame graph](plots/" + row.flame() + "))")
        .findFirst()
        .orElse("");
  }

  private static String shares(List<ProfileResult.Share> shares, int most) {
    return shares.stream()
        .limit(most)
        .map(share -> String.format(Locale.ROOT, "%s %.0f %%", share.name(), 100 * share.share()))
        .collect(Collectors.joining(", "));
  }

  private static String methods(List<ProfileResult.Share> shares) {
    return shares.stream()
        .limit(5)
        .map(
            share ->
                String.format(
                    Locale.ROOT, "`%s` %.0f %%", shortName(share.name()), 100 * share.share()))
        .collect(Collectors.joining(", "));
  }

  private static String shortName(String method) {
    int name = method.lastIndexOf('.');
    return method.substring(method.lastIndexOf('.', name - 1) + 1);
  }
}
