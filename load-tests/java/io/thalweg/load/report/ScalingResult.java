package io.thalweg.load.report;

import java.util.List;

/**
 * Curves of cost over size.
 *
 * @param facts where and with what
 * @param scale share of the steps and records, 1 for figures that count
 * @param curves all that were measured
 */
public record ScalingResult(Facts facts, double scale, List<Curve> curves) {
  /**
   * One plot.
   *
   * @param name of its file
   * @param title for people
   * @param about how it was measured
   * @param x what grows
   * @param y what it costs
   * @param lines one per method
   */
  public record Curve(
      String name, String title, String about, String x, String y, List<Line> lines) {}

  /**
   * One line of a plot.
   *
   * @param name of the method
   * @param x sizes
   * @param y costs
   */
  public record Line(String name, List<Double> x, List<Double> y) {}
}
