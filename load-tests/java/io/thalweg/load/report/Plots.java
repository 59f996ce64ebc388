package io.thalweg.load.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Plots as PNG files. */
public final class Plots {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 400;

  private static final Color[] COLORS = {
    new Color(0x1b6ca8), new Color(0xd1495b), new Color(0x2e8b57), new Color(0x8a5fb0)
  };

  private final Path folder;

  private Plots(Path folder) {
    this.folder = folder;
  }

  /**
   * Plots in {@code plots} beside the folder of the results.
   *
   * @param results folder of the results
   * @return where plots go
   */
  public static Plots beside(Path results) {
    return new Plots(results.toAbsolutePath().normalize().resolveSibling("plots"));
  }

  /**
   * Where plots go.
   *
   * @return a folder that need not be there
   */
  public Path folder() {
    return folder;
  }

  /**
   * A curve of cost over size, both logarithmic.
   *
   * @param curve its points
   * @return the file
   * @throws IOException when it cannot be written
   */
  public Path curve(ScalingResult.Curve curve) throws IOException {
    XYChart chart = chart(curve.title(), curve.x(), curve.y());
    chart.getStyler().setXAxisLogarithmic(true);
    // a line at one height has no decades to show
    boolean decades = spread(curve) > 4;
    chart.getStyler().setYAxisLogarithmic(decades);
    if (!decades) {
      chart.getStyler().setYAxisMin(0.0);
    }
    for (ScalingResult.Line line : curve.lines()) {
      XYSeries series = chart.addSeries(line.name(), line.x(), line.y());
      series.setMarker(SeriesMarkers.CIRCLE);
    }
    return save(chart, "scaling-" + curve.name());
  }

  private static double spread(ScalingResult.Curve curve) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (ScalingResult.Line line : curve.lines()) {
      for (double y : line.y()) {
        least = Math.min(least, y);
        most = Math.max(most, y);
      }
    }
    return most / least;
  }

  /**
   * Latencies by percentile: one nine more per equal step to the right.
   *
   * @param result a run
   * @return the file
   * @throws IOException when it cannot be written
   */
  public Path percentiles(OpenLoopResult result) throws IOException {
    XYChart chart =
        chart(
            result.title() + ": " + result.settingTitle(),
            "1 / (1 - share of the samples): 2 is the median, 100 is 99 of 100",
            "milliseconds");
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    for (Latency latency : result.latencies()) {
      List<Double> xs = new ArrayList<>();
      List<Double> ys = new ArrayList<>();
      for (List<Double> point : latency.curve()) {
        double rest = 1 - point.get(0) / 100;
        if (rest > 0) {
          xs.add(1 / rest);
          ys.add(Math.max(0.01, point.get(1)));
        }
      }
      if (!xs.isEmpty()) {
        chart
            .addSeries(OpenLoopWords.latency(latency.name()), xs, ys)
            .setMarker(SeriesMarkers.NONE);
      }
    }
    return save(chart, result.name() + "-percentiles");
  }

  /**
   * Latency, rate and lag over time, on one logarithmic axis.
   *
   * @param result a run
   * @return the file
   * @throws IOException when it cannot be written
   */
  public Path time(OpenLoopResult result) throws IOException {
    XYChart chart =
        chart(
            result.title() + ": " + result.settingTitle(),
            "seconds",
            "ms; samples; samples per second");
    chart.getStyler().setYAxisLogarithmic(true);
    OpenLoopResult.TimeLine line = result.series();
    add(chart, "covered within, p50, ms", line.at(), line.p50());
    add(chart, "covered within, p99, ms", line.at(), line.p99());
    add(chart, "due, samples/s", line.at(), line.rate());
    add(chart, "lag, samples", line.at(), line.lag());
    return save(chart, result.name() + "-time");
  }

  /** What is not above zero has no place on a logarithmic axis. */
  private static void add(XYChart chart, String name, List<Double> xs, List<Double> ys) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      if (ys.get(i) > 0) {
        x.add(xs.get(i));
        y.add(ys.get(i));
      }
    }
    if (!x.isEmpty()) {
      chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    }
  }

  private static XYChart chart(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setSeriesColors(COLORS);
    chart.getStyler().setSeriesLines(new BasicStroke[] {new BasicStroke(1.5f)});
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotGridLinesColor(new Color(0xdddddd));
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
    chart.getStyler().setMarkerSize(5);
    chart.getStyler().setXAxisDecimalPattern("#,##0.###");
    chart.getStyler().setYAxisDecimalPattern("#,##0.###");
    return chart;
  }

  private Path save(XYChart chart, String name) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name + ".png");
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart, out, BitmapFormat.PNG);
    }
    return file;
  }
}
