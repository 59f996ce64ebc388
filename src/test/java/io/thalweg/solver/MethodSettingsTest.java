package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.oracle.CountingOracle;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MethodSettingsTest {
  private static final double[] X1 = {0.3, -0.2, 0.1};
  private final Problem problem = RandomGame.problem();

  private Solver create(Map<String, ?> keys) {
    Map<String, Object> all = new LinkedHashMap<>(keys);
    all.putIfAbsent("method", "msgbio");
    return create(problem, X1, all);
  }

  private static Solver create(Problem problem, double[] x1, Map<String, ?> keys) {
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        x1,
        new double[problem.lowerDim()],
        Constraint.NONE,
        1);
  }

  /** The initial point for a problem that was chosen for a method. */
  private static double[] start(Problem problem) {
    double[] x1 = problem.defaultUpper();
    for (int i = 0; i < x1.length; i++) {
      x1[i] += X1[i % X1.length];
    }
    return x1;
  }

  static List<Arguments> complaints() {
    return List.of(
        Arguments.of(
            Map.of("method", "vr-msgbo"),
            "solver.method must be one of "
                + String.join(", ", Methods.all().stream().map(MethodInfo::id).toList())
                + ", but was \"vr-msgbo\"; did you mean \"vr-msgbio\"?"),
        Arguments.of(
            Map.of("hypergradient", "dens"),
            "solver.hypergradient must be one of dense, lanczos, linear-system, but was \"dens\";"
                + " did you mean \"dense\"?"),
        Arguments.of(
            Map.of("hypergradient", Map.of("lanczos", Map.of("krilov", 3))),
            "solver.hypergradient.lanczos.krilov is not known here; did you mean \"krylov\"?"),
        Arguments.of(
            Map.of("hypergradient", Map.of("type", "lanczos", "krylov", 0)),
            "solver.hypergradient.krylov must be at least 1, but was 0"),
        Arguments.of(
            Map.of("hypergradient", Map.of("linear-system", Map.of("rho", 1)), "rho", 1),
            "solver.rho is given twice: here and at solver.hypergradient.linear-system.rho"),
        Arguments.of(
            Map.of("eta", Map.of("schedule", "cbr")),
            "solver.eta.schedule must be one of constant, sqrt, cbrt, power, but was \"cbr\"; did"
                + " you mean \"cbrt\"?"),
        Arguments.of(
            Map.of("eta", Map.of("schedule", "power", "k", 1, "m", 8)),
            "solver.eta.power is required with schedule: power, for example 0.6"),
        Arguments.of(
            Map.of("eta", Map.of("schedule", "sqrt", "power", 0.6)),
            "solver.eta.power has a meaning only with schedule: power, but the schedule is sqrt"),
        Arguments.of(Map.of("eta", -1), "solver.eta must be in (0, inf), but was -1.0"),
        Arguments.of(Map.of("gamma", 0), "solver.gamma must be in (0, inf), but was 0.0"),
        Arguments.of(Map.of("mu", 3, "lg", 2), "solver.lg must be at least mu = 3.0, but was 2.0"),
        Arguments.of(
            Map.of("method", "f2sa", "growth", "linar"),
            "solver.growth must be one of linear, paper, but was \"linar\"; did you mean"
                + " \"linear\"?"),
        Arguments.of(Map.of("method", "f2sa", "T", 0), "solver.T must be at least 1, but was 0"),
        Arguments.of(
            Map.of("method", "bome", "phi", "grads"),
            "solver.phi must be one of grad, value, but was \"grads\"; did you mean \"grad\"?"),
        Arguments.of(
            Map.of("method", "bome", "guard", 0), "solver.guard must be in (0, inf), but was 0.0"),
        Arguments.of(
            Map.of("method", "v-pbgd", "start", "cold"),
            "solver.start must be one of y, warm, but was \"cold\""),
        Arguments.of(
            Map.of("method", "v-pbgd", "ramp", -1), "solver.ramp must be at least 0, but was -1"),
        Arguments.of(
            Map.of("method", "v-pbsgd", "alpha", Map.of("schedule", "root")),
            "solver.alpha.schedule must be one of constant, sqrt, cbrt, power, but was \"root\""),
        Arguments.of(
            Map.of("method", "galet", "warm", "yes"),
            "solver.warm must be true or false, but was yes"),
        Arguments.of(
            Map.of("method", "bvfsm", "offset", -4),
            "solver.offset must be in (0, inf), but was -4.0"),
        Arguments.of(
            Map.of("method", "bvfim", "decay", 0.99),
            "solver.decay must be in [1, inf), but was 0.99"),
        Arguments.of(
            Map.of("method", "bgs-opt", "M", -1), "solver.M must be at least 0, but was -1"),
        Arguments.of(
            Map.of("c", Map.of("g", 1)), "solver.c.g is not known here; did you mean \"u\"?"),
        Arguments.of(Map.of("c", Map.of("u", -1)), "solver.c.u must be in [0, inf), but was -1.0"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named_with_what_was_expected(Map<String, ?> keys, String message) {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> create(keys))
        .withMessage(message);
  }

  @Test
  void every_method_runs_without_a_single_key() {
    for (MethodInfo info : Methods.all()) {
      for (String option : info.needs().keySet()) {
        Problem suited = MethodFixture.of(info.id()).create();
        Solver solver = create(suited, start(suited), brief(info, option));
        Supply supply = Supply.of(suited, 1);
        for (int t = 0; t < 500; t++) {
          assertThat(solver.step(supply.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
        }
      }
      assertThat(Methods.info(info.id())).isEqualTo(info);
    }
  }

  private static Map<String, Object> brief(MethodInfo info, String option) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", info.id());
    if (!option.isEmpty()) {
      keys.put("hypergradient", option);
    }
    return keys;
  }

  @Test
  void defaults_on_the_page_are_the_defaults_in_use() {
    for (MethodInfo info : Methods.all()) {
      for (String option : info.needs().keySet()) {
        Map<String, Object> spelled = new LinkedHashMap<>();
        for (Parameter parameter : info.parameters()) {
          if (parameter.defaultValue() != null) {
            spelled.put(parameter.key(), parameter.defaultValue());
          }
        }
        spelled.putAll(brief(info, option));
        Problem suited = MethodFixture.of(info.id()).create();
        Solver explicit = create(suited, start(suited), spelled);
        Solver silent = create(suited, start(suited), brief(info, option));
        Supply supply = Supply.of(suited, 2);
        for (int t = 0; t < 40; t++) {
          StepInput input = supply.next(silent.next());
          explicit.step(input);
          silent.step(input);
        }
        assertThat(Recorded.of(explicit).bits()).isEqualTo(Recorded.of(silent).bits());
      }
    }
  }

  @Test
  void the_ways_to_write_an_option_mean_the_same() {
    List<Object> ways =
        List.of(Map.of("lanczos", Map.of("krylov", 2)), Map.of("type", "lanczos", "krylov", 2));
    Solver reference = create(Map.of("hypergradient", "lanczos", "krylov", 2));
    List<StepInput> inputs = RandomGame.inputs(problem, 2, 10);
    inputs.forEach(reference::step);
    for (Object way : ways) {
      Solver solver = create(Map.of("hypergradient", way));
      inputs.forEach(solver::step);
      assertThat(Recorded.of(solver).bits()).isEqualTo(Recorded.of(reference).bits());
    }
  }

  @Test
  void an_oracle_without_gradients_is_told_what_is_needed() {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> onlyOffering("mgbio", "dense", Capability.VALUE))
        .withMessage(
            "solver.hypergradient must be one of [] because the problem offers only [VALUE], but"
                + " was dense");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dense", "lanczos", "linear-system"})
  void what_an_oracle_lacks_is_made_from_its_gradients(String option) {
    Solver whole = onlyOffering("vr-msgbio", option, Capability.values());
    Solver made = onlyOffering("vr-msgbio", option, Capability.VALUE, Capability.FIRST_ORDER);
    for (StepInput input : RandomGame.inputs(problem, 2, 40)) {
      whole.step(input);
      made.step(input);
    }
    double[] expected = new double[X1.length];
    double[] found = new double[X1.length];
    whole.upper(expected);
    made.upper(found);
    assertThat(found).containsExactly(expected, within(1e-8));
    assertThat(found).isNotEqualTo(expected);
  }

  private Solver onlyOffering(String method, String option, Capability... offered) {
    return Methods.create(
        Settings.of("solver", Map.of("method", method, "hypergradient", option)),
        limited(Set.of(offered)),
        X1,
        new double[4],
        Constraint.NONE,
        1);
  }

  /** The problem, refusing what it is said not to offer. */
  private BilevelOracle limited(Set<Capability> offered) {
    return (BilevelOracle)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {BilevelOracle.class},
            (proxy, method, args) -> {
              if (method.getName().equals("capabilities")) {
                return offered;
              }
              Capability asked =
                  switch (method.getName()) {
                    case "hvp", "jvp", "lowerProducts" -> Capability.PRODUCTS;
                    case "hessian", "cross" -> Capability.DENSE;
                    default -> null;
                  };
              if (asked != null && !offered.contains(asked)) {
                throw new UnsupportedOperationException(method.getName());
              }
              try {
                return method.invoke(problem, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void a_method_for_minimax_problems_is_refused_elsewhere_with_those_that_fit() {
    assertThat(problem.isMinimax()).isFalse();
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> create(Map.of("method", "perturbed-gdmax")))
        .withMessageMatching(
            "solver.method must be one of (?!.*perturbed-gdmax,).*mgbio, .* because the problem is not"
                + " min over x of max over y \\(g = -f\\), but was perturbed-gdmax");
    Problem minimax =
        Problems.create(
            Settings.of("problem", Map.of("type", "group-dro", "features", 2, "groups", 3)));
    assertThat(new CountingOracle(minimax).isMinimax()).isTrue();
    assertThat(create(minimax, minimax.defaultUpper(), Map.of("method", "perturbed-gdmax")).steps())
        .isZero();
  }

  @Test
  void the_initial_point_must_fit() {
    Settings msgbio = Settings.of("solver", Map.of("method", "msgbio"));
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () -> Methods.create(msgbio, problem, new double[2], new double[4], Constraint.NONE, 1))
        .withMessage("upper.init must have length 3, but had 2");
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () ->
                Methods.create(
                    msgbio, problem, X1, new double[] {0, 0, Double.NaN, 0}, Constraint.NONE, 1))
        .withMessage("lower.init must hold finite numbers, but entry 2 was NaN");
    Constraint box =
        Constraints.of(
            Settings.of("upper", Map.of("constraint", Map.of("type", "box", "upper", 0.2))),
            3,
            problem.upperBounds());
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Methods.create(msgbio, problem, X1, new double[4], box, 1))
        .withMessageContaining("entry 0 was 0.3 and the nearest point has 0.2");
    Settings big = Settings.of("solver", Map.of("method", "mgbio", "eta", 1.5));
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Methods.create(big, problem, new double[3], new double[4], box, 1))
        .withMessageContaining("eta_1 was 1.5");
  }

  @ParameterizedTest(name = "{0}: eta_10 = {2}")
  @MethodSource("schedules")
  void schedules_fall_as_their_root_down_to_the_floor(String name, Object eta, double expected) {
    Schedule schedule =
        Schedule.of(
            Settings.of("solver", Map.of("eta", eta)),
            "eta",
            new Schedule(Schedule.Kind.SQRT, 1, 6, 0, 0));
    assertThat(schedule.at(10)).isCloseTo(expected, within(1e-15));
  }

  static List<Arguments> schedules() {
    return List.of(
        Arguments.of("number", 0.3, 0.3),
        Arguments.of("constant", Map.of("schedule", "constant", "k", 0.2), 0.2),
        Arguments.of("sqrt by default", Map.of("k", 2), 0.5),
        Arguments.of("cbrt", Map.of("schedule", "cbrt", "k", 2, "m", 54), 0.5),
        Arguments.of("power", Map.of("schedule", "power", "power", 2, "m", 0), 0.01),
        Arguments.of("floor", Map.of("schedule", "sqrt", "floor", 0.7), 0.7));
  }
}
