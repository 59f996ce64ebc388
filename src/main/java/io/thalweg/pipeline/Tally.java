package io.thalweg.pipeline;

import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Running sums behind the published figures. Part of the checkpoint, so that a restart publishes
 * what an uninterrupted run would have published.
 */
final class Tally {
  /** Steps of the window behind the figures ending in {@code -window}. */
  static final int WINDOW = 256;

  /** Weight of the newest batch in the smoothed losses: about the last fifty. */
  private static final double FRESH = 0.02;

  /** A piece of its own, which checkpoints of earlier versions lack. */
  private static final String LEFT_OUT = "left-out";

  private static final int LOSS = 0;
  private static final int ERROR = 1;
  private static final int WEIGHT = 2;
  private static final int UPPER_SMOOTHED = 3;
  private static final int LOWER_SMOOTHED = 4;

  private final double[] sums = {0, 0, 0, Double.NaN, Double.NaN};
  private final double[] window = new double[3 * WINDOW];
  private long attempts;
  private long refused;
  private long refusedInRow;
  private long lowerSamples;
  private long upperSamples;
  private long rejected;
  private long eventTime = Long.MIN_VALUE;
  private long leftOut;

  /** Adds the scores {loss, error, weight} of samples that were not learned yet. */
  void scored(double[] scores) {
    int slot = 3 * (int) (attempts % WINDOW);
    for (int k = 0; k < 3; k++) {
      sums[k] += scores[k];
      window[slot + k] = scores[k];
    }
  }

  /** Adds the losses of a step's batches at the point before the step. */
  void losses(double upper, double lower) {
    if (Double.isFinite(upper)) {
      sums[UPPER_SMOOTHED] = smooth(sums[UPPER_SMOOTHED], upper);
    }
    if (Double.isFinite(lower)) {
      sums[LOWER_SMOOTHED] = smooth(sums[LOWER_SMOOTHED], lower);
    }
  }

  private static double smooth(double old, double now) {
    return Double.isNaN(old) ? now : old + FRESH * (now - old);
  }

  void attempted(int lowerRows, int upperRows, boolean advanced) {
    attempts++;
    lowerSamples += lowerRows;
    upperSamples += upperRows;
    if (advanced) {
      refusedInRow = 0;
    } else {
      refused++;
      refusedInRow++;
    }
  }

  void rejected(int samples) {
    rejected += samples;
  }

  void leftOut(long samples) {
    leftOut += samples;
  }

  void eventTime(long millis) {
    eventTime = Math.max(eventTime, millis);
  }

  long eventTime() {
    return eventTime;
  }

  long refused() {
    return refused;
  }

  long refusedInRow() {
    return refusedInRow;
  }

  long samples() {
    return lowerSamples + upperSamples;
  }

  long lowerSamples() {
    return lowerSamples;
  }

  long attempts() {
    return attempts;
  }

  /**
   * Writes the figures in a fixed order.
   *
   * @param predicts whether samples are scored
   * @param twoLevels whether samples of both levels are taken in
   */
  void report(Map<String, Double> metrics, boolean predicts, boolean twoLevels) {
    known(metrics, "upper-loss", sums[UPPER_SMOOTHED]);
    known(metrics, "lower-loss", sums[LOWER_SMOOTHED]);
    if (predicts && sums[WEIGHT] > 0) {
      metrics.put("prequential-loss", sums[LOSS] / sums[WEIGHT]);
      metrics.put("prequential-error", sums[ERROR] / sums[WEIGHT]);
      double loss = 0;
      double error = 0;
      double weight = 0;
      for (int i = 0; i < WINDOW; i++) {
        loss += window[3 * i];
        error += window[3 * i + 1];
        weight += window[3 * i + 2];
      }
      if (weight > 0) {
        metrics.put("prequential-loss-window", loss / weight);
        metrics.put("prequential-error-window", error / weight);
      }
    }
    metrics.put("samples-upper", (double) upperSamples);
    if (twoLevels) {
      metrics.put("samples-lower", (double) lowerSamples);
    } else {
      metrics.put("left-out-samples", (double) leftOut);
    }
    metrics.put("rejected-samples", (double) rejected);
    metrics.put("refused-steps", (double) refused);
  }

  /** A level that no step has looked at yet has no loss. */
  private static void known(Map<String, Double> metrics, String name, double loss) {
    if (!Double.isNaN(loss)) {
      metrics.put(name, loss);
    }
  }

  List<StateArray> save() {
    List<StateArray> pieces = new ArrayList<>();
    pieces.add(new StateArray.Doubles("sums", sums.clone()));
    pieces.add(new StateArray.Doubles("window", window.clone()));
    pieces.add(
        new StateArray.Longs(
            "counts",
            new long[] {
              attempts, refused, refusedInRow, lowerSamples, upperSamples, rejected, eventTime
            }));
    if (leftOut > 0) {
      pieces.add(new StateArray.Longs(LEFT_OUT, new long[] {leftOut}));
    }
    return List.copyOf(pieces);
  }

  void restore(List<StateArray> saved) {
    Restored from = new Restored(saved);
    from.doubles("sums", sums, 0, sums.length);
    from.doubles("window", window, 0, window.length);
    long[] counts = new long[7];
    from.longs("counts", counts);
    attempts = counts[0];
    refused = counts[1];
    refusedInRow = counts[2];
    lowerSamples = counts[3];
    upperSamples = counts[4];
    rejected = counts[5];
    eventTime = counts[6];
    long[] more = new long[1];
    if (from.has(LEFT_OUT)) {
      from.longs(LEFT_OUT, more);
    }
    leftOut = more[0];
  }
}
