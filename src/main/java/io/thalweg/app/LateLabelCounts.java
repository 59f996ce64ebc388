package io.thalweg.app;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the records and the labels of a job stand whose labels come later.
 *
 * @param joined labels that met their record and were learned
 * @param waiting records whose label has not come
 * @param expired records that were given up without it
 * @param early labels whose record has not come
 * @param unmatched labels that were given up without it
 * @param leftOut labels of records that were left out
 */
record LateLabelCounts(
    long joined, long waiting, long expired, long early, long unmatched, long leftOut) {
  private static final String JOINED = "joined-labels";

  /** What the metrics of a snapshot say; null where labels come with their records. */
  static @Nullable LateLabelCounts of(Map<String, Double> metrics) {
    return metrics.containsKey(JOINED)
        ? new LateLabelCounts(
            count(metrics, JOINED),
            count(metrics, "waiting-records"),
            count(metrics, "expired-records"),
            count(metrics, "early-labels"),
            count(metrics, "unmatched-labels"),
            count(metrics, "labels-of-left-out"))
        : null;
  }

  private static long count(Map<String, Double> metrics, String figure) {
    return metrics.getOrDefault(figure, 0.0).longValue();
  }

  /** Rows that were given up because the other half did not come. */
  long givenUp() {
    return expired + unmatched;
  }

  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "labels: %d joined, %d records wait, %d expired, %d early, %d unmatched",
            joined,
            waiting,
            expired,
            early,
            unmatched);
    return leftOut == 0 ? text : text + ", " + leftOut + " of records left out";
  }
}
