package io.thalweg.load.report;

import java.util.List;

/**
 * Samples per CPU-second from Kafka to committed snapshots.
 *
 * @param facts where and with what
 * @param rounds measured, after one to warm up; figures are medians
 * @param scale share of the records, 1 for figures that count
 * @param rows one per kind of records and method
 */
public record ThroughputResult(Facts facts, int rounds, double scale, List<Row> rows) {
  /**
   * One kind of records and one method; costs in CPU-nanoseconds per sample.
   *
   * @param records what is on the wire
   * @param method of the solver
   * @param perCore million samples per CPU-second of the whole process
   * @param floor asked of it
   * @param stretch very good
   * @param perSecond million samples per second by the clock on the wall
   * @param whole cost of it all
   * @param kafka cost of polling alone
   * @param decode cost of decoding alone
   * @param step cost of the solver's steps alone
   */
  public record Row(
      String records,
      String method,
      double perCore,
      double floor,
      double stretch,
      double perSecond,
      double whole,
      double kafka,
      double decode,
      double step) {
    /**
     * What the parts do not explain; negative where a part costs less in company than alone.
     *
     * @return CPU-nanoseconds per sample
     */
    public double rest() {
      return whole - kafka - decode - step;
    }

    /**
     * The part that costs most, and its share.
     *
     * @return words for people
     */
    public String limit() {
      double[] costs = {kafka, decode, step, rest()};
      String[] names = {"Kafka client", "decode", "step", "the rest"};
      int most = 0;
      for (int i = 1; i < costs.length; i++) {
        most = costs[i] > costs[most] ? i : most;
      }
      return names[most] + ", " + Math.round(100 * costs[most] / whole) + " %";
    }

    /**
     * The floor, and what came of it.
     *
     * @return a target
     */
    public Target target() {
      return new Target(records + ", " + method, "M samples per CPU-s", true, floor, perCore);
    }
  }
}
