package io.thalweg.chart;

import java.util.List;

/**
 * A chart of lines with bands around them, the x axis logarithmic.
 *
 * @param title above the chart
 * @param x title of the x axis
 * @param y title of the y axis
 * @param logarithmic whether the y axis shows decades; then only positive values are drawn
 * @param lines in the order of the legend
 */
public record LineChart(String title, String x, String y, boolean logarithmic, List<Line> lines) {
  /**
   * One line with its band, an entry per point; a line ends at its first value that is not finite.
   *
   * @param name in the legend
   * @param x rising
   * @param low lower edge of the band
   * @param middle the line
   * @param high upper edge of the band, infinite where it leaves the chart
   */
  public record Line(String name, double[] x, double[] low, double[] middle, double[] high) {}
}
