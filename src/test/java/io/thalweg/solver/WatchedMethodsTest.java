package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method must hold under a drift detector and a guard. */
class WatchedMethodsTest {
  private static final int STEPS = 90;

  /** So quick to see a drift that every run has some. */
  private static final Map<String, Object> NERVOUS =
      Map.of(
          "detector",
          "page-hinkley",
          "on-drift",
          "restart-schedule",
          "tolerance",
          0,
          "threshold",
          0.01);

  /** Steps are halved, and the best point taken up again, for the least reason. */
  private static final Map<String, Object> STRICT =
      Map.of("smoothing", 1, "worsening", 1e-9, "patience", 1, "skips", 1, "recovery", 7);

  static List<MethodVariant> methods() {
    return MethodVariant.all();
  }

  static List<MethodVariant> guarded() {
    return methods().stream().filter(v -> !v.method().equals("auto")).toList();
  }

  /** Those without an aggregator, which lets bad rows pass. */
  static List<MethodVariant> refusing() {
    return guarded().stream().filter(v -> !v.isAggregated()).toList();
  }

  private static Map<String, Object> watch(MethodVariant variant) {
    return variant.method().equals("auto")
        ? Map.of("drift", NERVOUS)
        : Map.of("drift", NERVOUS, "guard", STRICT);
  }

  private static Solver solver(MethodVariant variant, Map<String, Object> watch, long seed) {
    Problem problem = MethodFixture.of(variant.method()).create();
    return solver(
        variant, watch, near(problem.upperDim(), 0.3), near(problem.lowerDim(), 1), problem, seed);
  }

  private static Solver solver(
      MethodVariant variant,
      Map<String, Object> watch,
      double[] x1,
      double[] y1,
      Problem problem,
      long seed) {
    Map<String, Object> keys = new LinkedHashMap<>(variant.solver());
    if (!keys.containsKey("alpha0") && variant.method().equals("geometric-step-decay")) {
      keys.put("alpha0", 0.05);
    }
    if (!watch.isEmpty()) {
      keys.put("watch", watch);
    }
    Constraint box =
        Constraints.of(
            Settings.of(
                "upper", Map.of("constraint", Map.of("type", "box", "lower", -0.4, "upper", 0.4))),
            problem.upperDim(),
            problem.upperBounds());
    return Methods.create(Settings.of("solver", keys), problem, x1, y1, box, seed);
  }

  private static double[] near(int length, double scale) {
    double[] out = new double[length];
    for (int i = 0; i < length; i++) {
      out[i] = scale * (i % 2 == 0 ? 1 : -1) / (1 + i);
    }
    return out;
  }

  private static Supply supply(MethodVariant variant, long seed) {
    return Supply.of(
        MethodFixture.of(variant.method()).create(), seed, variant.isAggregated() ? 5 : 1);
  }

  private static void play(Solver solver, Supply supply, int steps) {
    for (int i = 0; i < steps; i++) {
      solver.step(supply.next(solver.next()));
    }
  }

  private static String bits(Solver solver) {
    return Recorded.of(solver).bits();
  }

  private static Map<String, Integer> kinds(Solver solver) {
    Map<String, Integer> out = new HashMap<>();
    solver.events((step, kind, reason, figures) -> out.merge(kind, 1, Integer::sum));
    return out;
  }

