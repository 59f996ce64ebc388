package io.thalweg.load.report;

import java.util.Locale;

/** What an open page costs. */
final class PageSection {
  private PageSection() {}

  static void write(Markdown page, PageResult result) {
    page.heading(2, "An open page");
    page.paragraph(
        "%s. One process at saturation; windows of %s s without and with pages take turns (ABBA),"
            + " each with a page is compared with its neighbour without. The interval is that of"
            + " the signs, and assumes nothing.",
        result.job(), Numbers.of(result.seconds()));
    page.header("pages", "what", "ratio", "interval", "confidence", "pairs", "cost below 3 %");
    for (PageResult.Cost cost : result.costs()) {
      row(page, cost.pages(), "samples/s", cost.samples(), cost.throughput());
      row(page, cost.pages(), "CPU per sample", cost.cpu(), cost.processor());
    }
    page.end();
    page.paragraph(
        "The ratios tell all that a page does to the job, through the noise of the machine; the"
            + " CPU time of the page's own threads is exact, and tells nothing of what they do to"
            + " others.");
    page.header(
        "pages",
        "windows",
        "samples/s",
        "CPU-s per million samples",
        "in the page's own threads",
        "events/s",
        "kB/s");
    result.windows().stream()
        .mapToInt(PageResult.Window::pages)
        .distinct()
        .sorted()
        .forEach(pages -> medians(page, result, pages));
    page.end();
  }

  private static void row(Markdown page, int pages, String what, PairedRatio ratio, String word) {
    page.row(
        String.valueOf(pages),
        what,
        String.format(Locale.ROOT, "**%.4f**", ratio.median()),
        String.format(Locale.ROOT, "%.4f to %.4f", ratio.low(), ratio.high()),
        String.format(Locale.ROOT, "%.1f %%", 100 * ratio.confidence()),
        String.valueOf(ratio.pairs()),
        word.toLowerCase(Locale.ROOT));
  }

  /** Medians of the windows with so many pages. */
  private static void medians(Markdown page, PageResult result, int pages) {
    var windows = result.windows().stream().filter(w -> w.pages() == pages).toList();
    page.row(
        String.valueOf(pages),
        String.valueOf(windows.size()),
        Numbers.of(median(windows.stream().mapToDouble(PageResult.Window::samples).toArray())),
        Numbers.of(median(windows.stream().mapToDouble(PageResult.Window::cpu).toArray())),
        own(median(windows.stream().mapToDouble(PageResult.Window::own).toArray())),
        Numbers.of(median(windows.stream().mapToDouble(PageResult.Window::events).toArray())),
        Numbers.of(median(windows.stream().mapToDouble(w -> w.bytes() / 1e3).toArray())));
  }

  private static String own(double share) {
    return share < 0 ? "not told" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static double median(double[] values) {
    return PairedRatio.of(values).median();
  }
}
