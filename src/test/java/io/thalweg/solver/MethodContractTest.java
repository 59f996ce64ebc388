package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method in the catalogue must hold, with each of its hypergradient options. */
class MethodContractTest {
  private static final int STEPS = 60;

  private final Problem problem = RandomGame.problem();

  /** Every method with every option; "" for a method without options. */
  static List<Arguments> methods() {
    List<Arguments> out = new ArrayList<>();
    for (MethodInfo info : Methods.all()) {
      for (String option : info.needs().keySet()) {
        out.add(Arguments.of(info.id(), option));
        if (option.equals("dense")) {
          out.add(Arguments.of(info.id(), "dense, tracked"));
        }
      }
    }
    return out;
  }

  private Solver fresh(String method, String option) {
    return fresh(method, option, new double[] {0.3, -0.2, 0.1}, new double[] {1, 0, -1, 0.5});
  }

  private Solver fresh(String method, String option, double[] x1, double[] y1) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    if (option.equals("dense, tracked")) {
      keys.put("hypergradient", Map.of("dense", Map.of("clamp", "tracked")));
    } else if (!option.isEmpty()) {
      keys.put("hypergradient", option);
    }
    keys.put("mu", 0.3);
    keys.put("c-fy", 0.5);
    keys.put("c-gxy", 0.2);
    Constraint box =
        Constraints.of(
            Settings.of(
                "upper", Map.of("constraint", Map.of("type", "box", "lower", -0.4, "upper", 0.4))),
            RandomGame.DX,
            problem.upperBounds());
    return Methods.create(Settings.of("solver", keys), problem, x1, y1, box, 42);
  }

  private static void play(Solver solver, List<StepInput> inputs) {
    for (StepInput input : inputs) {
      assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
    }
  }

  private static String bits(Solver solver) {
    return Recorded.of(solver).bits();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(String method, String option) {
    List<StepInput> inputs = RandomGame.inputs(problem, 7, STEPS);
    Solver whole = fresh(method, option);
    play(whole, inputs);
    for (int cut = 0; cut <= STEPS; cut++) {
      Solver before = fresh(method, option);
      play(before, inputs.subList(0, cut));
      Solver after = fresh(method, option, new double[3], new double[4]);
      after.restore(Recorded.of(before));
      assertThat(after.steps()).isEqualTo(cut);
      play(after, inputs.subList(cut, STEPS));
      assertThat(bits(after)).as("cut at %d", cut).isEqualTo(bits(whole));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void the_same_batches_give_the_same_bits(String method, String option) {
    Solver one = fresh(method, option);
    Solver two = fresh(method, option);
    play(one, RandomGame.inputs(problem, 3, STEPS));
    play(two, RandomGame.inputs(problem, 3, STEPS));
    assertThat(bits(one)).isEqualTo(bits(two));
    Solver other = fresh(method, option);
    play(other, RandomGame.inputs(problem, 4, STEPS));
    assertThat(bits(other)).isNotEqualTo(bits(one));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_refused_batch_leaves_every_bit_as_it_was(String method, String option) {
    List<StepInput> inputs = RandomGame.inputs(problem, 11, STEPS);
    Solver untouched = fresh(method, option);
    Solver solver = fresh(method, option);
    for (int t = 0; t < STEPS; t++) {
      for (Level level : Level.values()) {
        for (double poison : new double[] {Double.NaN, 1e308}) {
          String before = bits(solver);
          Verdict verdict = solver.step(poisoned(inputs.get(t), level, poison));
          assertThat(verdict).isInstanceOf(Verdict.Refused.class);
          assertThat(((Verdict.Refused) verdict).reason()).contains("would not be finite");
          assertThat(bits(solver)).isEqualTo(before);
          assertThat(solver.steps()).isEqualTo(t);
        }
      }
      play(solver, inputs.subList(t, t + 1));
    }
    play(untouched, inputs);
    assertThat(bits(solver)).isEqualTo(bits(untouched));
  }

  /** A copy of one level's batch with one more row, all of whose entries are the poison. */
  private static StepInput poisoned(StepInput input, Level level, double poison) {
    Batch clean = (level == Level.LOWER ? input.lower() : input.upper()).get(0);
    Batch bad = new Batch(clean.schema(), clean.size() + 1);
    for (int r = 0; r < clean.size(); r++) {
      bad.appendRow(clean, r);
    }
    bad.openRow();
    for (int f = 0; f < bad.schema().fields().size(); f++) {
      for (int j = 0; j < bad.schema().fields().get(f).width(); j++) {
        bad.set(f, j, poison);
      }
    }
    bad.commitRow();
    return level == Level.LOWER
        ? StepInput.of(bad, input.upper().get(0))
        : StepInput.of(input.lower().get(0), bad);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_step_writes_every_entry_of_the_spare_buffer(String method, String option) {
    List<StepInput> inputs = RandomGame.inputs(problem, 5, STEPS);
    Solver solver = fresh(method, option);
    for (StepInput input : inputs) {
      ((SteppingSolver) solver).poisonSpare();
      assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
    }
    Solver clean = fresh(method, option);
    play(clean, inputs);
    assertThat(bits(solver)).isEqualTo(bits(clean));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_state_of_another_shape_is_refused_and_changes_nothing(String method, String option) {
    Solver solver = fresh(method, option);
    play(solver, RandomGame.inputs(problem, 5, 3));
    String before = bits(solver);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                solver.restore(
                    new Solver.StateSource() {
                      @Override
                      public boolean has(String name) {
                        return name.equals("x");
                      }

                      @Override
                      public void doubles(String name, double[] array, int offset, int length) {
                        array[offset] = 1e6;
                        if (!name.equals("x")) {
                          throw new IllegalArgumentException("no " + name);
                        }
                      }

                      @Override
                      public void longs(String name, long[] words) {
                        throw new IllegalArgumentException("no " + name);
                      }
                    }));
    assertThat(bits(solver)).isEqualTo(before);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void what_escapes_is_copied(String method, String option) {
    double[] x1 = {0.1, 0.1, 0.1};
    Solver solver = fresh(method, option, x1, new double[4]);
    String start = bits(solver);
    x1[0] = 9;
    double[] x = new double[3];
    solver.upper(x);
    x[1] = 9;
    Recorded.of(solver).doubles.get("y")[0] = 9;
    assertThat(bits(solver)).isEqualTo(start);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void iterates_stay_within_the_constraint(String method, String option) {
    Solver solver = fresh(method, option);
    double[] x = new double[3];
    for (StepInput input : RandomGame.inputs(problem, 21, 300)) {
      play(solver, List.of(input));
      solver.upper(x);
      for (double entry : x) {
        assertThat(entry).isBetween(-0.4 - 1e-12, 0.4 + 1e-12);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void figures_are_finite_and_always_the_same_names(String method, String option) {
    Solver solver = fresh(method, option);
    Map<String, Double> before = figures(solver);
    play(solver, RandomGame.inputs(problem, 21, STEPS));
    Map<String, Double> after = figures(solver);
    assertThat(after.keySet())
        .containsExactlyElementsOf(before.keySet())
        .contains("hypergradient-norm", "lower-residual");
    assertThat(after.values()).allMatch(Double::isFinite);
    assertThat(after.get("hypergradient-norm")).isPositive();
  }

  private static Map<String, Double> figures(Solver solver) {
    Map<String, Double> out = new LinkedHashMap<>();
    solver.report(out::put);
    return out;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void an_empty_batch_or_a_missing_one_is_a_mistake_of_the_caller(String method, String option) {
    Solver solver = fresh(method, option);
    Batch empty = new Batch(problem.schema(Level.LOWER), 3);
    Batch upper = RandomGame.batch(problem, Level.UPPER, new SplitMix64(1), 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.step(StepInput.of(empty, upper)))
        .withMessageContaining("lower batch 0 is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.step(new StepInput(List.of(), List.of(upper))))
        .withMessageContaining("takes 1 lower batches, but got 0");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_step_allocates_nothing(String method, String option) {
    Solver solver = fresh(method, option);
    StepInput[] inputs = RandomGame.inputs(problem, 9, 50).toArray(new StepInput[0]);
    run(solver, inputs, 3_000);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    // the least of a few windows: the JIT may still be moving things in one of them
    for (int window = 0; window < 3; window++) {
      long before = threads.getThreadAllocatedBytes(thread);
      run(solver, inputs, 10_000);
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes in 10 000 steps").isLessThan(10_000);
  }

  private static void run(Solver solver, StepInput[] inputs, int steps) {
    for (int i = 0; i < steps; i++) {
      if (!(solver.step(inputs[i % inputs.length]) instanceof Verdict.Advanced)) {
        throw new AssertionError("step " + i + " was refused");
      }
    }
  }
}
