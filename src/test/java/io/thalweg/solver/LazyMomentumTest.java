package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.Predictor;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lazy form against the dense one, and what every solver must hold. */
class LazyMomentumTest {
  private static final int FEATURES = 60;

  /** More than two windows of 1024 steps. */
  private static final int LONG = 2_500;

  private static Problem problem(String per, boolean bias) {
    return problem(per, bias, List.of(10, 20, 30));
  }

  private static Problem problem(String per, boolean bias, List<Integer> groups) {
    return problem("logistic-regression", per, bias, groups);
  }

  private static Problem problem(String type, String per, boolean bias, List<Integer> groups) {
    Map<String, Object> l2 = new LinkedHashMap<>();
    l2.put("per", per);
    l2.put("init", -3);
    l2.put("bounds", List.of(-6, 0));
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("l2", l2);
    if (per.equals("group")) {
      tree.put("groups", groups);
    }
    return Problems.create(
        Settings.of(
            "problem",
            Map.of(
                "type",
                type,
                "features",
                FEATURES,
                "encoding",
                "sparse",
                "bias",
                bias,
                "hyperparameters",
                tree)));
  }

  /** Rows of a few entries, the lower feature numbers far more often than the higher ones. */
  private static Batch batch(Problem problem, SplitMix64 random, int rows) {
    Batch batch = new Batch(problem.schema(Level.LOWER), rows);
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      double margin = 0;
      int entries = 1 + random.index(4);
      for (int k = 0; k < entries; k++) {
        double u = random.uniform();
        int j = (int) (FEATURES * u * u * u * u);
        double value = random.gaussian();
        batch.append(j, value);
        margin += j % 2 == 0 ? value : -0.5 * value;
      }
      batch.set(1, 0, random.uniform() < 1 / (1 + StrictMath.exp(-margin)) ? 1 : 0);
      batch.set(2, 0, random.uniform() < 0.3 ? 2.5 : 1);
      batch.commitRow();
    }
    return batch;
  }

  private static List<StepInput> inputs(Problem problem, long seed, int steps) {
    SplitMix64 random = new SplitMix64(seed);
    List<StepInput> out = new ArrayList<>();
    for (int t = 0; t < steps; t++) {
      out.add(StepInput.of(batch(problem, random, 3), batch(problem, random, 2)));
    }
    return out;
  }

  /** A method's name may end in this: its steps of x are divided by roots of mean squares. */
  private static final String RMS = " rms";

  private static MethodContext context(String variant, Problem problem, double radius) {
    Map<String, Object> keys = new LinkedHashMap<>();
    String method = variant.replace(RMS, "");
    keys.put("method", method);
    if (variant.endsWith(RMS)) {
      keys.put("upper-step", Map.of("decay", 0.9));
    }
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("type", "linear-system");
    system.put("rho", 0.7);
    if (Double.isFinite(radius)) {
      system.put("radius", radius);
    }
    keys.put("hypergradient", system);
    keys.put("gamma", 0.8);
    keys.put("lambda", 0.5);
    if (method.equals("mgbio")) {
      keys.put("eta", 0.5);
    } else {
      keys.put("eta", Map.of("schedule", "sqrt", "k", 1, "m", 4, "floor", 0.1));
      keys.put("c", Map.of("w", 1.5, "v", 0.8, "r", 1.2));
    }
    return new MethodContext(
        Settings.of("solver", keys),
        problem,
        problem instanceof Predictor predictor ? predictor : null,
        Constraints.of(Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
        1,
        new StateLayout(problem.upperDim(), problem.lowerDim()));
  }

  private static Method method(String id) {
    return switch (id.replace(RMS, "")) {
      case "mgbio" -> new Mgbio();
      case "msgbio" -> new Msgbio();
      default -> new VrMsgbio();
    };
  }

  private static double[] start(Problem problem) {
    double[] y1 = new double[problem.lowerDim()];
    SplitMix64 random = new SplitMix64(5);
    for (int j = 0; j < y1.length; j++) {
      y1[j] = 0.3 * random.gaussian();
    }
    return y1;
  }

  private static Solver lazy(String method, Problem problem, double radius) {
    Solver solver =
        method(method)
            .solver(context(method, problem, radius), problem.defaultUpper(), start(problem));
    assertThat(solver).isInstanceOf(LazyMomentum.class);
    return solver;
  }

  private static Solver dense(String method, Problem problem, double radius) {
    MethodContext context = context(method, problem, radius);
    return new SteppingSolver(
        context, method(method).recipe(context), problem.defaultUpper(), start(problem));
  }

  private static double[] lower(Solver solver) {
    double[] y = new double[solver.lowerDim()];
    solver.lower(y);
    return y;
  }

  private static double[] upper(Solver solver) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  private static Map<String, Double> figures(Solver solver) {
    Map<String, Double> out = new LinkedHashMap<>();
    solver.report(out::put);
    out.put("upper-loss", solver.figures().upperLoss());
    out.put("lower-loss", solver.figures().lowerLoss());
    out.put("score", solver.figures().scores()[0]);
    out.put("error", solver.figures().scores()[1]);
    out.put("weight", solver.figures().scores()[2]);
    return out;
  }

  @ParameterizedTest(name = "{0}, {1}, l2 per {2}, bias {3}, radius {4}")
  @CsvSource({
    "logistic-regression, mgbio, global, true, Infinity",
    "logistic-regression, msgbio, global, true, Infinity",
    "logistic-regression, vr-msgbio, global, true, Infinity",
    "logistic-regression, msgbio, group, false, 0.7",
    "logistic-regression, vr-msgbio, group, true, 0.7",
    "logistic-regression, vr-msgbio, global, false, 2.0",
    "logistic-regression, mgbio, group, true, 1.5",
    "logistic-regression, msgbio rms, group, true, 0.7",
    "logistic-regression, vr-msgbio rms, global, false, Infinity",
    "ridge-regression, msgbio, global, true, Infinity",
    "ridge-regression, vr-msgbio, group, false, 0.7"
  })
  void equals_the_dense_form(String type, String method, String per, boolean bias, double radius) {
    Problem problem = problem(type, per, bias, List.of(10, 20, 30));
    Solver lazy = lazy(method, problem, radius);
    Solver dense = dense(method, problem, radius);
    int t = 0;
    for (StepInput input : inputs(problem, 17, LONG)) {
      assertThat(lazy.step(input)).isInstanceOf(Verdict.Advanced.class);
      assertThat(dense.step(input)).isInstanceOf(Verdict.Advanced.class);
      t++;
      if (t < 20 || t % 97 == 0 || t % 1024 < 2) {
        Golden.assertClose("x at " + t, upper(lazy), upper(dense), 1e-10);
        Golden.assertClose("y at " + t, lower(lazy), lower(dense), 1e-10);
        Map<String, Double> expected = figures(dense);
        figures(lazy)
            .forEach(
                (name, value) ->
                    Golden.assertClose(
                        name,
                        new double[] {value},
                        new double[] {expected.getOrDefault(name, Double.NaN)},
                        1e-9));
      }
    }
    assertThat(figures(lazy).keySet()).containsExactlyElementsOf(figures(dense).keySet());
    if (radius < 1) {
      assertThat(figures(lazy).get("clamps-linear")).isPositive();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"mgbio", "msgbio", "vr-msgbio", "vr-msgbio rms"})
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(String method) {
    Problem problem = problem("group", true);
    List<StepInput> inputs = inputs(problem, 3, 1_300);
    Solver whole = lazy(method, problem, 0.7);
    inputs.forEach(whole::step);
    String expected = Recorded.of(whole).bits();
    for (int cut : new int[] {0, 1, 2, 31, 32, 33, 500, 1023, 1024, 1025, 1299, 1300}) {
      Solver before = lazy(method, problem, 0.7);
      inputs.subList(0, cut).forEach(before::step);
      Solver after = lazy(method, problem, 0.7);
      after.step(inputs.get(7));
      after.restore(Recorded.of(before));
      assertThat(after.steps()).isEqualTo(cut);
      assertThat(lower(after)).containsExactly(lower(before));
      inputs.subList(cut, inputs.size()).forEach(after::step);
      assertThat(Recorded.of(after).bits()).as("cut at %d", cut).isEqualTo(expected);
    }
  }

  @Test
  void looking_leaves_no_trace() {
    Problem problem = problem("global", true);
    List<StepInput> inputs = inputs(problem, 3, 200);
    Solver seen = lazy("vr-msgbio", problem, 0.7);
    Solver unseen = lazy("vr-msgbio", problem, 0.7);
    for (StepInput input : inputs) {
      seen.step(input);
      lower(seen);
      figures(seen);
      Recorded.of(seen);
      unseen.step(input);
    }
    assertThat(Recorded.of(seen).bits()).isEqualTo(Recorded.of(unseen).bits());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"mgbio", "msgbio", "vr-msgbio", "vr-msgbio rms"})
  void a_refused_batch_leaves_every_bit_as_it_was(String method) {
    Problem problem = problem("group", true);
    List<StepInput> inputs = inputs(problem, 3, 60);
    Solver solver = lazy(method, problem, 0.7);
    Solver untouched = lazy(method, problem, 0.7);
    for (StepInput input : inputs) {
      for (Level level : Level.values()) {
        for (double poison : new double[] {Double.NaN, 1e200}) {
          String before = Recorded.of(solver).bits();
          Verdict verdict = solver.step(poisoned(problem, input, level, poison));
          assertThat(verdict).isInstanceOf(Verdict.Refused.class);
          assertThat(((Verdict.Refused) verdict).reason()).contains("would not be finite");
          assertThat(Recorded.of(solver).bits()).isEqualTo(before);
        }
      }
      solver.step(input);
      untouched.step(input);
    }
    assertThat(Recorded.of(solver).bits()).isEqualTo(Recorded.of(untouched).bits());
  }

  private static StepInput poisoned(Problem problem, StepInput input, Level level, double poison) {
    Batch clean = (level == Level.LOWER ? input.lower() : input.upper()).get(0);
    Batch bad = new Batch(problem.schema(level), clean.size() + 2);
    for (int r = 0; r < clean.size(); r++) {
      bad.appendRow(clean, r);
    }
    for (int label = 0; label < 2; label++) { // one of the two is on the wrong side
      bad.openRow();
      for (int k = 0; k < 100; k++) {
        bad.append(k % FEATURES, poison);
      }
      bad.set(1, 0, label);
      bad.set(2, 0, poison);
      bad.commitRow();
    }
    return level == Level.LOWER
        ? StepInput.of(bad, input.upper().get(0))
        : StepInput.of(input.lower().get(0), bad);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"vr-msgbio", "vr-msgbio rms"})
  void goes_on_from_a_state_of_the_dense_form(String method) {
    Problem problem = problem("group", true);
    List<StepInput> inputs = inputs(problem, 9, 400);
    Solver dense = dense(method, problem, 0.7);
    inputs.subList(0, 200).forEach(dense::step);
    Solver lazy = lazy(method, problem, 0.7);
    lazy.restore(Recorded.of(dense));
    assertThat(lazy.steps()).isEqualTo(200);
    for (StepInput input : inputs.subList(200, 400)) {
      dense.step(input);
      lazy.step(input);
    }
    Golden.assertClose("y", lower(lazy), lower(dense), 1e-10);
    Golden.assertClose("x", upper(lazy), upper(dense), 1e-10);
  }

  @Test
  void a_state_of_other_groups_or_with_a_bias_is_refused_and_changes_nothing() {
    Problem problem = problem("group", false);
    List<StepInput> inputs = inputs(problem, 9, 60);
    for (Problem other :
        List.of(problem("group", false, List.of(20, 10, 30)), problem("group", true))) {
      Solver from = lazy("vr-msgbio", other, 0.7);
      inputs.forEach(from::step);
      Solver solver = lazy("vr-msgbio", problem, 0.7);
      inputs.subList(0, 5).forEach(solver::step);
      String before = Recorded.of(solver).bits();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> solver.restore(Recorded.of(from)))
          .withMessageContaining("the state must");
      assertThat(Recorded.of(solver).bits()).isEqualTo(before);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"mgbio", "msgbio", "vr-msgbio", "vr-msgbio rms"})
  void a_step_allocates_nothing(String method) {
    Problem problem = problem("group", true);
    Solver solver = lazy(method, problem, 0.7);
    StepInput[] inputs = inputs(problem, 9, 50).toArray(new StepInput[0]);
    run(solver, inputs, 3_000);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int window = 0; window < 3; window++) {
      long before = threads.getThreadAllocatedBytes(thread);
      run(solver, inputs, 10_000);
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes in 10 000 steps").isLessThan(10_000);
  }

  private static void run(Solver solver, StepInput[] inputs, int steps) {
    for (int i = 0; i < steps; i++) {
      solver.step(inputs[i % inputs.length]);
    }
  }
}
