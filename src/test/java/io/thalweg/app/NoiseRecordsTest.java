package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Problems whose records are noise and nothing else, from files to snapshots. */
class NoiseRecordsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;

  static List<Arguments> problems() {
    return List.of(
        Arguments.of(Map.of("type", "strict-saddle"), List.of(.7, -.3), 6, 4),
        Arguments.of(Map.of("type", "minimax-saddle"), List.of(.7, -.3), 4, 4),
        Arguments.of(Map.of("type", "w-shape"), List.of(.01, .01, .2), 5, 5),
        Arguments.of(
            Map.of(
                "type", "rxgf-toy",
                "c", List.of(.9, .1),
                "d", List.of(1.1, -.5),
                "b", List.of(1, .2, .2, 1)),
            List.of(.7, -.3),
            2,
            4),
        Arguments.of(Map.of("type", "coreset"), List.of(0, 0, 0, 0), 2, 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("problems")
  void an_empty_record_means_no_noise_and_any_other_some(
      Map<String, ?> problem, List<Double> start, int lowerWidth, int upperWidth)
      throws IOException {
    List<JsonNode> empty = backtest(problem, start, "{}", "{}", 20);
    List<JsonNode> zeros = backtest(problem, start, noise(lowerWidth, 0), noise(upperWidth, 0), 20);
    List<JsonNode> noisy =
        backtest(problem, start, noise(lowerWidth, .3), noise(upperWidth, .3), 20);
    assertThat(empty).hasSize(20);
    for (int t = 0; t < 20; t++) {
      for (String variable : List.of("x", "y")) {
        assertThat(empty.get(t).get(variable)).isEqualTo(zeros.get(t).get(variable));
      }
    }
    for (String variable : List.of("x", "y")) {
      assertThat(empty.get(19).get(variable)).isNotEqualTo(empty.get(0).get(variable));
      assertThat(empty.get(19).get(variable)).isNotEqualTo(noisy.get(19).get(variable));
    }
  }

  @Test
  void empty_records_lead_the_strict_saddle_to_its_minimiser() throws IOException {
    List<JsonNode> snapshots =
        backtest(Map.of("type", "strict-saddle"), List.of(.7, -.3), "{}", "{}", 800);
    JsonNode last = snapshots.get(snapshots.size() - 1);
    assertThat(last.get("step").intValue()).isEqualTo(800);
    assertThat(Golden.numbers(last.get("x")))
        .containsExactly(new double[] {.99433137, .83030839}, Offset.offset(2e-8));
    // a mean of the losses of late
    assertThat(last.at("/metrics/upper-loss").doubleValue())
        .isCloseTo(-.1470255844, Offset.offset(1e-6));
  }

  private static String noise(int width, double value) {
    List<Double> numbers = new ArrayList<>();
    for (int k = 0; k < width; k++) {
      numbers.add(value);
    }
    return "{\"z\":" + numbers + "}";
  }

  private List<JsonNode> backtest(
      Map<String, ?> problem, List<Double> start, String train, String validation, int steps)
      throws IOException {
    Map<String, ?> job =
        Map.of(
            "job",
            "noise",
            "problem",
            problem,
            "solver",
            Map.of(
                "method",
                "mgbio",
                "hypergradient",
                "dense",
                "gamma",
                .2,
                "lambda",
                .3,
                "mu",
                .01,
                "lg",
                10,
                "batch",
                Map.of("lower", 1, "upper", 1)),
            "upper",
            Map.of("init", start),
            "snapshots",
            Map.of("every", Map.of("steps", steps > 100 ? steps : 1)));
    Path file = Files.writeString(dir.resolve("job.yaml"), JSON.writeValueAsString(job));
    Path out = dir.resolve("snapshots.jsonl");
    Files.deleteIfExists(out);
    StringWriter err = new StringWriter();
    int code =
        Thalweg.commandLine()
            .setErr(new PrintWriter(err))
            .execute(
                "backtest",
                "-c",
                file.toString(),
                "--train",
                Files.writeString(dir.resolve("t.jsonl"), train + "\n").toString(),
                "--validation",
                Files.writeString(dir.resolve("v.jsonl"), validation + "\n").toString(),
                "--snapshots",
                out.toString(),
                "--repeat",
                Integer.toString(steps));
    assertThat(code).as(err.toString()).isZero();
    List<JsonNode> snapshots = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      snapshots.add(JSON.readTree(line));
    }
    return snapshots;
  }
}
