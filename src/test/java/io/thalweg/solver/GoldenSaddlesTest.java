package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.OracleCall;
import io.thalweg.problem.SaddleCase;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Perturbed methods on strict saddles, against an independent implementation. */
class GoldenSaddlesTest {
  private static final double TOLERANCE = 1e-9;
  private static final int STRICT_STEPS = 400;
  private static final int GENERAL_STEPS = 200;
  private static final int MINIMAX_STEPS = 300;
  private static final int W_STEPS = 6000;

  private static SaddleCase of(String name) {
    return switch (name) {
      case "strict" -> SaddleCase.strict();
      case "minimax" -> SaddleCase.minimax();
      default -> SaddleCase.wShape();
    };
  }

  static List<Arguments> runs() {
    return List.of(
        Arguments.of("strict", "plain", "off", STRICT_STEPS),
        Arguments.of("strict", "shift", "shift", STRICT_STEPS),
        Arguments.of("strict", "folded", "folded", STRICT_STEPS),
        Arguments.of("strict", "shift_neumann20", "shift", STRICT_STEPS),
        Arguments.of("strict", "plain_general_start", "off", GENERAL_STEPS),
        Arguments.of("minimax", "plain", "off", MINIMAX_STEPS),
        Arguments.of("minimax", "perturbed", "shift", MINIMAX_STEPS),
        Arguments.of("w", "w_plain", "off", W_STEPS),
        Arguments.of("w", "w_perturbed", "shift", W_STEPS));
  }

  /** The settings of a run; those of the W are in the words of the golden README alone. */
  private static Map<String, Object> settings(SaddleCase saddle, String run, String mode) {
    JsonNode params = saddle.params();
    boolean w = run.startsWith("w_");
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", saddle.data().has("E") ? "perturbed-gdmax" : "perturbed-aid");
    keys.put("eta", w ? 0.04 : params.get("eta").doubleValue());
    keys.put("tau", w ? 0.1 : params.get("tau").doubleValue());
    keys.put("inner-steps", w ? 20 : params.get("D").intValue());
    if (run.equals("shift_neumann20")) {
      keys.put("solver", "neumann");
      keys.put("solver-steps", 20);
      keys.put("eta-n", 0.4);
    } else if (params.has("N")) {
      keys.put("solver-steps", params.get("N").intValue());
    }
    Map<String, Object> perturbation = new LinkedHashMap<>();
    perturbation.put("mode", mode);
    perturbation.put("threshold", params.get("threshold").doubleValue());
    perturbation.put("eps", w ? 1e-3 : params.get("eps").doubleValue());
    perturbation.put("r", w ? 0.05 : params.get("r").doubleValue());
    perturbation.put("spacing", w ? 200 : params.get("T").intValue());
    keys.put("perturbation", perturbation);
    return keys;
  }

  private static Repeated fresh(
      SaddleCase saddle, Map<String, Object> keys, double[] x0, long seed) {
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            saddle.problem(),
            x0,
            new double[2],
            Constraint.NONE,
            seed);
    return new Repeated(solver, saddle.lower(), saddle.upper());
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("runs")
  void the_first_iterates_follow_the_reference(String problem, String run, String mode, int steps) {
    SaddleCase saddle = of(problem);
    JsonNode golden = saddle.run(run);
    Repeated solver = start(saddle, run, mode);
    int length = golden.get("x").size();
    for (int k = 0; k < length; k++) {
      solver.step();
      Golden.assertClose("x at " + k, solver.x(), numbers(golden, "x", k), TOLERANCE);
      // what the move from x_k evaluated; the file has it before a shift, the state after it
      boolean shifted = k > 0 && mode.equals("shift") && perturbedAt(golden, k - 1);
      if (k > 0 && golden.has("h") && !shifted) {
        Golden.assertClose("y of " + (k - 1), solver.y(), numbers(golden, "y", k - 1), TOLERANCE);
        Golden.assertClose(
            "h of " + (k - 1), solver.slot("h"), numbers(golden, "h", k - 1), TOLERANCE);
      }
    }
    assertThat(length).isEqualTo(50);
  }

  private static Repeated start(SaddleCase saddle, String run, String mode) {
    return fresh(
        saddle,
        settings(saddle, run, mode),
        saddle.x0(run),
        saddle.params().get("rng_start").longValue());
  }

  private static double[] numbers(JsonNode golden, String name, int k) {
    return Golden.numbers(golden.get(name).get(k));
  }

