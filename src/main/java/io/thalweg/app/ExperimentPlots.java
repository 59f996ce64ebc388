package io.thalweg.app;

import io.thalweg.chart.ChartFiles;
import io.thalweg.chart.LineChart;
import io.thalweg.experiment.Arm;
import io.thalweg.experiment.Measure;
import io.thalweg.experiment.Results;
import io.thalweg.experiment.Results.CurvePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The plots of an experiment: every measure against samples, oracle calls and seconds. */
final class ExperimentPlots {
  private static final List<Axis> AXES =
      List.of(
          new Axis("samples", "samples drawn", CurvePoint::samples),
          new Axis("oracle-calls", "oracle calls, per sample", CurvePoint::evaluations),
          new Axis("seconds", "CPU seconds of the steps", CurvePoint::seconds));

  /** What a curve is drawn against. */
  private record Axis(String file, String title, ToDoubleFunction<CurvePoint> of) {}

  private ExperimentPlots() {}

  /** Writes PNG and SVG files and names them. */
  static List<Path> write(Results results, Path folder) throws IOException {
    List<Path> out = new ArrayList<>();
    if (drawn(results).isEmpty()) {
      return out;
    }
    for (Measure measure : results.experiment().measures()) {
      for (Axis axis : AXES) {
        out.addAll(
            ChartFiles.write(
                chart(results, measure, axis), folder, measure.name() + "-" + axis.file()));
      }
    }
    return out;
  }

  private static List<Arm> drawn(Results results) {
    return results.arms().stream().filter(results.experiment()::isDrawn).toList();
  }

  private static LineChart chart(Results results, Measure measure, Axis axis) {
    List<LineChart.Line> lines = new ArrayList<>();
    for (Arm arm : drawn(results)) {
      List<CurvePoint> curve = results.curve(arm.name(), measure.name());
      lines.add(
          new LineChart.Line(
              arm.name(),
              curve.stream().mapToDouble(axis.of()).toArray(),
              curve.stream().mapToDouble(CurvePoint::low).toArray(),
              curve.stream().mapToDouble(CurvePoint::median).toArray(),
              curve.stream().mapToDouble(CurvePoint::high).toArray()));
    }
    return new LineChart(
        results.experiment().name()
            + ": median and 20–80 % of "
            + results.horizon().seeds()
            + " seeds",
        axis.title(),
        measure.title(),
        measure.logarithmic(),
        lines);
  }
}
