package io.thalweg.chart;

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
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws charts into files; needs no display, but fonts. */
public final class ChartFiles {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 480;
  private static final int BAND_ALPHA = 45;

  /** Told apart also by those who do not see red or green; beyond them lines are dashed. */
  private static final Color[] COLORS = {
    new Color(0x1b6ca8),
    new Color(0xd1495b),
    new Color(0x2e8b57),
    new Color(0x8a5fb0),
    new Color(0xe08e1b),
    new Color(0x3aa6b9),
    new Color(0x7a5230),
    new Color(0x555555)
  };

  private static final float[][] DASHES = {null, {6, 4}, {2, 3}, {8, 3, 2, 3}};

  private ChartFiles() {}

  /**
   * Writes {@code name.png} and {@code name.svg}. A chart without a point that can be drawn leaves
   * no file.
   *
   * @param chart what to draw
   * @param folder must exist
   * @param name without suffix
   * @return the files, empty when there was nothing to draw
   * @throws IOException when they cannot be written
   * @throws LinkageError when this Java has no fonts
   */
  public static List<Path> write(LineChart chart, Path folder, String name) throws IOException {
    XYChart drawn = draw(chart);
    if (drawn.getSeriesMap().isEmpty()) {
      return List.of();
    }
    Path png = folder.resolve(name + ".png");
    try (OutputStream out = Files.newOutputStream(png)) {
      BitmapEncoder.saveBitmap(drawn, out, BitmapFormat.PNG);
    }
    Path svg = folder.resolve(name + ".svg");
    try (OutputStream out = Files.newOutputStream(svg)) {
      VectorGraphicsEncoder.saveVectorGraphic(drawn, out, VectorGraphicsFormat.SVG);
    }
    return List.of(png, svg);
  }

  private static XYChart draw(LineChart chart) {
    XYChart out =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(chart.title())
            .xAxisTitle(chart.x())
            .yAxisTitle(chart.y())
            .build();
    XYStyler styler = out.getStyler();
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(Styler.LegendPosition.OutsideE);
    styler.setPlotGridLinesColor(new Color(0xe6e6e6));
    // a dashed line is a hundred strokes in an SVG file, and a decade has nine lines
    styler.setPlotGridLinesStroke(new BasicStroke(0.6f));
    styler.setXAxisLogarithmic(true);
    styler.setYAxisLogarithmic(chart.logarithmic());
    double top = highest(chart);
    List<Points> all = new ArrayList<>();
    for (LineChart.Line line : chart.lines()) {
      all.add(new Points(line, chart.logarithmic(), top));
    }
    // bands first: lines lie on top of them
    for (int i = 0; i < all.size(); i++) {
      band(out, chart.lines().get(i).name(), all.get(i), i);
    }
    for (int i = 0; i < all.size(); i++) {
      line(out, chart.lines().get(i).name(), all.get(i), i);
    }
    return out;
  }

  private static double highest(LineChart chart) {
    double top = Double.MIN_VALUE;
    for (LineChart.Line line : chart.lines()) {
      for (int i = 0; i < line.x().length; i++) {
        for (double value : new double[] {line.middle()[i], line.high()[i]}) {
          top = Double.isInfinite(value) ? top : Math.max(top, value);
        }
      }
    }
    return top;
  }

  private static Color color(int i) {
    return COLORS[i % COLORS.length];
  }

  private static void band(XYChart chart, String name, Points points, int i) {
    int n = points.x.size();
    if (n < 2) {
      return;
    }
    List<Double> x = new ArrayList<>(points.x);
    List<Double> y = new ArrayList<>(points.low);
    for (int j = n - 1; j >= 0; j--) {
      x.add(points.x.get(j));
      y.add(points.high.get(j));
    }
    XYSeries series = chart.addSeries(name + " band", x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    Color color = color(i);
    Color pale = new Color(color.getRed(), color.getGreen(), color.getBlue(), BAND_ALPHA);
    series.setFillColor(pale);
    series.setLineStyle(SeriesLines.NONE);
    series.setMarker(SeriesMarkers.NONE);
    series.setShowInLegend(false);
  }

  private static void line(XYChart chart, String name, Points points, int i) {
    if (points.x.isEmpty()) {
      return;
    }
    XYSeries series = chart.addSeries(name, points.x, points.middle);
    series.setLineColor(color(i));
    float[] dash = DASHES[i / COLORS.length % DASHES.length];
    series.setLineStyle(
        dash == null
            ? new BasicStroke(1.8f)
            : new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0));
    series.setMarker(points.x.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    series.setMarkerColor(color(i));
  }

  /** What of a line can be drawn: x above 0, and y too where it shows decades. */
  private static final class Points {
    final List<Double> x = new ArrayList<>();
    final List<Double> low = new ArrayList<>();
    final List<Double> middle = new ArrayList<>();
    final List<Double> high = new ArrayList<>();

    Points(LineChart.Line line, boolean positive, double top) {
      for (int i = 0; i < line.x().length; i++) {
        double y = line.middle()[i];
        if (!Double.isFinite(y)) {
          break;
        }
        if (line.x()[i] > 0 && (y > 0 || !positive)) {
          x.add(line.x()[i]);
          middle.add(y);
          double least = line.low()[i];
          low.add(positive && !(least > 0) ? y : least);
          high.add(Double.isFinite(line.high()[i]) ? line.high()[i] : top);
        }
      }
    }
  }
}