  private static boolean perturbedAt(JsonNode golden, int k) {
    for (JsonNode at : golden.get("perturbed")) {
      if (at.intValue() == k) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("runs")
  void perturbations_and_the_end_follow_the_reference(
      String problem, String run, String mode, int steps) {
    SaddleCase saddle = of(problem);
    JsonNode golden = saddle.run(run);
    double eta = (double) settings(saddle, run, mode).get("eta");
    Repeated solver = start(saddle, run, mode);
    solver.step();
    List<Integer> at = new ArrayList<>();
    List<double[]> draws = new ArrayList<>();
    int below = -1;
    for (int k = 0; k < steps; k++) {
      double[] x = solver.x();
      if (below < 0 && problem.equals("strict") && saddle.truth().value(x) < -0.14) {
        below = k;
      }
      double count = solver.figure("perturbations");
      solver.step();
      if (solver.figure("perturbations") > count) {
        assertThat(solver.figure("last-perturbation")).isEqualTo(k);
        at.add(k);
        // x - x' = eta (p + h)
        Kernels.axpy(-1, solver.x(), x);
        Kernels.scale(1 / eta, x);
        Kernels.axpy(-1, solver.slot("h"), x);
        draws.add(x);
      }
    }
    List<Integer> expected = new ArrayList<>();
    if (golden.has("perturbed")) {
      golden.get("perturbed").forEach(k -> expected.add(k.intValue()));
    }
    // of the W the file holds the first ten
    assertThat(at).startsWith(expected.toArray(new Integer[0]));
    if (!problem.equals("w")) {
      assertThat(at).hasSameSizeAs(expected);
    }
    for (int i = 0; i < expected.size(); i++) {
      Golden.assertClose("draw " + i, draws.get(i), numbers(golden, "xi", i), TOLERANCE);
    }
    if (golden.has("first_below_m0_14")) {
      assertThat(below).isEqualTo(golden.get("first_below_m0_14").intValue());
    }
    Golden.assertClose("end", solver.x(), Golden.numbers(golden.get("end_x")), TOLERANCE);
    JsonNode end = golden.has("end_F") ? golden.get("end_F") : golden.get("end_Phi");
    assertThat(saddle.truth().value(solver.x())).isCloseTo(end.doubleValue(), within(TOLERANCE));
  }

  @Test
  void without_perturbations_the_saddle_is_never_left() {
    SaddleCase saddle = SaddleCase.strict();
    Repeated solver = start(saddle, "plain", "off");
    solver.steps(2000);
    assertThat(solver.x()).containsExactly(0, 0);
    assertThat(solver.y()).containsExactly(0, 0);
    assertThat(solver.figure("perturbations")).isZero();
  }

  @Test
  void fifty_generators_all_end_in_a_minimum() {
    SaddleCase saddle = SaddleCase.strict();
    double worst = Double.NEGATIVE_INFINITY;
    for (int seed = 1; seed <= 50; seed++) {
      Repeated solver = fresh(saddle, settings(saddle, "shift", "shift"), saddle.x0("shift"), seed);
      solver.steps(STRICT_STEPS + 1);
      worst = Math.max(worst, saddle.truth().value(solver.x()));
    }
    assertThat(worst).isCloseTo(-0.14702556, within(1e-8));
  }

  @Test
  void draws_come_from_the_run_s_generator() {
    JsonNode golden = SaddleCase.strict().run("shift");
    SplitMix64 generator = new SplitMix64(1);
    double[] draw = new double[2];
    for (JsonNode expected : golden.get("xi")) {
      generator.ball(0.01, draw);
      Golden.assertClose("draw", draw, Golden.numbers(expected), 1e-15);
    }
  }

  @Test
  void a_shake_that_led_nowhere_is_taken_back_and_ends_the_search() {
    SaddleCase saddle = SaddleCase.strict();
    double[] minimiser = Golden.numbers(saddle.data().get("minimiser"));
    Map<String, Object> keys = settings(saddle, "shift", "shift");
    @SuppressWarnings("unchecked")
    Map<String, Object> perturbation = (Map<String, Object>) keys.get("perturbation");
    perturbation.put("stop-decrease", 1e-3);
    perturbation.put("spacing", 20);
    Repeated solver = fresh(saddle, keys, minimiser, 3);
    solver.steps(STRICT_STEPS);
    assertThat(solver.figure("perturbations")).isEqualTo(1);
    assertThat(solver.figure("perturbations-taken-back")).isEqualTo(1);
    Golden.assertClose("back", solver.x(), minimiser, TOLERANCE);

    perturbation.put("spacing", 200);
    Repeated leaving = fresh(saddle, keys, new double[2], 3);
    leaving.steps(202);
    assertThat(leaving.figure("perturbations-taken-back")).isZero();
    assertThat(saddle.truth().value(leaving.x())).isLessThan(-0.147);
  }

  @Test
  void a_shift_doubles_the_calls_and_a_warm_start_adds_one() {
    SaddleCase saddle = SaddleCase.strict();
    CountingOracle counting = new CountingOracle(saddle.problem());
    Map<String, Object> keys = settings(saddle, "shift", "shift");
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            counting,
            new double[2],
            new double[2],
            Constraint.NONE,
            1);
    Repeated run = new Repeated(solver, saddle.lower(), saddle.upper());
    run.step();
    // at the saddle fy is 0 and needs no products; after the shift two rounds from v = 0
    assertThat(calls(counting, run)).containsExactly(10, 2, 2, 2, 2);
    // from then on v is warm
    assertThat(calls(counting, run)).containsExactly(5, 1, 1, 3, 1);
  }

  /** gy, fx, fy, Hv and Jv of one step. */
  private static long[] calls(CountingOracle counting, Repeated run) {
    counting.reset();
    run.step();
    return Stream.of(
            OracleCall.GRAD_LOWER_Y,
            OracleCall.GRAD_UPPER_X,
            OracleCall.GRAD_UPPER_Y,
            OracleCall.HVP,
            OracleCall.JVP)
        .mapToLong(counting::count)
        .toArray();
  }
}
