package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.Golden;
import io.thalweg.solver.GoldenKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The iterates of an independent implementation, through job file, JSON lines and backtest. */
class BacktestGoldenTest {
  private static final double TOLERANCE = 1e-10;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ROOT =
      Pattern.compile("k/\\(m\\+t\\)\\^\\(1/([23])\\), k=([0-9.]+), m=([0-9.]+).*");

  @TempDir private Path dir;

  static List<String> cases() {
    return Golden.trajectories(Golden.dir());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void every_iterate_comes_out_as_a_json_line(String name) throws IOException {
    JsonNode golden = Golden.read(name);
    JsonNode setting = Golden.read(name.substring(0, name.indexOf('.')) + ".problem");
    boolean momentum = golden.get("params").has("eta") && golden.get("params").has("lam");
    boolean inner = golden.get("params").has("inner");
    boolean full = momentum ? name.contains(".mgbio") : !inner;
    int steps = golden.get("x").size();
    int moves = momentum ? steps : steps - 1; // step 1 is the initial point: it takes no batches
    Data data = Data.of(setting);
    List<Integer> lower =
        inner
            ? innerIndexes(setting, moves, golden.get("params").get("T").intValue())
            : indexes(full ? null : setting.get("zeta"), moves, data.lowerCount);
    List<Integer> upper = indexes(full ? null : setting.get("xi"), moves, data.upperCount);
    Path train = lines("train.jsonl", lower, i -> data.sample(false, i));
    Path validation = lines("validation.jsonl", upper, i -> data.sample(true, i));
    ObjectNode job = job(golden, setting, data);
    ObjectNode batch = job.withObject("/solver/batch");
    batch.put("lower", full ? data.lowerCount : setting.get("zeta").get(0).size());
    batch.put("upper", full ? data.upperCount : setting.get("xi").get(0).size());
    Path file = Files.writeString(dir.resolve("job.yaml"), job.toPrettyString());
    Path out = dir.resolve("snapshots.jsonl");

    StringWriter err = new StringWriter();
    int code =
        Thalweg.commandLine()
            .setErr(new PrintWriter(err))
            .execute(
                "backtest",
                "-c",
                file.toString(),
                "--train",
                train.toString(),
                "--validation",
                validation.toString(),
                "--snapshots",
                out.toString(),
                "--repeat",
                Integer.toString(full ? moves : 1));

    assertThat(code).as(err.toString()).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).hasSize(steps);
    for (int t = 1; t <= steps; t++) {
      JsonNode snapshot = JSON.readTree(lines.get(t - 1));
      assertThat(snapshot.get("step").longValue()).isEqualTo(t);
      for (String variable : List.of("x", "y")) {
        Golden.assertClose(
            variable + " at t = " + t,
            Golden.numbers(snapshot.get(variable)),
            Golden.numbers(golden.get(variable).get(t - 1)),
            TOLERANCE);
      }
    }
    assertThat(err.toString()).contains(steps + " steps (0 refused), " + steps + " snapshots");
  }

  private static List<Integer> indexes(JsonNode batches, int steps, int all) {
    List<Integer> out = new ArrayList<>();
    if (batches == null) { // every sample once: backtest repeats the file
      for (int i = 0; i < all; i++) {
        out.add(i);
      }
      return out;
    }
    for (int t = 0; t < steps; t++) {
      batches.get(t).forEach(index -> out.add(index.intValue()));
    }
    return out;
  }

  /** The batches of the inner steps, then the one of the outer step. */
  private static List<Integer> innerIndexes(JsonNode setting, int moves, int inner) {
    List<Integer> out = new ArrayList<>();
    for (int t = 0; t < moves; t++) {
      for (int j = 0; j < inner; j++) {
        setting.get("inner").get(t).get(j).forEach(index -> out.add(index.intValue()));
      }
      setting.get("zeta").get(t).forEach(index -> out.add(index.intValue()));
    }
    return out;
  }

  private Path lines(
      String name, List<Integer> indexes, java.util.function.IntFunction<JsonNode> sample)
      throws IOException {
    return Files.write(
        dir.resolve(name), indexes.stream().map(i -> sample.apply(i).toString()).toList());
  }

