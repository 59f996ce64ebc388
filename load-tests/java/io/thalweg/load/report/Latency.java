package io.thalweg.load.report;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A distribution of latencies, in milliseconds.
 *
 * @param name what was measured
 * @param count how many
 * @param p50 half of them are at most
 * @param p90 90 of 100
 * @param p95 95 of 100
 * @param p99 99 of 100
 * @param p999 999 of 1000
 * @param max the longest
 * @param mean their mean
 * @param curve pairs of percentile and milliseconds
 * @param file the whole distribution, {@code .hlog}, beside the JSON
 */
public record Latency(
    String name,
    long count,
    double p50,
    double p90,
    double p95,
    double p99,
    double p999,
    double max,
    double mean,
    List<List<Double>> curve,
    String file) {
  /**
   * Of a histogram of microseconds.
   *
   * @param name what was measured
   * @param micros the histogram
   * @param file where the whole distribution is
   * @return its percentiles
   */
  public static Latency of(String name, Histogram micros, String file) {
    List<List<Double>> curve = new ArrayList<>();
    for (HistogramIterationValue value : micros.percentiles(5)) {
      curve.add(List.of(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3));
    }
    return new Latency(
        name,
        micros.getTotalCount(),
        at(micros, 50),
        at(micros, 90),
        at(micros, 95),
        at(micros, 99),
        at(micros, 99.9),
        micros.getMaxValue() / 1e3,
        micros.getTotalCount() == 0 ? 0 : Math.round(micros.getMean()) / 1e3,
        curve,
        file);
  }

  private static double at(Histogram micros, double percentile) {
    return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / 1e3;
  }
}
