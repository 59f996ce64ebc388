package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.RowModel;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method that learns a regression, on features of very different units. */
class StandardisingSolverTest {
  private static final int FEATURES = 4;
  private static final double[] UNITS = {1, 1e5, 1e-4, 0};
  private static final double[] SHIFTS = {3, -2e6, 0, 1};
  private static final int ROWS = 3;
  private static final int BATCHES = 40;

  private static Problem problem(String type, String encoding, boolean bias) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("type", type);
    keys.put("features", FEATURES);
    keys.put("encoding", encoding);
    keys.put("bias", bias);
    if (type.equals("softmax-regression")) {
      keys.put("classes", 3);
    }
    return Problems.create(Settings.of("problem", keys));
  }

  private static Problem logistic() {
    return problem("logistic-regression", "dense", true);
  }

  private static @Nullable Solver solver(String method, Problem problem) {
    try {
      Solver solver =
          Methods.create(
              Settings.of("solver", Map.of("method", method)),
              problem,
              problem.defaultUpper(),
              problem.defaultLower(),
              Constraint.NONE,
              42);
      return Standardization.DEFAULTS.around(solver, problem);
    } catch (SettingException notForRegressions) {
      return null;
    }
  }

  private static Solver present(String method, Problem problem) {
    Solver solver = solver(method, problem);
    assertThat(solver).isNotNull();
    return solver;
  }

  static List<String> methods() {
    return Methods.all().stream()
        .map(MethodInfo::id)
        .filter(id -> solver(id, logistic()) != null)
        .toList();
  }

  private static void addRow(Batch out, SplitMix64 rng, boolean missing) {
    out.openRow();
    double margin = 0;
    for (int j = 0; j < FEATURES; j++) {
      double z = rng.gaussian();
      double value = SHIFTS[j] + UNITS[j] * z;
      margin += UNITS[j] == 0 ? 0 : z;
      if (missing && rng.uniform() < 0.1) {
        value = Double.NaN;
      }
      if (!out.schema().sparse()) {
        out.set(0, j, value);
      } else if (!Double.isNaN(value) && rng.uniform() < 0.7) {
        out.append(j, value);
      }
    }
    boolean above = margin + rng.gaussian() > 0;
    Field label = out.schema().fields().get(1);
    out.set(
        1, 0, label.rule() == Field.Rule.INDEX ? rng.index(2) + (above ? 1 : 0) : above ? 1 : 0);
    out.commitRow();
  }

  private static List<Batch> batches(Problem problem, int rows, int count, boolean missing) {
    SplitMix64 rng = new SplitMix64(17);
    List<Batch> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Batch batch = new Batch(problem.schema(Level.LOWER), rows);
      for (int r = 0; r < rows; r++) {
        addRow(batch, rng, missing);
      }
      out.add(batch);
    }
    return out;
  }

  /** The next batches of a list, from the front again at its end. */
  private static final class Feed {
    private final List<Batch> all;
    private int lower;
    private int upper;

    Feed(List<Batch> all) {
      this.all = all;
    }

    StepInput next(Consumption need) {
      List<Batch> low = new ArrayList<>();
      List<Batch> up = new ArrayList<>();
      for (int i = 0; i < need.lower(); i++) {
        low.add(all.get(lower++ % all.size()));
      }
      for (int i = 0; i < need.upper(); i++) {
        up.add(all.get((7 + upper++) % all.size()));
      }
      return new StepInput(low, up);
    }
  }

  private static void play(Solver solver, Feed feed, int steps) {
    for (int i = 0; i < steps; i++) {
      assertThat(solver.step(feed.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
    }
  }

  private static String bits(Solver solver) {
    return Recorded.of(solver).bits();
  }

  @Test
  void most_methods_learn_regressions() {
    assertThat(methods()).contains("auto", "soba", "vr-msgbio", "f2sa").hasSizeGreaterThan(10);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(String method) {
    Problem problem = logistic();
    List<Batch> data = batches(problem, ROWS, BATCHES, true);
    Solver whole = present(method, problem);
    play(whole, new Feed(data), 30);
    for (int cut : new int[] {0, 1, 2, 13, 29}) {
      Feed feed = new Feed(data);
      Solver before = present(method, problem);
      play(before, feed, cut);
      Solver after = present(method, problem);
      after.restore(Recorded.of(before));
      play(after, feed, 30 - cut);
      assertThat(bits(after)).as("cut at %d", cut).isEqualTo(bits(whole));
      double[] y = new double[whole.lowerDim()];
      double[] resumed = new double[y.length];
      whole.lower(y);
      after.lower(resumed);
      assertThat(resumed).isEqualTo(y);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void a_model_is_taken_up_again_in_the_units_it_was_published_in(String method) {
    Problem problem = logistic();
    List<Batch> data = batches(problem, ROWS, BATCHES, true);
    Feed feed = new Feed(data);
    Solver solver = present(method, problem);
    play(solver, feed, 15);
    double[] x = new double[solver.upperDim()];
    double[] y = new double[solver.lowerDim()];
    double[] found = new double[solver.lowerDim()];
    solver.upper(x);
    solver.lower(y);
    play(solver, feed, 15);
    solver.lower(found);
    assertThat(found).isNotEqualTo(y);
    assertThat(solver.steer(new Command.RollBack(1, x, new double[3]))).contains("length 3");
    assertThat(solver.steer(new Command.RollBack(1, x, y))).isNull();
    solver.lower(found);
    for (int j = 0; j < y.length; j++) {
      assertThat(found[j]).isCloseTo(y[j], within(1e-9 * (1 + Math.abs(y[j]))));
    }
    Solver resumed = present(method, problem);
    resumed.restore(Recorded.of(solver));
    Feed other = new Feed(data);
    Feed same = new Feed(data);
    play(solver, other, 15);
    play(resumed, same, 15);
    assertThat(bits(resumed)).isEqualTo(bits(solver));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("methods")
  void a_refused_step_leaves_every_bit_as_it_was(String method) {
    if (method.equals("auto")) {
      return; // refuses records, not steps
    }
    Problem problem = logistic();
    Feed feed = new Feed(batches(problem, ROWS, BATCHES, false));
    Solver solver = present(method, problem);
    play(solver, feed, 3);
    Consumption need = solver.next();
    Batch bad = batches(problem, ROWS, 1, false).get(0);
    // the first and the last row are taken in, the one between spoils the step
    bad.column(1)[1] = Double.NaN;
    bad.column(2)[1] = Double.NaN;
    String before = bits(solver);
    Verdict verdict =
        solver.step(
            new StepInput(
                Collections.nCopies(need.lower(), bad), Collections.nCopies(need.upper(), bad)));
    assertThat(verdict).as(method + " " + need).isInstanceOf(Verdict.Refused.class);
    assertThat(bits(solver)).isEqualTo(before);
    play(solver, feed, 1);
    assertThat(bits(solver)).isNotEqualTo(before);
  }

  @ParameterizedTest(name = "batches of {0}")
  @CsvSource({"2", "5", "60", "120"})
  void the_portfolio_does_not_depend_on_how_records_are_batched(int rows) {
    Problem problem = logistic();
    Solver one = prequential(problem, 1);
    Solver many = prequential(problem, rows);
    Recorded a = Recorded.of(one);
    Recorded b = Recorded.of(many);
    a.doubles.forEach((name, values) -> assertThat(b.doubles.get(name)).as(name).isEqualTo(values));
  }

  private static Solver prequential(Problem problem, int rows) {
    Solver solver = present("auto", problem);
    solver.step(new StepInput(List.of(), List.of()));
    Batch all = batches(problem, 120, 1, true).get(0);
    for (int from = 0; from < 120; from += rows) {
      Batch part = new Batch(problem.schema(Level.LOWER), rows);
      for (int r = 0; r < rows; r++) {
        part.appendRow(all, from + r);
      }
      solver.step(StepInput.of(part, part));
    }
    return solver;
  }

  /** What a plain server does with raw records and what was published before each. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "logistic-regression, dense, true",
    "logistic-regression, dense, false",
    "logistic-regression, sparse, true",
    "softmax-regression, dense, true",
    "softmax-regression, sparse, false",
    "ridge-regression, dense, true",
  })
  void the_published_model_scores_raw_records(String type, String encoding, boolean bias) {
    Problem problem = problem(type, encoding, bias);
    RowModel model = (RowModel) problem;
    Solver solver = present("auto", problem);
    solver.step(new StepInput(List.of(), List.of()));
    double[] y = new double[solver.lowerDim()];
    double[] low = new double[FEATURES];
    double[] high = new double[FEATURES];
    double served = 0;
    double reported = 0;
    double clipped = 0;
    for (Batch batch : batches(problem, 1, 400, false)) {
      if (reported != 0 && !batch.schema().sparse()) {
        batch.column(0)[0] *= solver.steps() % 50 == 0 ? 100 : 1; // an outlier now and then
      }
      solver.lower(y);
      solver.range(
          (from, to) -> {
            System.arraycopy(from, 0, low, 0, FEATURES);
            System.arraycopy(to, 0, high, 0, FEATURES);
          });
      double[] scores = scores(batch, y, model, low, high);
      served += model.loss(batch, 0, scores, 0);
      solver.step(StepInput.of(batch, batch));
      reported += solver.figures().scores()[0];
      Map<String, Double> figures = new LinkedHashMap<>();
      solver.report(figures::put);
      clipped = figures.get("clipped-entries");
    }
    assertThat(served).isCloseTo(reported, within(1e-7 * reported));
    if (encoding.equals("dense")) {
      assertThat(clipped).isPositive();
    }
  }

  private static double[] scores(
      Batch batch, double[] y, RowModel model, double[] low, double[] high) {
    int outputs = model.outputs();
    double[] out = new double[outputs];
    boolean sparse = batch.schema().sparse();
    int entries = sparse ? batch.rowStart()[1] : FEATURES;
    for (int e = 0; e < entries; e++) {
      int j = sparse ? batch.index()[e] : e;
      double x = sparse ? batch.value()[e] : batch.column(0)[e];
      double counted = Math.min(high[j], Math.max(low[j], x));
      for (int k = 0; k < outputs; k++) {
        out[k] += y[j * outputs + k] * counted;
      }
    }
    for (int k = 0; k < outputs && model.hasBias(); k++) {
      out[k] += y[FEATURES * outputs + k];
    }
    return out;
  }

  @Test
  void members_average_to_the_model_in_the_units_of_the_features() {
    Problem problem = logistic();
    Solver solver = prequential(problem, 1);
    double[] y = new double[solver.lowerDim()];
    double[] sum = new double[y.length];
    solver.lower(y);
    solver.members(
        (name, weight, model) -> {
          for (int j = 0; j < sum.length; j++) {
            sum[j] += weight * model[j];
          }
        });
    for (int j = 0; j < y.length; j++) {
      assertThat(sum[j]).isCloseTo(y[j], within(1e-12 * Math.max(1, Math.abs(y[j]))));
    }
    // a step of a unit counts more where the unit is larger
    assertThat(Math.abs(y[2])).isGreaterThan(1e3 * Math.abs(y[0]));
    assertThat(Math.abs(y[1])).isLessThan(1e-3 * Math.abs(y[0]));
    assertThat(y[3]).isZero();
  }

  @Test
  void validation_records_do_not_move_the_statistics() {
    Problem problem = logistic();
    List<Batch> data = batches(problem, ROWS, 5, false);
    Solver one = present("auto", problem);
    Solver two = present("auto", problem);
    for (Solver solver : List.of(one, two)) {
      solver.step(new StepInput(List.of(), List.of()));
      solver.step(StepInput.of(data.get(0), data.get(3)));
      solver.step(StepInput.of(data.get(3), data.get(solver == one ? 1 : 2)));
    }
    assertThat(Recorded.of(one).doubles.get("standardize.mean"))
        .isEqualTo(Recorded.of(two).doubles.get("standardize.mean"));
    assertThat(bits(one)).isNotEqualTo(bits(two));
  }

  /** Records are taken in as they come; rows that bring a label have no features to take in. */
  @Test
  void labels_that_come_apart_do_not_move_the_statistics() {
    Problem problem = logistic();
    Solver own =
        Methods.create(
            Settings.of(
                "solver", Map.of("method", "auto", Methods.LABELS, Map.of("topic", "labels"))),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraint.NONE,
            42);
    Solver late = Standardization.DEFAULTS.around(own, problem);
    Solver atOnce = present("auto", problem);
    late.step(new StepInput(List.of(), List.of()));
    atOnce.step(new StepInput(List.of(), List.of()));
    List<Batch> data = batches(problem, 1, 30, false);
    Batch joined = new Batch(LateLabels.joined(problem.schema(Level.LOWER)), 60);
    for (int i = 0; i < 30; i++) {
      for (boolean label : new boolean[] {false, true}) {
        joined.openRow();
        int row = joined.size();
        if (!label) {
          System.arraycopy(data.get(i).column(0), 0, joined.column(0), row * FEATURES, FEATURES);
        }
        joined.set(1, 0, data.get(i).column(1)[0]);
        joined.set(2, 0, 1);
        joined.commitRow();
        LateLabels.mark(joined, label, i);
      }
      atOnce.step(StepInput.of(data.get(i), data.get(i)));
    }
    late.step(StepInput.of(joined, joined));
    for (String name : List.of("standardize.weight", "standardize.mean", "standardize.square")) {
      assertThat(Recorded.of(late).doubles.get(name))
          .as(name)
          .isEqualTo(Recorded.of(atOnce).doubles.get(name));
    }
    double[] y = new double[late.lowerDim()];
    late.lower(y);
    assertThat(y[0]).isNotZero();
  }

  @Test
  void nothing_of_a_solver_is_forgotten() throws NoSuchMethodException {
    for (Class<?> wrapper :
        List.of(StandardisingSolver.class, WatchedSolver.class, SteeredSolver.class)) {
      for (Method method : Solver.class.getDeclaredMethods()) {
        if (!method.isSynthetic()) {
          Class<?> owner =
              wrapper.getMethod(method.getName(), method.getParameterTypes()).getDeclaringClass();
          assertThat(owner).as(method.getName()).isIn(List.of(wrapper, ForwardingSolver.class));
        }
      }
    }
  }

  @Test
  void problems_without_a_linear_model_are_refused() {
    Problem game =
        Problems.create(Settings.of("problem", Map.of("type", "pl-game", "dx", 2, "dy", 2)));
    Solver solver =
        Methods.create(
            Settings.of("solver", Map.of("method", "soba")),
            game,
            game.defaultUpper(),
            game.defaultLower(),
            Constraint.NONE,
            1);
    assertThatThrownBy(() -> Standardization.DEFAULTS.around(solver, game))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("samples.standardize")
        .hasMessageContaining("linear in its features");
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatThrownBy(() -> new Standardization(0.5, 100))
        .hasMessageContaining("samples.standardize.clip")
        .hasMessageContaining("[1, 1");
    assertThatThrownBy(() -> new Standardization(5, 9))
        .hasMessageContaining("samples.standardize.half-life")
        .hasMessageContaining("[10, inf");
  }
}
