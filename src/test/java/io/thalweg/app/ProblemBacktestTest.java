package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.problem.Draws;
import io.thalweg.problem.Problem;
import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import io.thalweg.problem.SmallProblems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every problem of the catalogue, from a job file and files of samples to snapshots. */
class ProblemBacktestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BATCH = 4;
  private static final int STEPS = 30;

  @TempDir private Path dir;

  static List<SmallProblems.Row> problems() {
    return SmallProblems.all();
  }

  @Test
  void no_problem_is_left_out() {
    assertThat(SmallProblems.all().stream().map(SmallProblems.Row::type).distinct())
        .containsExactlyElementsOf(Problems.all().stream().map(ProblemInfo::id).toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("problems")
  void samples_are_read_and_steps_move_every_level(SmallProblems.Row row) throws IOException {
    Problem problem = Draws.problem(row.problem());
    Draws draws = new Draws(7);
    boolean twoLevels = problem.lowerDim() > 0;
    List<String> train = lines(draws.batch(problem.schema(Level.LOWER), BATCH * STEPS));
    List<String> validation = lines(draws.batch(problem.schema(Level.UPPER), BATCH * STEPS));
    List<String> refusals = new ArrayList<>();
    if (twoLevels) {
      spoil(problem.schema(Level.LOWER), train, refusals);
    }
    spoil(problem.schema(Level.UPPER), validation, refusals);

    JsonNode last = backtest(row, twoLevels, train, validation);

    assertThat(last.get("step").intValue()).isBetween(STEPS, STEPS + 1);
    assertThat(last.at("/metrics/samples-upper").intValue()).isEqualTo(BATCH * STEPS);
    assertMoved(last.get("x"), problem.defaultUpper());
    if (twoLevels) {
      assertMoved(last.get("y"), problem.defaultLower());
    }
    List<String> reasons = new ArrayList<>();
    for (String line : Files.readAllLines(dir.resolve("dead.jsonl"))) {
      reasons.add(JSON.readTree(line).get("reason").textValue().replaceFirst(" at byte \\d+$", ""));
    }
    assertThat(reasons).containsExactlyInAnyOrderElementsOf(refusals);
  }

  /** Adds a record with a number out of range for every field that has a range. */
  private static void spoil(SampleSchema schema, List<String> lines, List<String> refusals)
      throws IOException {
    for (Field field : schema.fields()) {
      if (field.below() > 0) {
        for (double wrong : new double[] {field.below(), -1, 0.5}) {
          ObjectNode sample = (ObjectNode) JSON.readTree(lines.get(1));
          sample.put(field.name(), wrong);
          lines.add(lines.size() / 2, sample.toString());
          refusals.add(
              field.name()
                  + " must be a whole number from 0 to "
                  + (field.below() - 1)
                  + ", but was "
                  + wrong);
        }
      }
    }
  }

  private JsonNode backtest(
      SmallProblems.Row row, boolean twoLevels, List<String> train, List<String> validation)
      throws IOException {
    Map<String, Object> solver = new LinkedHashMap<>(row.solver());
    solver.put(
        "batch", twoLevels ? Map.of("lower", BATCH, "upper", BATCH) : Map.of("upper", BATCH));
    Map<String, Object> job = new LinkedHashMap<>();
    job.put("job", "small");
    job.put("problem", row.problem());
    job.put("solver", solver);
    Files.writeString(dir.resolve("job.yaml"), JSON.writeValueAsString(job));
    Files.write(dir.resolve("t.jsonl"), train);
    Files.write(dir.resolve("v.jsonl"), validation);
    List<String> args = new ArrayList<>(List.of("backtest", "-c", path("job.yaml")));
    args.addAll(List.of("--snapshots", path("out.jsonl"), "--dead-letters", path("dead.jsonl")));
    args.addAll(List.of("--validation", path("v.jsonl")));
    if (twoLevels) {
      args.addAll(List.of("--train", path("t.jsonl")));
    }
    StringWriter err = new StringWriter();
    int code =
        Thalweg.commandLine().setErr(new PrintWriter(err)).execute(args.toArray(new String[0]));
    assertThat(code).as(err.toString()).isZero();
    List<String> out = Files.readAllLines(dir.resolve("out.jsonl"));
    return JSON.readTree(out.get(out.size() - 1));
  }

  private String path(String name) {
    return dir.resolve(name).toString();
  }

  private static void assertMoved(JsonNode found, double[] start) {
    double distance = 0;
    assertThat(found.size()).isEqualTo(start.length);
    for (int i = 0; i < start.length; i++) {
      assertThat(found.get(i).doubleValue()).isFinite();
      distance += Math.abs(found.get(i).doubleValue() - start[i]);
    }
    assertThat(distance).isPositive();
  }

  private static List<String> lines(Batch batch) {
    List<String> out = new ArrayList<>();
    for (int r = 0; r < batch.size(); r++) {
      out.add(SampleTexts.json(batch, r).toString());
    }
    return out;
  }
}
