package io.thalweg.load.report;

import java.util.ArrayList;
import java.util.List;

/** Curves of cost over size, as plots and as numbers. */
final class ScalingSection {
  private ScalingSection() {}

  static void write(Markdown page, ScalingResult result) {
    page.heading(2, "Scaling");
    for (ScalingResult.Curve curve : result.curves()) {
      page.heading(3, curve.title());
      page.paragraph("%s", curve.about());
      page.paragraph("![%s](plots/scaling-%s.png)", curve.title(), curve.name());
      List<Double> sizes = curve.lines().get(0).x();
      List<String> header = new ArrayList<>(List.of(curve.x()));
      sizes.forEach(size -> header.add(Numbers.of(size)));
      page.header(header.toArray(String[]::new));
      for (ScalingResult.Line line : curve.lines()) {
        List<String> cells = new ArrayList<>(List.of(line.name() + ", " + curve.y()));
        line.y().forEach(y -> cells.add(Numbers.of(y)));
        page.row(cells);
      }
      page.end();
    }
  }
}