  private static ObjectNode job(JsonNode golden, JsonNode setting, Data data) {
    JsonNode params = golden.get("params");
    ObjectNode job = JSON.createObjectNode();
    job.put("job", "golden");
    job.set("problem", data.problem());
    ObjectNode solver = job.putObject("solver");
    solver.put("method", Golden.method(golden));
    if (params.has("eta") && params.has("lam")) {
      momentum(solver, params);
    } else {
      GoldenKeys.of(Golden.method(golden), params)
          .forEach((key, value) -> solver.set(key, JSON.valueToTree(value)));
    }
    ObjectNode upper = job.putObject("upper");
    upper.set("init", setting.get("x1"));
    if (params.has("box")) {
      ObjectNode box = upper.putObject("constraint");
      box.put("type", "box");
      box.set("lower", params.get("box").get(0));
      box.set("upper", params.get("box").get(1));
    }
    job.putObject("lower").set("init", setting.get("y1"));
    job.putObject("snapshots").putObject("every").put("steps", 1);
    return job;
  }

  private static void momentum(ObjectNode solver, JsonNode params) {
    solver.set("gamma", params.get("gamma"));
    solver.set("lambda", params.get("lam"));
    solver.set("eta", eta(params.get("eta").asText()));
    boolean linear = params.has("rho");
    if (linear) {
      ObjectNode system = solver.putObject("hypergradient").putObject("linear-system");
      system.set("rho", params.get("rho"));
      system.set("radius", params.get("radius"));
    } else {
      solver.put("hypergradient", "dense");
      solver.set("mu", params.get("mu"));
      solver.set("lg", params.get("lg"));
      solver.set("c-gxy", params.get("cgxy"));
      solver.set("c-fy", params.get("cfy"));
    }
    if (params.has("c")) {
      List<String> letters = linear ? List.of("w", "v", "r") : List.of("u", "h", "v", "G", "H");
      ObjectNode weights = solver.putObject("c");
      for (int i = 0; i < letters.size(); i++) {
        weights.set(letters.get(i), params.get("c").get(i));
      }
    }
  }

  /** "const 0.5", or "k/(m+t)^(1/2), k=1, m=4; ...". */
  private static JsonNode eta(String text) {
    if (text.startsWith("const ")) {
      return JSON.getNodeFactory().numberNode(Double.parseDouble(text.substring(6)));
    }
    Matcher m = ROOT.matcher(text);
    assertThat(m.matches()).as(text).isTrue();
    return JSON.createObjectNode()
        .put("schedule", m.group(1).equals("2") ? "sqrt" : "cbrt")
        .put("k", Double.parseDouble(m.group(2)))
        .put("m", Double.parseDouble(m.group(3)));
  }

  /** The samples of a golden instance as JSON records. */
  private record Data(JsonNode data, boolean game, int lowerCount, int upperCount) {
    static Data of(JsonNode setting) {
      JsonNode data = setting.get("problem");
      boolean game = data.get("kind").asText().equals("plgame");
      return new Data(
          data, game, data.get(game ? "q" : "train").size(), data.get(game ? "p" : "val").size());
    }

    ObjectNode problem() {
      ObjectNode problem = JSON.createObjectNode();
      if (game) {
        problem.put("type", "pl-game");
        problem.put("dx", data.get("p").get(0).size());
        problem.put("dy", data.get("q").get(0).size());
        problem.set("c", data.get("c"));
      } else {
        problem.put("type", "matrix-sensing");
        problem.set("d", data.get("d"));
        problem.set("r", data.get("r"));
      }
      return problem;
    }

    JsonNode sample(boolean upper, int i) {
      ObjectNode sample = JSON.createObjectNode();
      if (game) {
        String[][] fields =
            upper
                ? new String[][] {{"p", "p"}, {"a", "a1"}, {"b", "b1"}, {"s", "s"}, {"t", "t"}}
                : new String[][] {{"q", "q"}, {"a", "a2"}, {"b", "b2"}, {"e", "e"}};
        for (String[] field : fields) {
          sample.set(field[0], data.get(field[1]).get(i));
        }
        return sample;
      }
      int at = data.get(upper ? "val" : "train").get(i).intValue();
      ArrayNode flat = sample.putArray("c");
      data.get("C").get(at).forEach(row -> row.forEach(flat::add));
      sample.set("o", data.get("o").get(at));
      return sample;
    }
  }
}
