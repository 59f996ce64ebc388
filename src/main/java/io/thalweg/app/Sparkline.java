package io.thalweg.app;

/** Values as a row of blocks, the newest last: their course at a glance, without axes. */
final class Sparkline {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final String PLAIN = "_.-:=+*#";
  private static final int EIGHTHS = 8;

  private Sparkline() {}

  /**
   * A character per value, from the lowest to the highest of those shown.
   *
   * @param values oldest first; one that is not finite leaves a gap
   * @param width how many of the newest to show
   * @param blocks whether the terminal can show Unicode blocks
   */
  static String of(double[] values, int width, boolean blocks) {
    String ramp = blocks ? BLOCKS : PLAIN;
    int from = Math.max(0, values.length - Math.max(0, width));
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = from; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    StringBuilder line = new StringBuilder();
    for (int i = from; i < values.length; i++) {
      line.append(Double.isFinite(values[i]) ? ramp.charAt(rung(values[i], low, high)) : ' ');
    }
    return line.toString();
  }

  /**
   * Halves first: the span of the largest doubles is not finite. Equal values lie in the middle.
   */
  private static int rung(double value, double low, double high) {
    int top = BLOCKS.length() - 1;
    double span = high / 2 - low / 2;
    return span > 0 ? (int) Math.round((value / 2 - low / 2) / span * top) : top / 2;
  }

  /**
   * A bar of a share.
   *
   * @param share in [0, 1]
   * @param width characters of the whole
   * @param blocks whether the terminal can show Unicode blocks; then eighths count
   */
  static String bar(double share, int width, boolean blocks) {
    if (!blocks) {
      return "#".repeat((int) Math.round(share * width));
    }
    int eighths = (int) Math.round(share * width * EIGHTHS);
    int rest = eighths % EIGHTHS;
    return "█".repeat(eighths / EIGHTHS) + (rest == 0 ? "" : "▏▎▍▌▋▊▉".charAt(rest - 1));
  }
}
