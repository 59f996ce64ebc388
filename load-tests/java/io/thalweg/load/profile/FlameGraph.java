package io.thalweg.load.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A flame graph as an SVG file: a row per depth of the stack with the outermost frame below, widths
 * by how many stacks, colours by part; the pointer shows whole names and shares.
 */
final class FlameGraph {
  private static final int WIDTH = 1200;
  private static final int ROW = 15;
  private static final int TOP = 44;

  /** Pixels of a letter. */
  private static final double LETTER = 6.3;

  /** What is narrower is left out. */
  private static final double LEAST = 1.2;

  private final StringBuilder out = new StringBuilder();
  private final int all;
  private final int height;

  private FlameGraph(FlameNode root) {
    this.all = Math.max(1, root.count());
    this.height = TOP + (visibleDepth(root) + 1) * ROW;
  }

  static void write(Path file, String title, FlameNode root) throws IOException {
    FlameGraph graph = new FlameGraph(root);
    graph.begin(title);
    graph.draw(root, 0, 0);
    graph.out.append("</svg>\n");
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, graph.out.toString());
  }

  private void begin(String title) {
    out.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d"
                + " %d\" font-family=\"monospace\" font-size=\"10.5\">%n"
                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n"
                + "<text x=\"8\" y=\"16\" font-size=\"13\">%s</text>%n",
            WIDTH,
            height,
            WIDTH,
            height,
            escaped(title)));
    double x = 8;
    for (Part part : Part.values()) {
      out.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"24\" width=\"10\" height=\"10\" fill=\"#%06x\"/>"
                  + "<text x=\"%.1f\" y=\"33\">%s</text>%n",
              x,
              part.color(),
              x + 14,
              part.title()));
      x += 34 + LETTER * part.title().length();
    }
  }

  private double width(FlameNode node) {
    return (double) WIDTH * node.count() / all;
  }

  private int visibleDepth(FlameNode node) {
    int deepest = 0;
    for (FlameNode callee : node.callees()) {
      if (width(callee) >= LEAST) {
        deepest = Math.max(deepest, visibleDepth(callee));
      }
    }
    return 1 + deepest;
  }

  private void draw(FlameNode node, double x, int depth) {
    double width = width(node);
    double y = height - (depth + 1.5) * ROW;
    out.append(
        String.format(
            Locale.ROOT,
            "<g><title>%s (%.1f %%)</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\""
                + " fill=\"#%06x\" fill-opacity=\"0.55\" stroke=\"#ffffff\" stroke-width=\"0.5\"/>",
            escaped(node.name()),
            100.0 * node.count() / all,
            x,
            y,
            width,
            ROW - 1,
            Part.of(node.name()).color()));
    String label = label(node.name(), (int) ((width - 4) / LETTER));
    if (!label.isEmpty()) {
      out.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%.1f\">%s</text>",
              x + 2,
              y + ROW - 4,
              escaped(label)));
    }
    out.append("</g>\n");
    double at = x;
    for (FlameNode callee : node.callees()) {
      if (width(callee) >= LEAST) {
        draw(callee, at, depth + 1);
      }
      at += width(callee);
    }
  }

  /** Class and method without the package, as far as they fit. */
  private static String label(String name, int letters) {
    if (letters < 3) {
      return "";
    }
    int method = name.lastIndexOf('.');
    int type = method < 0 ? -1 : name.lastIndexOf('.', method - 1);
    String text = name.substring(type + 1);
    return text.length() <= letters ? text : text.substring(0, letters - 1) + "…";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
