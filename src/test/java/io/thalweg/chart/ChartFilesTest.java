package io.thalweg.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartFilesTest {
  private static LineChart.Line line(String name, double... middle) {
    double[] x = new double[middle.length];
    double[] low = new double[middle.length];
    double[] high = new double[middle.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
      low[i] = middle[i] / 2;
      high[i] = i == 2 ? Double.POSITIVE_INFINITY : middle[i] * 2;
    }
    return new LineChart.Line(name, x, low, middle, high);
  }

  @Test
  void a_chart_is_drawn_with_what_can_be_drawn_of_each_line(@TempDir Path folder) throws Exception {
    LineChart chart =
        new LineChart(
            "t",
            "x",
            "y",
            true,
            List.of(
                line("whole", 1, 0.1, 0.01, 0.001),
                line("breaks off", 1, 0.2, 0.3, Double.POSITIVE_INFINITY),
                line("never above zero", 0, 0, -1),
                line("one point", 1, 2)));
    assertThat(ChartFiles.write(chart, folder, "c"))
        .containsExactly(folder.resolve("c.png"), folder.resolve("c.svg"));
    assertThat(ImageIO.read(folder.resolve("c.png").toFile()).getHeight()).isGreaterThan(300);
    assertThat(Files.readString(folder.resolve("c.svg"))).contains("<svg").endsWith("</svg>\n");
  }

  @Test
  void without_a_point_there_is_no_file(@TempDir Path folder) throws Exception {
    LineChart chart =
        new LineChart("t", "x", "y", true, List.of(line("failed", Double.POSITIVE_INFINITY)));
    assertThat(ChartFiles.write(chart, folder, "c")).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }
}
