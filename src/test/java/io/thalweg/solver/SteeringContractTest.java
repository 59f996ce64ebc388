package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method must hold when an operator steers it, alone and under guard and detector. */
class SteeringContractTest {
  private static final int STEPS = 60;

  /** Names of upper coordinates that a command may be given: of the problem, and of the method. */
  private static final int LAST = -1;

  /** So quick to see a drift that every run has some. */
  private static final Map<String, Object> NERVOUS =
      Map.of("on-drift", "restart-schedule", "tolerance", 0, "threshold", 0.01);

  /** Steps are halved, and the best point taken up again, for the least reason. */
  private static final Map<String, Object> STRICT =
      Map.of("smoothing", 1, "worsening", 1e-9, "patience", 1, "skips", 1, "recovery", 7);

  /**
   * A method, and whether it is watched.
   *
   * @param problem keys beside those of the fixture
   * @param solver keys beside those of the variant
   */
  record Case(
      MethodVariant variant,
      boolean watched,
      Map<String, Object> problem,
      Map<String, Object> solver) {
    Case(MethodVariant variant, boolean watched) {
      this(variant, watched, Map.of(), Map.of());
    }

    String method() {
      return variant.method();
    }

    boolean isAuto() {
      return method().equals("auto");
    }

    Problem create() {
      Map<String, Object> keys = new LinkedHashMap<>(MethodFixture.of(method()).problem());
      keys.putAll(problem);
      return Problems.create(Settings.of("problem", keys));
    }

    @Override
    public String toString() {
      return variant + (watched ? ", watched" : "") + (solver.isEmpty() ? "" : " " + solver);
    }
  }

  /** The portfolio with more to tune, and other ways to do so. */
  private static List<Case> portfolios() {
    MethodVariant auto = new MethodVariant("auto", "");
    Map<String, Object> logged = Map.of("scale", "log");
    return List.of(
        new Case(auto, false, Map.of(), Map.of("class-weights", logged)),
        new Case(auto, false, Map.of("sources", 2), Map.of("source-weights", true)),
        new Case(auto, true, Map.of(), Map.of("robust", Map.of("contamination", 0.1))),
        new Case(auto, false, Map.of(), Map.of("estimator", "storm")),
        new Case(auto, false, Map.of("encoding", "sparse"), Map.of("estimator", "momentum")),
        new Case(
            auto,
            false,
            Map.of("hyperparameters", Map.of("l2", Map.of("per", "feature"))),
            Map.of("label-delay", 3)),
        new Case(auto, false, Map.of("type", "softmax-regression", "classes", 3), Map.of()),
        new Case(auto, false, Map.of("type", "ridge-regression"), Map.of()));
  }

  static List<Case> cases() {
    List<Case> out = new ArrayList<>();
    for (boolean watched : new boolean[] {false, true}) {
      MethodVariant.all().forEach(v -> out.add(new Case(v, watched)));
    }
    out.addAll(portfolios());
    return out;
  }

  /** All but the portfolio, of which a life is more than x and y. */
  static List<Case> lives() {
    return cases().stream().filter(c -> !c.isAuto() && !c.watched()).toList();
  }

  static Solver solver(Case of, Constraint constraint, double[] x1, double[] y1, long seed) {
    Map<String, Object> keys = keys(of);
    if (of.watched()) {
      keys.put(
          "watch",
          of.isAuto() ? Map.of("drift", NERVOUS) : Map.of("drift", NERVOUS, "guard", STRICT));
    }
    return Methods.create(Settings.of("solver", keys), of.create(), x1, y1, constraint, seed);
  }

  private static Map<String, Object> keys(Case of) {
    Map<String, Object> keys = new LinkedHashMap<>(of.variant().solver());
    if (of.method().equals("geometric-step-decay")) {
      keys.put("alpha0", 0.05);
    }
    keys.putAll(of.solver());
    return keys;
  }

  static Constraint box(Problem problem, Object lower, Object upper) {
    return Constraints.of(
        Settings.of(
            "upper", Map.of("constraint", Map.of("type", "box", "lower", lower, "upper", upper))),
        problem.upperDim(),
        problem.upperBounds());
  }

  static Solver fresh(Case of) {
    Problem problem = of.create();
    return solver(
        of,
        box(problem, -0.4, 0.4),
        near(problem.upperDim(), 0.3),
        near(problem.lowerDim(), 1),
        42);
  }

  /** The same at another point, to be given a state. */
  private static Solver other(Case of) {
    Problem problem = of.create();
    return solver(
        of,
        box(problem, -0.4, 0.4),
        new double[problem.upperDim()],
        new double[problem.lowerDim()],
        42);
  }

