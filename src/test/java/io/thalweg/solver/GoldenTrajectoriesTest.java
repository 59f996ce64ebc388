package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The iterates and states of an independent implementation, through the solver API. */
class GoldenTrajectoriesTest {
  private static final double TOLERANCE = 1e-10;

  private static final Set<String> FAMILY = Set.of("mgbio", "msgbio", "vr-msgbio");
  private static final Set<String> STOCHASTIC = Set.of("msgbio", "vr-msgbio", "v-pbsgd");
  private static final Set<String> STARTS_ON_BATCHES = Set.of("msgbio", "vr-msgbio");

  /** Names of the files that differ from ours. */
  private static final Map<String, String> SLOTS = Map.of("mult", "multiplier", "q", "value-gap");

  /** What a step makes afresh from x and y and leaves no trace of in the state. */
  private static final Set<String> SCRATCH =
      Set.of(
          "plgame_3x4.bome yhat",
          "plgame_3x4.bome_value yhat",
          "plgame_3x4.vpbgd om",
          "plgame_3x4.vpbsgd om",
          "plgame_3x4.galet shadow",
          "sensing_d4r2.bome yhat",
          "sensing_d4r2.bome_value yhat",
          "sensing_d4r2.vpbgd om",
          "sensing_d4r2.vpbsgd om",
          "sensing_d4r2.galet shadow");

  static List<String> cases() {
    return Golden.trajectories(Golden.dir());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void iterates_and_state_follow_the_reference(String name) {
    JsonNode golden = Golden.read(name);
    JsonNode setting = Golden.read(name.substring(0, name.indexOf('.')) + ".problem");
    GoldenProblem problem = GoldenProblem.of(setting);
    Solver solver = solver(golden, setting, problem.problem);
    String method = Golden.method(golden);
    double[] x = new double[problem.problem.upperDim()];
    double[] y = new double[problem.problem.lowerDim()];
    for (int t = 1; t <= golden.get("x").size(); t++) {
      assertThat(solver.step(input(method, problem, setting, solver.next(), t)))
          .isInstanceOf(Verdict.Advanced.class);
      solver.upper(x);
      solver.lower(y);
      Golden.assertClose("x at t = " + t, x, numbers(golden, "x", t), TOLERANCE);
      Golden.assertClose("y at t = " + t, y, numbers(golden, "y", t), TOLERANCE);
      JsonNode state = golden.get("state").get(Integer.toString(t));
      if (state != null) {
        Map<String, double[]> found = Recorded.of(solver).doubles;
        for (Iterator<Map.Entry<String, JsonNode>> it = state.fields(); it.hasNext(); ) {
          Map.Entry<String, JsonNode> entry = it.next();
          String slot = SLOTS.getOrDefault(entry.getKey(), entry.getKey());
          if (found.containsKey(slot) || !SCRATCH.contains(name + " " + slot)) {
            Golden.assertClose(
                entry.getKey() + " at t = " + t,
                found.get(slot),
                Golden.numbers(entry.getValue()),
                TOLERANCE);
          }
        }
      }
    }
  }

  /** What step t takes: nothing, all samples, or the samples that were drawn for it. */
  private static StepInput input(
      String method, GoldenProblem problem, JsonNode setting, Consumption need, int t) {
    if (need.equals(Consumption.NONE)) {
      return new StepInput(List.of(), List.of());
    }
    if (!STOCHASTIC.contains(method)) {
      return problem.everything();
    }
    if (STARTS_ON_BATCHES.contains(method)) {
      return problem.batches(setting.get("zeta").get(t - 1), setting.get("xi").get(t - 1));
    }
    // the batches of the move t - 1, which step t makes: inner ones first
    return problem.batches(
        setting.get("inner").get(t - 2),
        setting.get("zeta").get(t - 2),
        setting.get("xi").get(t - 2));
  }

  private static double[] numbers(JsonNode golden, String name, int t) {
    return Golden.numbers(golden.get(name).get(t - 1));
  }

  private static Solver solver(JsonNode golden, JsonNode setting, Problem problem) {
    JsonNode params = golden.get("params");
    String method = Golden.method(golden);
    Map<String, Object> keys =
        FAMILY.contains(method) ? family(params) : GoldenKeys.of(method, params);
    keys.put("method", method);
    Map<String, Object> upper = new LinkedHashMap<>();
    if (params.has("box")) {
      double[] box = Golden.numbers(params.get("box"));
      upper.put("constraint", Map.of("type", "box", "lower", box[0], "upper", box[1]));
    }
    Constraint constraint =
        Constraints.of(Settings.of("upper", upper), problem.upperDim(), problem.upperBounds());
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        Golden.numbers(setting.get("x1")),
        Golden.numbers(setting.get("y1")),
        constraint,
        0);
  }

