package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands where something is special about the job. */
class SteeredSolverTest {
  private static final double INF = Double.POSITIVE_INFINITY;

  private static Problem problem(Map<String, ?> keys) {
    return Problems.create(Settings.of("problem", keys));
  }

  private static Solver solver(Problem problem, Map<String, ?> keys, Object constraint) {
    Constraint set =
        Constraints.of(
            Settings.of("upper", Map.of("constraint", constraint)),
            problem.upperDim(),
            problem.upperBounds());
    double[] x1 = new double[problem.upperDim()];
    x1[0] = 1; // on the unit sphere, in the ball, on the simplex
    return Methods.create(Settings.of("solver", keys), problem, x1, problem.defaultLower(), set, 3);
  }

  private static Problem game() {
    return problem(MethodFixture.of("soba").problem());
  }

  private static double[] x(Solver solver) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  private static double[] y(Solver solver) {
    double[] y = new double[solver.lowerDim()];
    solver.lower(y);
    return y;
  }

  private static void play(Solver solver, Supply supply, int steps) {
    for (int i = 0; i < steps; i++) {
      solver.step(supply.next(solver.next()));
    }
  }

  /** What a solver says of itself. */
  private static List<String> told(Solver solver) {
    List<String> told = new ArrayList<>();
    solver.steered(
        new Solver.SteeredSink() {
          @Override
          public void stepSizes(double factor) {
            told.add("times " + factor);
          }

          @Override
          public void coordinate(int i, double low, double high, boolean held) {
            told.add(i + " " + low + " " + high + (held ? " held" : ""));
          }
        });
    return told;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"msgbio", "soba"})
  void it_tells_what_is_in_force_of_commands_also_when_it_is_restored(String method) {
    Problem problem = game();
    Object box = Map.of("type", "box", "lower", -2, "upper", 2);
    Solver solver = solver(problem, Map.of("method", method), box);
    assertThat(told(solver)).isEmpty();
    assertThat(solver.steer(new Command.Bounds(1, -INF, 0.5))).isNull();
    assertThat(solver.steer(new Command.Freeze(0, true))).isNull();
    assertThat(solver.steer(new Command.StepSize(0.25))).isNull();
    assertThat(told(solver)).containsExactly("times 0.25", "0 -2.0 2.0 held", "1 -2.0 0.5");
    Solver other = solver(problem, Map.of("method", method), box);
    other.restore(Recorded.of(solver));
    assertThat(told(other)).isEqualTo(told(solver));
    assertThat(solver.steer(new Command.Freeze(0, false))).isNull();
    assertThat(told(solver)).containsExactly("times 0.25", "1 -2.0 0.5");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ball", "simplex", "sphere"})
  void in_a_set_that_is_no_box_coordinates_are_not_bounded_one_by_one(String type) {
    Map<String, Object> set = new LinkedHashMap<>(Map.of("type", type));
    if (!type.equals("simplex")) {
      set.put("radius", 1);
    }
    Problem problem = game();
    Solver solver = solver(problem, Map.of("method", "soba"), set);
    Supply supply = Supply.of(problem, 5);
    play(solver, supply, 10);
    assertThat(solver.steer(new Command.Bounds(0, 0, 0.1))).contains("no box");
    assertThat(solver.steer(new Command.Freeze(0, true))).contains("no box");
    double[] x = x(solver);
    double[] y = y(solver);
    play(solver, supply, 10);
    assertThat(solver.steer(new Command.RollBack(1, x, y))).isNull();
    assertThat(x(solver)).as("not moved by rounding").containsExactly(x);
    x[0] += 5;
    assertThat(solver.steer(new Command.RollBack(1, x, y))).isNull();
    assertThat(x(solver)).as("brought back into the set").isNotEqualTo(x);
  }

  @Test
  void step_sizes_that_come_from_the_problem_cannot_be_scaled() {
    Problem problem = problem(MethodFixture.of("geometric-step-decay").problem());
    Solver solver = solver(problem, Map.of("method", "geometric-step-decay"), "none");
    assertThat(solver.steer(new Command.StepSize(0.5))).contains("solver.alpha0");
  }

  @Test
  void a_factor_that_the_method_could_not_take_in_the_job_file_is_refused_with_its_words() {
    Problem problem = game();
    Map<String, Object> keys =
        Map.of("method", "msgbio", "eta", Map.of("schedule", "constant", "k", 0.5));
    Solver solver = solver(problem, keys, Map.of("type", "box", "lower", -2, "upper", 2));
    play(solver, Supply.of(problem, 5), 5);
    String before = Recorded.of(solver).bits();
    assertThat(solver.steer(new Command.StepSize(4))).contains("solver.eta").contains("at most 1");
    assertThat(Recorded.of(solver).bits()).isEqualTo(before);
    assertThat(solver.steer(new Command.StepSize(2))).isNull();
  }

  @Test
  void as_many_coordinates_are_bounded_as_there_is_room_for_and_no_more() {
    Problem problem =
        problem(Map.of("type", "data-cleaning", "features", 2, "classes", 2, "terms", 3000));
    Solver solver = solver(problem, Map.of("method", "soba"), "none");
    for (int i = 0; i < CoordinateBounds.MOST; i++) {
      // in no order
      assertThat(solver.steer(new Command.Bounds(i * 1237 % 3000, 1.5 + i, 5000))).isNull();
    }
    String before = Recorded.of(solver).bits();
    assertThat(solver.steer(new Command.Bounds(1237 * 1024 % 3000, 0, 1))).contains("at most 1024");
    assertThat(solver.steer(new Command.Freeze(1237 * 1024 % 3000, true))).contains("at most 1024");
    assertThat(Recorded.of(solver).bits()).isEqualTo(before);
    for (int i = 0; i < CoordinateBounds.MOST; i++) {
      assertThat(x(solver)[i * 1237 % 3000]).isEqualTo(1.5 + i);
    }
    assertThat(solver.steer(new Command.Bounds(0, -INF, INF))).as("makes room").isNull();
    assertThat(solver.steer(new Command.Bounds(1237 * 1024 % 3000, 0, 1))).isNull();
  }

  @Test
  void zero_stays_the_same_zero_when_it_is_frozen() {
    Problem problem = game();
    Solver solver = solver(problem, Map.of("method", "msgbio"), "none");
    double[] x = x(solver);
    x[1] = -0.0;
    assertThat(solver.steer(new Command.RollBack(1, x, y(solver)))).isNull();
    assertThat(solver.steer(new Command.Freeze(1, true))).isNull();
    Supply supply = Supply.of(problem, 5);
    for (int t = 0; t < 20; t++) {
      play(solver, supply, 1);
      assertThat(Double.doubleToRawLongBits(x(solver)[1])).isZero();
    }
  }

  @Test
  void bounds_of_a_state_must_be_those_of_the_job_it_goes_on_in() {
    Problem problem = game();
    Solver wide =
        solver(problem, Map.of("method", "soba"), Map.of("type", "box", "lower", -9, "upper", 9));
    assertThat(wide.steer(new Command.Bounds(1, 3, 4))).isNull();
    assertThat(wide.steer(new Command.Bounds(2, -3, 0.5))).isNull();
    Recorded state = Recorded.of(wide);
    Solver narrow =
        solver(problem, Map.of("method", "soba"), Map.of("type", "box", "lower", -1, "upper", 1));
    String before = Recorded.of(narrow).bits();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> narrow.restore(state))
        .withMessageContaining("x[1] in [3.0, 4.0] by a command, but the job has [-1.0, 1.0]");
    assertThat(Recorded.of(narrow).bits()).isEqualTo(before);
  }

  @Test
  void a_momentum_does_not_take_a_move_by_command_for_a_step() {
    Problem problem = problem(Map.of("type", "phase-retrieval", "d", 4));
    Map<String, Object> keys = Map.of("method", "msgd", "eta", 1e-12);
    Solver solver = solver(problem, keys, "none");
    Supply supply = Supply.of(problem, 5);
    play(solver, supply, 5);
    assertThat(solver.steer(new Command.Bounds(0, -5, 0.25))).isNull();
    play(solver, supply, 1);
    assertThat(x(solver)[0]).isCloseTo(0.25, within(1e-6));
  }

  @Test
  void the_point_that_a_guard_keeps_is_within_bounds_too() {
    Problem problem = game();
    Map<String, Object> guard = Map.of("skips", 1, "rollbacks", 1);
    Solver solver =
        solver(problem, Map.of("method", "soba", "watch", Map.of("guard", guard)), "none");
    assertThat(solver.steer(new Command.Bounds(0, -1, 0.5))).isNull();
    Recorded state = Recorded.of(solver);
    assertThat(state.doubles.get("watch.best-x")[0]).isEqualTo(0.5);
    double[] x = x(solver);
    x[1] = 0.125;
    assertThat(solver.steer(new Command.RollBack(1, x, y(solver)))).isNull();
    assertThat(Recorded.of(solver).doubles.get("watch.best-x")).containsExactly(x);
  }

  @Test
  void a_guard_halves_what_a_command_has_scaled() {
    Problem problem = game();
    Map<String, Object> guard = Map.of("skips", 1, "rollbacks", 1);
    Map<String, Object> keys =
        Map.of("method", "msgbio", "watch", Map.of("guard", guard), "eta", Map.of("k", 1, "m", 8));
    Solver solver = solver(problem, keys, "none");
    Supply supply = Supply.of(problem, 5);
    play(solver, supply, 3);
    double before = figure(solver, "step-size");
    Recorded state = Recorded.of(solver);
    state.doubles.put("watch.scale", new double[] {0.5});
    solver.restore(state);
    assertThat(figure(solver, "step-size")).isEqualTo(before / 2);
    assertThat(solver.steer(new Command.StepSize(0.25))).isNull();
    assertThat(figure(solver, "step-size")).isEqualTo(before / 8);
    assertThat(solver.steer(new Command.StepSize(1))).isNull();
    assertThat(figure(solver, "step-size")).isEqualTo(before / 2);
  }

  private static double figure(Solver solver, String name) {
    Map<String, Double> all = new LinkedHashMap<>();
    solver.report(all::put);
    return all.get(name);
  }

  private static Solver auto(Problem problem, Map<String, ?> own) {
    Map<String, Object> keys = new LinkedHashMap<>(own);
    keys.put("method", "auto");
    return solver(problem, keys, "none");
  }

  private static Problem logistic() {
    return problem(Map.of("type", "logistic-regression", "features", 4));
  }

  @Test
  void a_rollback_of_the_portfolio_leaves_the_reference_alone_and_trusts_the_tuned_members() {
    Problem problem = logistic();
    Solver solver = auto(problem, Map.of());
    Supply supply = Supply.of(problem, 5, 20);
    play(solver, supply, 20);
    double[] x = x(solver);
    double[] y = y(solver);
    play(solver, supply, 40);
    Map<String, double[]> before = members(solver);
    assertThat(solver.steer(new Command.RollBack(3, x, y))).isNull();
    Map<String, double[]> after = members(solver);
    after.forEach(
        (name, model) -> {
          boolean tuned = name.startsWith("tuned");
          boolean reference = name.equals("reference");
          double[] expected = reference ? before.get(name) : y;
          assertThat(model[model.length - 1]).as(name).isEqualTo(tuned ? 0.5 : 0);
          for (int j = 0; j < y.length; j++) {
            assertThat(model[j]).as(name).isEqualTo(expected[j]);
          }
        });
    play(solver, supply, 1);
    members(solver)
        .forEach((name, model) -> assertThat(model[model.length - 1]).as(name).isPositive());
    Map<String, Double> figures = new LinkedHashMap<>();
    solver.report(figures::put);
    assertThat(figures.values()).allMatch(Double::isFinite);
  }

  /** Models, each with its share behind it. */
  private static Map<String, double[]> members(Solver solver) {
    Map<String, double[]> out = new LinkedHashMap<>();
    solver.members(
        (name, weight, y) -> {
          double[] all = Arrays.copyOf(y, y.length + 1);
          all[y.length] = weight;
          out.put(name, all);
        });
    return out;
  }

  @Test
  void step_sizes_of_the_portfolio_are_scaled_where_they_are() {
    Problem problem = logistic();
    Solver solver = auto(problem, Map.of("frozen", List.of("step-size.1")));
    play(solver, Supply.of(problem, 5, 20), 20);
    Recorded before = Recorded.of(solver);
    assertThat(solver.steer(new Command.StepSize(0.5))).isNull();
    assertThat(solver.steer(new Command.StepSize(0.5))).as("the factor, not once more").isNull();
    Recorded after = Recorded.of(solver);
    for (String member : List.of("tuned-0.001", "tuned-start")) {
      double[] was = before.doubles.get(member + ".step");
      double[] is = after.doubles.get(member + ".step");
      assertThat(is[0]).isEqualTo(was[0] / 2);
      assertThat(is[1]).as("frozen by the job").isEqualTo(was[1]);
    }
    assertThat(solver.steer(new Command.StepSize(1))).isNull();
    assertThat(Recorded.of(solver).doubles.get("tuned-start.step"))
        .containsExactly(before.doubles.get("tuned-start.step"));
  }

  @Test
  void what_the_portfolio_cannot_hold_is_refused_with_the_reason() {
    Problem problem = logistic();
    Solver simplex = auto(problem, Map.of("class-weights", Map.of("scale", "simplex")));
    int last = simplex.upperDim() - 1;
    assertThat(simplex.steer(new Command.Bounds(last, 0, 1))).contains("simplex");
    assertThat(simplex.steer(new Command.Freeze(last, true))).contains("simplex");
    Solver frozen = auto(problem, Map.of("frozen", List.of("step-size.*")));
    assertThat(frozen.steer(new Command.Freeze(problem.upperDim(), false)))
        .contains("solver.frozen");
    assertThat(frozen.steer(new Command.Freeze(0, true))).isNull();
    Solver plain = auto(problem, Map.of());
    assertThat(plain.steer(new Command.Bounds(problem.upperDim(), 5, 6)))
        .contains("[5.0, 6.0]")
        .contains("nothing in common");
  }

  @Test
  void members_of_the_portfolio_move_into_bounds_at_once() {
    Problem problem = logistic();
    Solver solver = auto(problem, Map.of());
    play(solver, Supply.of(problem, 5, 20), 20);
    double low = StrictMath.log(0.02);
    double high = StrictMath.log(0.03);
    assertThat(solver.steer(new Command.Bounds(problem.upperDim(), low, high))).isNull();
    Recorded state = Recorded.of(solver);
    assertThat(state.doubles.get("tuned-0.001.step")[0]).isCloseTo(0.02, within(1e-9));
    assertThat(state.doubles.get("tuned-start.step")[0]).isBetween(0.02 - 1e-9, 0.03 + 1e-9);
    assertThat(solver.steer(new Command.Bounds(0, StrictMath.log(0.5), StrictMath.log(0.6))))
        .isNull();
    state = Recorded.of(solver);
    for (String member : List.of("tuned-0.001", "tuned-start")) {
      assertThat(state.doubles.get(member + ".l2")[0]).isBetween(0.5 - 1e-9, 0.6 + 1e-9);
    }
  }

  @Test
  void weights_of_records_are_bounded_as_they_are_published() {
    Problem problem = problem(Map.of("type", "logistic-regression", "features", 4, "sources", 2));
    Solver solver =
        auto(problem, Map.of("source-weights", true, "class-weights", Map.of("scale", "log")));
    Supply supply = Supply.of(problem, 5, 20);
    int p = solver.upperDim();
    List<Integer> weights = new ArrayList<>();
    for (int i = p - 5; i < p; i++) {
      weights.add(i);
      double at = x(solver)[i];
      assertThat(solver.steer(new Command.Bounds(i, at - 0.2, at - 0.1))).isNull();
      assertThat(x(solver)[i]).isCloseTo(at - 0.1, within(1e-12));
      assertThat(solver.ownUpperValue(solver.ownUpperUnit(at))).isCloseTo(at, within(1e-12));
    }
    double[] then = x(solver);
    for (int t = 0; t < 40; t++) {
      play(solver, supply, 1);
      for (int i : weights) {
        assertThat(x(solver)[i]).isBetween(then[i] - 0.1 - 1e-12, then[i]);
      }
    }
    assertThat(solver.steer(new Command.RollBack(1, then, y(solver)))).isNull();
    for (int i : weights) {
      assertThat(x(solver)[i]).isCloseTo(then[i], within(1e-12));
    }
  }
}