  static double[] near(int length, double scale) {
    double[] out = new double[length];
    for (int i = 0; i < length; i++) {
      out[i] = scale * (i % 2 == 0 ? 1 : -1) / (1 + i);
    }
    return out;
  }

  static Supply supply(Case of, long seed) {
    return Supply.of(of.create(), seed, of.variant().isAggregated() ? 5 : 1);
  }

  static void play(Solver solver, Supply supply, int steps) {
    for (int i = 0; i < steps; i++) {
      solver.step(supply.next(solver.next()));
    }
  }

  private static String bits(Solver solver) {
    return Recorded.of(solver).bits();
  }

  static double[] x(Solver solver) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  static double[] y(Solver solver) {
    double[] y = new double[solver.lowerDim()];
    solver.lower(y);
    return y;
  }

  /** One of every kind, for a method whose point is where it is told. */
  private static List<Command> everyKind(Solver solver, double[] x, double[] y) {
    int last = solver.upperDim() + LAST;
    double at = x[last];
    return List.of(
        new Command.Bounds(0, -0.05, 0.1),
        new Command.Freeze(last, true),
        new Command.StepSize(0.5),
        new Command.ResetEstimators(),
        new Command.RollBack(3, x, y),
        new Command.Freeze(last, false),
        new Command.Bounds(last, at - 0.01, at + 0.02),
        new Command.StepSize(1),
        new Command.Bounds(0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
  }

  /** Commands that nobody can do. */
  private static List<Command> impossible(Solver solver) {
    int p = solver.upperDim();
    int q = solver.lowerDim();
    double[] lost = new double[p];
    lost[p - 1] = Double.NaN;
    double[] far = new double[q + 1];
    List<Command> out = new ArrayList<>();
    out.add(new Command.Bounds(-1, 0, 1));
    out.add(new Command.Bounds(p, 0, 1));
    out.add(new Command.Bounds(0, 1, 0));
    out.add(new Command.Bounds(0, Double.NaN, 0));
    out.add(new Command.Bounds(0, 0, Double.NaN));
    out.add(new Command.Bounds(0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY));
    out.add(new Command.Bounds(0, 5, 6)); // the box of the job ends at 0.4
    out.add(new Command.Freeze(p, true));
    out.add(new Command.Freeze(-1, false));
    out.add(new Command.StepSize(0));
    out.add(new Command.StepSize(-1));
    out.add(new Command.StepSize(Double.NaN));
    out.add(new Command.StepSize(Double.POSITIVE_INFINITY));
    out.add(new Command.RollBack(1, lost, new double[q]));
    out.add(new Command.RollBack(1, new double[p + 1], new double[q]));
    out.add(new Command.RollBack(1, new double[p], far));
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void every_kind_of_command_is_taken_and_the_same_ones_give_the_same_bits(Case of) {
    Solver one = fresh(of);
    Solver two = fresh(of);
    Solver plain = fresh(of);
    Supply supplyOne = supply(of, 7);
    Supply supplyTwo = supply(of, 7);
    double[] x1 = x(one);
    double[] y1 = y(one);
    for (Command command : everyKind(one, x1, y1)) {
      play(one, supplyOne, 7);
      play(two, supplyTwo, 7);
      assertThat(one.steer(command)).as("%s", command).isNull();
      assertThat(two.steer(command)).isNull();
      assertThat(bits(one)).as("after %s", command).isEqualTo(bits(two));
    }
    play(one, supplyOne, 20);
    play(two, supplyTwo, 20);
    assertThat(bits(one)).isEqualTo(bits(two));
    Supply supply = supply(of, 7);
    play(plain, supply, 83);
    assertThat(x(one)).isNotEqualTo(x(plain));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_command_that_cannot_be_done_says_why_and_changes_no_bit(Case of) {
    Solver solver = fresh(of);
    Solver untouched = fresh(of);
    Supply supply = supply(of, 7);
    for (int round = 0; round < 2; round++) {
      String before = bits(solver);
      for (Command command : impossible(solver)) {
        assertThat(solver.steer(command)).as("%s", command).isNotBlank();
        assertThat(bits(solver)).as("%s", command).isEqualTo(before);
      }
      play(solver, supply, 20);
      play(untouched, supply(of, 7), 0);
    }
    play(untouched, supply(of, 7), 40);
    assertThat(bits(solver)).isEqualTo(bits(untouched));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_run_cut_right_before_or_after_a_command_equals_the_whole_run(Case of) {
    Solver whole = fresh(of);
    List<Command> commands = everyKind(whole, x(whole), y(whole));
    run(whole, commands, supply(of, 7), 0, commands.size());
    for (int cut = 0; cut < commands.size(); cut++) {
      for (boolean after : new boolean[] {false, true}) {
        Supply supply = supply(of, 7);
        Solver one = fresh(of);
        run(one, commands, supply, 0, cut);
        play(one, supply, 5);
        if (after) {
          assertThat(one.steer(commands.get(cut))).isNull();
        }
        Solver two = other(of);
        two.restore(Recorded.of(one));
        assertThat(two.steps()).isEqualTo(one.steps());
        assertThat(bits(two)).isEqualTo(bits(one));
        if (!after) {
          assertThat(two.steer(commands.get(cut))).isNull();
        }
        run(two, commands, supply, cut + 1, commands.size());
        assertThat(bits(two)).as("cut at %s", commands.get(cut)).isEqualTo(bits(whole));
      }
    }
  }

  private static void run(Solver solver, List<Command> all, Supply supply, int from, int to) {
    for (int i = from; i < to; i++) {
      play(solver, supply, 5);
      assertThat(solver.steer(all.get(i))).isNull();
    }
    if (to == all.size()) {
      play(solver, supply, 25);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_state_without_commands_is_what_it_was_before_there_were_any(Case of) {
    Solver solver = fresh(of);
    play(solver, supply(of, 7), 30);
    Recorded recorded = Recorded.of(solver);
    assertThat(recorded.doubles.keySet()).noneMatch(name -> name.startsWith("steering"));
    assertThat(recorded.longs.keySet()).noneMatch(name -> name.startsWith("steering"));
    Solver steered = fresh(of);
    assertThat(steered.steer(new Command.Bounds(0, -0.1, 0.1))).isNull();
    assertThat(steered.steer(new Command.Freeze(0, true))).isNull();
    steered.restore(recorded);
    assertThat(bits(steered)).as("bounds are gone with the state").isEqualTo(bits(solver));
    Supply one = supply(of, 9);
    Supply two = supply(of, 9);
    play(steered, one, 30);
    play(solver, two, 30);
    assertThat(bits(steered)).isEqualTo(bits(solver));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void bounds_move_x_at_once_and_hold_for_all_later_iterates(Case of) {
    for (boolean job : new boolean[] {true, false}) {
      Problem problem = of.create();
      Solver solver =
          solver(
              of,
              job ? box(problem, -0.4, 0.4) : Constraint.NONE,
              near(problem.upperDim(), 0.3),
              near(problem.lowerDim(), 1),
              42);
      Supply supply = supply(of, 21);
      play(solver, supply, 10);
      int last = solver.upperDim() + LAST;
      for (int i : new int[] {0, last}) {
        double at = x(solver)[i];
        double low = at + 0.01;
        double high = at + 0.03;
        String refused = solver.steer(new Command.Bounds(i, low, high));
        if (refused != null) { // at the end of the box of the job
          assertThat(refused).contains("nothing in common").contains("[" + low + ", " + high + "]");
          low = at - 0.03;
          high = at - 0.01;
          assertThat(solver.steer(new Command.Bounds(i, low, high))).isNull();
        }
        double[] moved = x(solver);
        assertThat(moved[i]).isBetween(low, high).isNotEqualTo(at);
        for (int t = 0; t < 150; t++) {
          play(solver, supply, 1);
          assertThat(x(solver)[i]).as("step %d", t).isBetween(low, high);
        }
        solver.steer(new Command.Bounds(i, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_frozen_coordinate_stays_bit_for_bit_and_others_go_on(Case of) {
    Solver solver = fresh(of);
    Supply supply = supply(of, 21);
    play(solver, supply, 10);
    int last = solver.upperDim() + LAST;
    for (int i : new int[] {last, 0}) {
      double[] then = x(solver);
      assertThat(solver.steer(new Command.Freeze(i, true))).isNull();
      assertThat(x(solver)[i]).isEqualTo(then[i]);
      long frozen = Double.doubleToRawLongBits(x(solver)[i]);
      boolean others = false;
      for (int t = 0; t < 150; t++) {
        play(solver, supply, 1);
        double[] x = x(solver);
        assertThat(Double.doubleToRawLongBits(x[i])).as("step %d", t).isEqualTo(frozen);
        for (int j = 0; j < x.length; j++) {
          others |= j != i && x[j] != then[j];
        }
      }
      assertThat(others || solver.upperDim() == 1).isTrue();
      assertThat(solver.steer(new Command.Freeze(i, false))).isNull();
    }
    double[] then = x(solver);
    play(solver, supply, 100);
    assertThat(x(solver)[last]).as("let go").isNotEqualTo(then[last]);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_coordinate_that_is_let_go_has_the_bounds_it_had(Case of) {
    Solver solver = fresh(of);
    Supply supply = supply(of, 21);
    play(solver, supply, 10);
    double at = x(solver)[0];
    double low = Math.max(-0.4, at - 0.002);
    double high = Math.min(0.4, at + 0.002);
    assertThat(solver.steer(new Command.Bounds(0, low, high))).isNull();
    assertThat(solver.steer(new Command.Freeze(0, true))).isNull();
    assertThat(solver.steer(new Command.Bounds(0, high + 1, high + 2))).isNotBlank();
    assertThat(solver.steer(new Command.Freeze(0, false))).isNull();
    for (int t = 0; t < 150; t++) {
      play(solver, supply, 1);
      assertThat(x(solver)[0]).isBetween(low, high);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lives")
  void reset_estimators_is_a_fresh_method_at_that_point(Case of) {
    Problem problem = of.create();
    Solver solver = fresh(of);
    play(solver, supply(of, 7), STEPS);
    double[] x = x(solver);
    double[] y = y(solver);
    assertThat(solver.steer(new Command.ResetEstimators())).isNull();
    assertThat(x(solver)).containsExactly(x);
    assertThat(y(solver)).containsExactly(y);
    assertThat(solver.steps()).isEqualTo(STEPS);
    Solver fresh = solver(of, box(problem, -0.4, 0.4), x, y, 43);
    Supply one = supply(of, 9);
    Supply two = supply(of, 9);
    for (int t = 1; t <= STEPS; t++) {
      play(solver, one, 1);
      play(fresh, two, 1);
      assertThat(x(solver)).containsExactly(x(fresh));
      assertThat(y(solver)).containsExactly(y(fresh));
      assertThat(solver.steps()).isEqualTo(STEPS + t);
    }
    Recorded state = Recorded.of(solver);
    Recorded wanted = Recorded.of(fresh);
    wanted.doubles.forEach((name, array) -> assertThat(state.doubles.get(name)).isEqualTo(array));
    wanted.longs.forEach((name, words) -> assertThat(state.longs.get(name)).isEqualTo(words));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_rollback_is_at_the_point_of_the_snapshot(Case of) {
    Solver solver = fresh(of);
    Supply supply = supply(of, 7);
    play(solver, supply, 20);
    double[] x = x(solver);
    double[] y = y(solver);
    play(solver, supply, 40);
    long steps = solver.steps();
    assertThat(x(solver)).isNotEqualTo(x);
    assertThat(solver.steer(new Command.RollBack(2, x, y))).isNull();
    assertThat(solver.steps()).isEqualTo(steps);
    if (of.isAuto()) {
      assertClose(x(solver), x);
      assertClose(y(solver), y);
    } else {
      assertThat(x(solver)).containsExactly(x);
      assertThat(y(solver)).containsExactly(y);
    }
    play(solver, supply, 150);
    assertThat(x(solver)).isNotEqualTo(x);
  }

  private static void assertClose(double[] found, double[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found[i] - wanted[i]).as("entry %d", i).isBetween(-1e-12, 1e-12);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void a_rollback_keeps_to_bounds_and_to_what_is_frozen(Case of) {
    Solver solver = fresh(of);
    Supply supply = supply(of, 7);
    double[] x = x(solver);
    double[] y = y(solver);
    play(solver, supply, 40);
    int last = solver.upperDim() + LAST;
    double at = x(solver)[last];
    assertThat(solver.steer(new Command.Freeze(last, true))).isNull();
    double high = x[0] - 0.05;
    assertThat(solver.steer(new Command.Bounds(0, x[0] - 0.1, high))).isNull();
    assertThat(solver.steer(new Command.RollBack(1, x, y))).isNull();
    double there = last == 0 ? at : high;
    assertThat(x(solver)[0]).isLessThanOrEqualTo(there).isCloseTo(there, within(1e-12));
    assertThat(x(solver)[last]).isEqualTo(at);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lives")
  void a_factor_of_the_step_sizes_is_the_job_with_other_step_sizes(Case of) {
    Problem problem = of.create();
    Solver solver = fresh(of);
    assertThat(solver.steer(new Command.StepSize(2))).isNull();
    assertThat(solver.steer(new Command.StepSize(0.25))).isNull();
    Settings slower =
        StepSizes.scaled(Settings.of("solver", keys(of)), Methods.info(of.method()), 0.25);
    assertThat(slower).isNotNull();
    Solver wanted =
        Methods.create(
            slower,
            problem,
            near(problem.upperDim(), 0.3),
            near(problem.lowerDim(), 1),
            box(problem, -0.4, 0.4),
            42);
    play(solver, supply(of, 7), STEPS);
    play(wanted, supply(of, 7), STEPS);
    assertThat(x(solver)).containsExactly(x(wanted));
    assertThat(y(solver)).containsExactly(y(wanted));
  }
}