  /** The keys of the family of mgbio. */
  private static Map<String, Object> family(JsonNode params) {
    boolean linear = params.has("rho");
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("gamma", params.get("gamma").doubleValue());
    keys.put("lambda", params.get("lam").doubleValue());
    keys.put("eta", eta(params.get("eta").asText()));
    if (linear) {
      keys.put(
          "hypergradient",
          Map.of(
              "linear-system",
              Map.of(
                  "rho", params.get("rho").doubleValue(),
                  "radius", params.get("radius").doubleValue())));
    } else {
      keys.put("hypergradient", "dense");
      keys.put("mu", params.get("mu").doubleValue());
      keys.put("lg", params.get("lg").doubleValue());
      keys.put("c-gxy", params.get("cgxy").doubleValue());
      keys.put("c-fy", params.get("cfy").doubleValue());
    }
    if (params.has("c")) {
      double[] c = Golden.numbers(params.get("c"));
      List<String> letters = linear ? List.of("w", "v", "r") : List.of("u", "h", "v", "G", "H");
      Map<String, Object> weights = new LinkedHashMap<>();
      for (int i = 0; i < c.length; i++) {
        weights.put(letters.get(i), c[i]);
      }
      keys.put("c", weights);
    }
    return keys;
  }

  /** "const 0.5", or "k/(m+t)^(1/2), k=1, m=4; ...". */
  private static Object eta(String text) {
    if (text.startsWith("const ")) {
      return Double.parseDouble(text.substring(6));
    }
    Matcher m =
        Pattern.compile("k/\\(m\\+t\\)\\^\\(1/([23])\\), k=([0-9.]+), m=([0-9.]+).*").matcher(text);
    assertThat(m.matches()).as(text).isTrue();
    return Map.of(
        "schedule",
        m.group(1).equals("2") ? "sqrt" : "cbrt",
        "k",
        Double.parseDouble(m.group(2)),
        "m",
        Double.parseDouble(m.group(3)));
  }

  /** A golden instance with its samples as columns. */
  private static final class GoldenProblem {
    private final Problem problem;
    private final Batch lower;
    private final Batch upper;

    private GoldenProblem(Problem problem, Batch lower, Batch upper) {
      this.problem = problem;
      this.lower = lower;
      this.upper = upper;
    }

    static GoldenProblem of(JsonNode setting) {
      JsonNode data = setting.get("problem");
      if (data.get("kind").asText().equals("plgame")) {
        Problem problem =
            Problems.create(
                Settings.of(
                    "problem",
                    Map.of(
                        "type", "pl-game",
                        "dx", data.get("p").get(0).size(),
                        "dy", data.get("q").get(0).size(),
                        "c", data.get("c").doubleValue())));
        int n = data.get("p").size();
        Batch lower = new Batch(problem.schema(Level.LOWER), n);
        Batch upper = new Batch(problem.schema(Level.UPPER), n);
        for (int i = 0; i < n; i++) {
          row(lower, data, i, "q", "a2", "b2", "e");
          row(upper, data, i, "p", "a1", "b1", "s", "t");
        }
        return new GoldenProblem(problem, lower, upper);
      }
      Problem problem =
          Problems.create(
              Settings.of(
                  "problem",
                  Map.of(
                      "type", "matrix-sensing",
                      "d", data.get("d").intValue(),
                      "r", data.get("r").intValue())));
      return new GoldenProblem(
          problem,
          sensing(problem, Level.LOWER, data, data.get("train")),
          sensing(problem, Level.UPPER, data, data.get("val")));
    }

    private static void row(Batch batch, JsonNode data, int i, String... fields) {
      batch.openRow();
      for (int f = 0; f < fields.length; f++) {
        fill(batch, f, Golden.numbers(data.get(fields[f]).get(i)));
      }
      batch.commitRow();
    }

    private static void fill(Batch batch, int field, double[] values) {
      for (int j = 0; j < values.length; j++) {
        batch.set(field, j, values[j]);
      }
    }

    private static Batch sensing(Problem problem, Level level, JsonNode data, JsonNode which) {
      Batch batch = new Batch(problem.schema(level), which.size());
      for (JsonNode sample : which) {
        batch.openRow();
        fill(
            batch,
            batch.schema().column("c"),
            Golden.numbers(data.get("C").get(sample.intValue())));
        fill(
            batch,
            batch.schema().column("o"),
            Golden.numbers(data.get("o").get(sample.intValue())));
        batch.commitRow();
      }
      return batch;
    }

    StepInput everything() {
      return StepInput.of(lower, upper);
    }

    StepInput batches(JsonNode inner, JsonNode zeta, JsonNode xi) {
      List<Batch> below = new ArrayList<>();
      for (JsonNode which : inner) {
        below.add(pick(lower, which));
      }
      below.add(pick(lower, zeta));
      return new StepInput(below, List.of(pick(upper, xi)));
    }

    StepInput batches(JsonNode zeta, JsonNode xi) {
      return StepInput.of(pick(lower, zeta), pick(upper, xi));
    }

    private static Batch pick(Batch all, JsonNode which) {
      Batch batch = new Batch(all.schema(), which.size());
      for (JsonNode index : which) {
        batch.appendRow(all, index.intValue());
      }
      return batch;
    }
  }
}