  private static List<String> told(Solver solver) {
    List<String> out = new ArrayList<>();
    solver.events((step, kind, reason, figures) -> out.add(step + kind + reason + figures));
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(MethodVariant variant) {
    Solver whole = solver(variant, watch(variant), 42);
    List<String> told = new ArrayList<>();
    List<Integer> toldBy = new ArrayList<>();
    Supply all = supply(variant, 7);
    for (int t = 0; t < STEPS; t++) {
      toldBy.add(told.size());
      play(whole, all, 1);
      told.addAll(told(whole));
    }
    assertThat(told).as("something happens").isNotEmpty();
    Problem problem = MethodFixture.of(variant.method()).create();
    for (int cut : new int[] {0, 1, 29, 30, 31, 32, 45, 60, 61, STEPS - 1}) {
      Supply supply = supply(variant, 7);
      Solver before = solver(variant, watch(variant), 42);
      play(before, supply, cut);
      Solver after =
          solver(
              variant,
              watch(variant),
              new double[problem.upperDim()],
              new double[problem.lowerDim()],
              problem,
              42);
      after.restore(Recorded.of(before));
      assertThat(after.steps()).isEqualTo(before.steps());
      play(after, supply, STEPS - cut);
      assertThat(bits(after)).as("cut at %d", cut).isEqualTo(bits(whole));
      assertThat(told(after)).isEqualTo(told.subList(toldBy.get(cut), told.size()));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusing")
  void a_refused_step_changes_nothing_but_what_the_guard_counts(MethodVariant variant) {
    Solver solver = solver(variant, Map.of("drift", NERVOUS), 42);
    Supply supply = supply(variant, 11);
    for (int t = 0; t < STEPS; t++) {
      String before = bits(solver);
      StepInput clean = supply.peek(solver.next());
      if (!clean.lower().isEmpty() || !clean.upper().isEmpty()) {
        assertThat(solver.step(poisoned(clean))).isInstanceOf(Verdict.Refused.class);
        assertThat(bits(solver)).isEqualTo(before);
      }
      play(solver, supply, 1);
    }
    assertThat(kinds(solver)).containsOnlyKeys("drift");
  }

  /** The first batch with a row more that is not a number. */
  private static StepInput poisoned(StepInput input) {
    boolean lower = !input.lower().isEmpty();
    List<Batch> batches = new ArrayList<>(lower ? input.lower() : input.upper());
    Batch clean = batches.get(0);
    Batch bad = new Batch(clean.schema(), clean.size() + 1);
    for (int r = 0; r < clean.size(); r++) {
      bad.appendRow(clean, r);
    }
    bad.openRow();
    for (int f = 0; f < bad.schema().fields().size(); f++) {
      Field field = bad.schema().fields().get(f);
      for (int j = 0; j < field.width(); j++) {
        bad.set(f, j, field.rule() == Field.Rule.INDEX ? 0 : Double.NaN);
      }
    }
    bad.commitRow();
    batches.set(0, bad);
    return lower ? new StepInput(batches, input.upper()) : new StepInput(input.lower(), batches);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusing")
  void steps_that_cannot_be_taken_lead_up_the_ladder_to_an_end(MethodVariant variant) {
    Map<String, Object> guard = Map.of("skips", 2, "rollbacks", 1);
    Solver solver = solver(variant, Map.of("guard", guard), 42);
    Supply supply = supply(variant, 11);
    play(solver, supply, 5);
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    List<String> seen = new ArrayList<>();
    for (int t = 0; t < 40 && solver.end() == null; t++) {
      StepInput clean = supply.peek(solver.next());
      if (clean.lower().isEmpty() && clean.upper().isEmpty()) {
        solver.step(clean); // the beginning of a life
      } else {
        assertThat(solver.step(poisoned(clean))).isInstanceOf(Verdict.Refused.class);
      }
      solver.events((step, kind, reason, figures) -> seen.add(kind));
    }
    assertThat(seen)
        .containsExactly(
            "step-skipped",
            "step-skipped",
            "step-halved",
            "step-skipped",
            "step-skipped",
            "rolled-back",
            "step-skipped",
            "step-skipped",
            "diverged");
    assertThat(solver.end())
        .contains("6 steps skipped", "halved 2 times", "step 0 taken up again 2 times");
    // the best point of five steps is still the initial one
    double[] now = new double[x.length];
    double[] first = near(x.length, 0.3);
    solver.upper(now);
    assertThat(now).containsExactly(first);
    play(solver, supply, 1);
    assertThat(solver.end()).as("another step is another story").isNull();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("guarded")
  void at_half_the_step_sizes_the_first_move_is_shorter(MethodVariant variant) {
    Problem problem = MethodFixture.of(variant.method()).create();
    double[] x1 = near(problem.upperDim(), 0.1);
    double[] y1 = near(problem.lowerDim(), 1);
    MethodInfo info = Methods.info(variant.method());
    double whole = firstMove(variant, problem, x1, y1, 1, info);
    double half = firstMove(variant, problem, x1, y1, 0.5, info);
    assertThat(whole).isPositive();
    assertThat(half).isLessThan(0.9 * whole).isGreaterThan(0.05 * whole);
  }

  private static double firstMove(
      MethodVariant variant,
      Problem problem,
      double[] x1,
      double[] y1,
      double scale,
      MethodInfo info) {
    Map<String, Object> keys = new LinkedHashMap<>(variant.solver());
    if (variant.method().equals("geometric-step-decay")) {
      keys.put("alpha0", 0.05);
    }
    Settings settings = StepSizes.scaled(Settings.of("solver", keys), info, scale);
    assertThat(settings).isNotNull();
    Solver solver = Methods.create(settings, problem, x1, y1, Constraint.NONE, 3);
    Supply supply = supply(variant, 5);
    double moved = 0;
    while (moved == 0) {
      play(solver, supply, 1);
      double[] x = new double[x1.length];
      double[] y = new double[y1.length];
      solver.upper(x);
      solver.lower(y);
      for (int i = 0; i < x.length; i++) {
        moved += Math.abs(x[i] - x1[i]);
      }
      for (int i = 0; i < y.length; i++) {
        moved += Math.abs(y[i] - y1[i]);
      }
    }
    return moved;
  }

  @Test
  void every_method_names_its_step_sizes_among_its_keys() {
    for (MethodInfo info : Methods.all()) {
      List<String> keys = info.parameters().stream().map(p -> p.key()).toList();
      assertThat(keys).as(info.id()).containsAll(StepSizes.of(info.id()));
      assertThat(StepSizes.of(info.id()).isEmpty()).isEqualTo(info.id().equals("auto"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void a_restart_keeps_x_and_y_and_the_method_goes_on_as_if_it_began_there(MethodVariant variant) {
    Map<String, Object> report = new LinkedHashMap<>(NERVOUS);
    report.put("on-drift", "report");
    Solver restarting = solver(variant, Map.of("drift", NERVOUS), 42);
    Solver reporting = solver(variant, Map.of("drift", report), 42);
    Supply one = supply(variant, 7);
    Supply other = supply(variant, 7);
    for (int t = 0; t < STEPS; t++) {
      play(restarting, one, 1);
      play(reporting, other, 1);
      if (!told(restarting).isEmpty()) {
        assertThat(told(reporting)).isNotEmpty();
        assertThat(point(restarting)).isEqualTo(point(reporting));
        assertThat(restarting.steps()).isEqualTo(reporting.steps());
        assertThat(bits(restarting)).isNotEqualTo(bits(reporting));
        return;
      }
      assertThat(bits(restarting)).isEqualTo(bits(reporting));
    }
    throw new AssertionError("no drift in " + STEPS + " steps");
  }

  private static List<String> point(Solver solver) {
    double[] x = new double[solver.upperDim()];
    double[] y = new double[solver.lowerDim()];
    solver.upper(x);
    solver.lower(y);
    return List.of(Arrays.toString(x), Arrays.toString(y));
  }

  @Test
  void a_restart_begins_the_schedule_anew_and_draws_other_numbers() {
    MethodVariant variant = new MethodVariant("msgbio", "dense");
    Solver solver = solver(variant, Map.of("drift", NERVOUS), 42);
    Supply supply = supply(variant, 7);
    double before = Double.NaN;
    for (int t = 0; t < STEPS; t++) {
      before = figure(solver, "step-size");
      play(solver, supply, 1);
      if (!told(solver).isEmpty()) {
        break;
      }
    }
    assertThat(figure(solver, "step-size")).isGreaterThan(before).isEqualTo(1 / Math.sqrt(9));
    assertThat(figure(solver, "drift-events")).isEqualTo(1);
    assertThat(solver.steps()).isGreaterThan(29);
  }

  private static double figure(Solver solver, String name) {
    Map<String, Double> all = new HashMap<>();
    solver.report(all::put);
    return all.get(name);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void a_state_of_another_shape_is_refused_and_changes_nothing(MethodVariant variant) {
    Solver solver = solver(variant, watch(variant), 42);
    play(solver, supply(variant, 5), 40);
    String before = bits(solver);
    Recorded good = Recorded.of(solver);
    for (String name : List.copyOf(good.doubles.keySet())) {
      if (good.doubles.get(name).length > 0) {
        Recorded lacking = Recorded.of(solver);
        lacking.doubles.remove(name);
        assertThatThrownBy(() -> solver.restore(strict(lacking))).isNotNull();
        assertThat(bits(solver)).as("without " + name).isEqualTo(before);
      }
    }
  }

  /** Complains of what is missing. */
  private static Solver.StateSource strict(Recorded recorded) {
    return new Solver.StateSource() {
      @Override
      public boolean has(String name) {
        return true; // nothing is from an earlier version
      }

      @Override
      public void doubles(String name, double[] array, int offset, int length) {
        if (!recorded.doubles.containsKey(name)) {
          throw new IllegalArgumentException("no " + name);
        }
        recorded.doubles(name, array, offset, length);
      }

      @Override
      public void longs(String name, long[] words) {
        if (!recorded.longs.containsKey(name)) {
          throw new IllegalArgumentException("no " + name);
        }
        recorded.longs(name, words);
      }
    };
  }

  @Test
  void a_guard_or_a_detector_that_was_added_begins_where_the_run_is() {
    MethodVariant variant = new MethodVariant("soba", "");
    for (Map<String, Object> only :
        List.<Map<String, Object>>of(Map.of("drift", NERVOUS), Map.of("guard", STRICT))) {
      Solver before = solver(variant, only, 42);
      Supply supply = supply(variant, 5);
      play(before, supply, 40);
      Solver both = solver(variant, watch(variant), 42);
      both.restore(Recorded.of(before));
      assertThat(both.steps()).isEqualTo(40);
      assertThat(point(both)).isEqualTo(point(before));
      assertThat(figure(both, "drift-events"))
          .isEqualTo(only.containsKey("drift") ? figure(before, "drift-events") : 0);
      if (only.containsKey("guard")) {
        assertThat(figure(both, "halvings")).isEqualTo(figure(before, "halvings"));
      } else {
        assertThat(figure(both, "best-step")).isEqualTo(40);
        assertThat(figure(both, "halvings")).isZero();
      }
      Solver again = solver(variant, watch(variant), 42);
      again.restore(Recorded.of(both));
      play(both, supply, 20);
      Supply same = supply(variant, 5);
      play(solver(variant, only, 42), same, 40);
      play(again, same, 20);
      assertThat(bits(again)).isEqualTo(bits(both));
    }
  }

  @Test
  void the_state_of_an_unwatched_run_is_taken_up_and_watched_from_there() {
    MethodVariant variant = new MethodVariant("soba", "");
    Solver plain = solver(variant, Map.of(), 42);
    play(plain, supply(variant, 5), 40);
    Solver watched = solver(variant, watch(variant), 42);
    watched.restore(Recorded.of(plain));
    assertThat(watched.steps()).isEqualTo(40);
    assertThat(point(watched)).isEqualTo(point(plain));
    assertThat(Arrays.toString(Recorded.of(watched).doubles.get("watch.best-x")))
        .isEqualTo(point(plain).get(0));
  }

  @Test
  void watching_for_a_drift_that_does_not_come_changes_no_bit() {
    for (MethodVariant variant : methods()) {
      Solver plain = solver(variant, Map.of(), 42);
      Solver watched = solver(variant, Map.of("drift", Map.of("threshold", 1e9)), 42);
      play(plain, supply(variant, 5), 60);
      play(watched, supply(variant, 5), 60);
      assertThat(point(watched)).as(variant.toString()).isEqualTo(point(plain));
      assertThat(told(watched)).isEmpty();
    }
  }

  @Test
  void mistakes_are_named_by_key_range_and_value() {
    MethodVariant soba = new MethodVariant("soba", "");
    assertRefused(soba, Map.of("drift", Map.of("detector", "adwim")), "detector", "adwin");
    assertRefused(soba, Map.of("drift", Map.of("threshold", 0)), "threshold", "(0, inf)");
    assertRefused(soba, Map.of("drift", Map.of("confidence", 1)), "confidence", "(0, 1)");
    assertRefused(soba, Map.of("drift", Map.of("on-drift", "stop")), "on-drift", "report");
    assertRefused(soba, Map.of("drift", Map.of("treshold", 3)), "treshold", "threshold");
    assertRefused(soba, Map.of("guard", Map.of("patience", 0)), "patience", "at least 1");
    assertRefused(soba, Map.of("guard", Map.of("smoothing", 1.5)), "smoothing", "(0, 1]");
    assertRefused(soba, Map.of("guard", Map.of("rollbacks", -1)), "rollbacks", "at least 0");
    assertRefused(soba, Map.of("guard", Map.of("worse", 2)), "worse", "worsening");
    assertRefused(
        new MethodVariant("auto", ""), Map.of("guard", Map.of()), "guard", "keeps the reference");
  }

  private static void assertRefused(
      MethodVariant variant, Map<String, Object> watch, String key, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver(variant, watch, 1))
        .isInstanceOf(SettingException.class)
        .withMessageContaining(key)
        .withMessageContaining(message);
  }

  @Test
  void a_method_that_takes_its_step_from_the_problem_must_be_given_one_to_be_guarded() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "geometric-step-decay");
    keys.put("watch", Map.of("guard", Map.of()));
    Problem problem = MethodFixture.of("geometric-step-decay").create();
    assertThatThrownBy(
            () ->
                Methods.create(
                    Settings.of("solver", keys),
                    problem,
                    problem.defaultUpper(),
                    problem.defaultLower(),
                    Constraint.NONE,
                    1))
        .hasMessageContaining("give solver.alpha0");
  }

  @Test
  void only_levels_that_a_method_reads_are_heard() {
    assertThat(Methods.reads("msgd")).containsOnly(Level.UPPER);
    MethodVariant variant = new MethodVariant("msgd", "");
    Solver solver = solver(variant, watch(variant), 42);
    play(solver, supply(variant, 5), STEPS);
    assertThat(kinds(solver)).containsKey("drift");
  }
}
