package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.OracleCall;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How mgbio, msgbio and vr-msgbio relate to each other, and what a step of each costs. */
class MomentumFamilyTest {
  private static final double[] X1 = {0.3, -0.2, 0.1};
  private static final double[] Y1 = {1, 0, -1, 0.5};

  private final Problem problem = RandomGame.problem();

  private Solver solver(String method, Object... keys) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("method", method);
    for (int i = 0; i < keys.length; i += 2) {
      all.put((String) keys[i], keys[i + 1]);
    }
    return Methods.create(Settings.of("solver", all), problem, X1, Y1, Constraint.NONE, 1);
  }

  private static double[] upper(Solver solver) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"mgbio", "msgbio", "vr-msgbio"})
  void lanczos_with_all_products_equals_dense_while_nothing_is_averaged(String method) {
    Object[] common = {"eta", 0.5, "mu", 0.4, "lg", 1.1, "c-fy", 0.5, "c", 1e9};
    Solver dense = solver(method, join(common, "hypergradient", "dense"));
    Solver lanczos =
        solver(method, join(common, "hypergradient", Map.of("lanczos", Map.of("krylov", 4))));
    for (StepInput input : RandomGame.inputs(problem, 13, 200)) {
      dense.step(input);
      lanczos.step(input);
      Golden.assertClose("x at " + dense.steps(), upper(lanczos), upper(dense), 1e-10);
    }
    assertThat(dense.steps()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dense", "lanczos", "linear-system"})
  void weights_of_one_forget_the_past_so_all_three_are_mgbio(String option) {
    Object[] common = {"eta", 0.5, "c", 1e9, "c-fy", 0.5, "c-gxy", 0.3, "hypergradient", option};
    Solver mgbio = solver("mgbio", common);
    Solver msgbio = solver("msgbio", common);
    Solver vrMsgbio = solver("vr-msgbio", common);
    for (StepInput input : RandomGame.inputs(problem, 13, 100)) {
      mgbio.step(input);
      msgbio.step(input);
      vrMsgbio.step(input);
    }
    assertThat(upper(msgbio)).containsExactly(upper(mgbio));
    assertThat(upper(vrMsgbio)).containsExactly(upper(mgbio));
  }

  /** fx fy gy Hv Jv H J of step 1 and of every later one, with krylov 4 where it applies. */
  @ParameterizedTest(name = "{0} {1}: {2} then {3}")
  @CsvSource({
    "mgbio, dense, 1 1 1 0 0 1 1, 1 1 1 0 0 1 1",
    "mgbio, lanczos, 1 1 1 4 1 0 0, 1 1 1 4 1 0 0",
    "mgbio, linear-system, 1 1 1 1 1 0 0, 1 1 1 1 1 0 0",
    "msgbio, dense, 1 1 1 0 0 1 1, 1 1 1 0 0 1 1",
    "msgbio, lanczos, 1 1 1 4 1 0 0, 1 1 1 4 1 0 0",
    "msgbio, linear-system, 1 1 1 1 1 0 0, 1 1 1 1 1 0 0",
    "vr-msgbio, dense, 1 1 1 0 0 1 1, 2 2 2 0 0 2 2",
    "vr-msgbio, lanczos, 1 1 1 4 1 0 0, 2 2 2 8 2 0 0",
    "vr-msgbio, linear-system, 1 1 1 1 1 0 0, 2 2 2 2 2 0 0"
  })
  void a_step_costs_what_its_page_says(String method, String option, String first, String later) {
    CountingOracle counting = new CountingOracle(problem);
    Solver solver =
        Methods.create(
            Settings.of("solver", Map.of("method", method, "hypergradient", option)),
            counting,
            X1,
            Y1,
            Constraint.NONE,
            1);
    SplitMix64 rng = new SplitMix64(2);
    for (int t = 1; t <= 5; t++) {
      counting.reset();
      solver.step(
          StepInput.of(
              RandomGame.batch(problem, Level.LOWER, rng, 9),
              RandomGame.batch(problem, Level.UPPER, rng, 9)));
      assertThat(counts(counting)).as("step %d", t).isEqualTo(t == 1 ? first : later);
    }
  }

  private static String counts(CountingOracle counting) {
    List<OracleCall> columns =
        List.of(
            OracleCall.GRAD_UPPER_X,
            OracleCall.GRAD_UPPER_Y,
            OracleCall.GRAD_LOWER_Y,
            OracleCall.HVP,
            OracleCall.JVP,
            OracleCall.HESSIAN,
            OracleCall.CROSS);
    Map<OracleCall, Long> rest = new EnumMap<>(OracleCall.class);
    for (OracleCall call : OracleCall.values()) {
      if (!columns.contains(call)) {
        rest.put(call, counting.count(call));
      }
    }
    assertThat(rest.values()).containsOnly(0L);
    StringBuilder out = new StringBuilder();
    for (OracleCall call : columns) {
      out.append(out.length() == 0 ? "" : " ").append(counting.count(call));
    }
    return out.toString();
  }

  @Test
  void active_clamps_are_counted_per_projection() {
    Solver tight =
        solver("msgbio", "hypergradient", "dense", "c-fy", 1e-6, "c-gxy", 1e-6, "mu", 50, "lg", 60);
    Solver wide = solver("msgbio", "hypergradient", "dense", "c-fy", 1e6, "c-gxy", 1e6, "mu", 1e-9);
    for (StepInput input : RandomGame.inputs(problem, 17, 20)) {
      tight.step(input);
      wide.step(input);
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    tight.report(figures::put);
    assertThat(figures)
        .containsEntry("clamps-upper-gradient", 20.0)
        .containsEntry("clamps-cross", 20.0)
        .containsEntry("clamps-hessian", 20.0);
    wide.report(figures::put);
    assertThat(figures)
        .containsEntry("clamps-upper-gradient", 0.0)
        .containsEntry("clamps-cross", 0.0);
  }

  @Test
  void the_linear_variable_stays_within_its_radius() {
    Solver solver =
        solver(
            "vr-msgbio",
            "hypergradient",
            Map.of("type", "linear-system", "rho", 5, "radius", 0.01),
            "eta",
            Map.of("k", 2));
    for (StepInput input : RandomGame.inputs(problem, 17, 20)) {
      solver.step(input);
      double[] z = Recorded.of(solver).doubles.get("z");
      double square = 0;
      for (double entry : z) {
        square += entry * entry;
      }
      assertThat(Math.sqrt(square)).isLessThanOrEqualTo(0.01 + 1e-15);
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    solver.report(figures::put);
    assertThat(figures.get("clamps-linear")).isGreaterThan(15);
    assertThat(figures.get("step-size")).isCloseTo(2 / Math.cbrt(28), within(1e-12));
  }

  private static Object[] join(Object[] a, Object... b) {
    Object[] out = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, out, a.length, b.length);
    return out;
  }
}
