package io.thalweg.app;

import io.thalweg.pipeline.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * One line that says how the loop is doing: repainted on a terminal, printed anew every few looks
 * elsewhere, so that a log file stays readable.
 */
final class LiveLine {
  private static final int LOOKS_PER_LINE = 5;

  private final PrintWriter out;
  private final boolean terminal = Terminal.isInteractive();
  private long lastSamples;
  private long lastNanos = System.nanoTime();
  private double rate;
  private int looks;

  LiveLine(PrintWriter out) {
    this.out = out;
  }

  void show(Progress now, long lag) {
    long nanos = System.nanoTime();
    rate = (now.samples() - lastSamples) * 1e9 / Math.max(1, nanos - lastNanos);
    lastSamples = now.samples();
    lastNanos = nanos;
    if (!terminal && looks++ % LOOKS_PER_LINE != 0) {
      return;
    }
    String line =
        String.format(
            Locale.ROOT,
            "%,6.0f samples/s  step %,d  upper loss %s  |hypergradient| %s  prequential %s"
                + "  version %,d  lag %,d",
            rate,
            now.step(),
            figure(now, "upper-loss"),
            figure(now, "hypergradient-norm"),
            figure(now, "prequential-loss"),
            now.version(),
            lag);
    if (terminal) {
      out.print("\r\u001b[K" + line);
    } else {
      out.println(line);
    }
    out.flush();
  }

  void end() {
    if (terminal) {
      out.println();
    }
  }

  private static String figure(Progress now, String name) {
    Double value = now.metrics().get(name);
    return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
