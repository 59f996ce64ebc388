package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method in the catalogue must hold, with each of its hypergradient options. */
class MethodContractTest {
  private static final int STEPS = 60;

  private static final String AGGREGATOR = MethodVariant.AGGREGATOR;

  /** Every method with every option; "" for a method without options. */
  static List<Arguments> methods() {
    return Stream.concat(MethodVariant.all().stream(), MethodVariant.divided().stream())
        .distinct()
        .map(v -> Arguments.of(v.method(), v.words()))
        .toList();
  }

  /** Methods that check a whole step and take it back; the portfolio checks record by record. */
  static List<Arguments> stepwise() {
    return methods().stream().filter(a -> !"auto".equals(a.get()[0])).toList();
  }

  private static Problem problem(String method) {
    return MethodFixture.of(method).create();
  }

  private static Supply supply(String method, String option, long seed) {
    // an aggregator weighs batches from 7 rows on, and lets others pass
    return Supply.of(problem(method), seed, option.endsWith(AGGREGATOR) ? 5 : 1);
  }

  private static Solver fresh(String method, String option) {
    Problem problem = problem(method);
    return fresh(method, option, near(problem.upperDim(), 0.3), near(problem.lowerDim(), 1));
  }

  /** A point off the axes. */
  private static double[] near(int length, double scale) {
    double[] out = new double[length];
    for (int i = 0; i < length; i++) {
      out[i] = scale * (i % 2 == 0 ? 1 : -1) / (1 + i);
    }
    return out;
  }

  private static Solver fresh(String method, String variant, double[] x1, double[] y1) {
    Problem problem = problem(method);
    Map<String, Object> keys = new MethodVariant(method, variant).solver();
    Constraint box =
        Constraints.of(
            Settings.of(
                "upper", Map.of("constraint", Map.of("type", "box", "lower", -0.4, "upper", 0.4))),
            problem.upperDim(),
            problem.upperBounds());
    return Methods.create(Settings.of("solver", keys), problem, x1, y1, box, 42);
  }

  private static void play(Solver solver, Supply supply, int steps) {
    for (int i = 0; i < steps; i++) {
      assertThat(solver.step(supply.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
    }
  }

  private static String bits(Solver solver) {
    return Recorded.of(solver).bits();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(String method, String option) {
    Solver whole = fresh(method, option);
    play(whole, supply(method, option, 7), STEPS);
    Problem problem = problem(method);
    for (int cut = 0; cut <= STEPS; cut++) {
      Supply supply = supply(method, option, 7);
      Solver before = fresh(method, option);
      play(before, supply, cut);
      Solver after =
          fresh(method, option, new double[problem.upperDim()], new double[problem.lowerDim()]);
      after.restore(Recorded.of(before));
      assertThat(after.steps()).isEqualTo(cut);
      play(after, supply, STEPS - cut);
      assertThat(bits(after)).as("cut at %d", cut).isEqualTo(bits(whole));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void the_same_batches_give_the_same_bits(String method, String option) {
    Solver one = fresh(method, option);
    Solver two = fresh(method, option);
    play(one, supply(method, option, 3), STEPS);
    play(two, supply(method, option, 3), STEPS);
    assertThat(bits(one)).isEqualTo(bits(two));
    Solver other = fresh(method, option);
    play(other, supply(method, option, 4), STEPS);
    assertThat(bits(other)).isNotEqualTo(bits(one));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("stepwise")
  void a_refused_batch_leaves_every_bit_as_it_was(String method, String option) {
    Supply supply = supply(method, option, 11);
    Solver untouched = fresh(method, option);
    Solver solver = fresh(method, option);
    for (int t = 0; t < STEPS; t++) {
      StepInput clean = supply.peek(solver.next());
      for (Level level : Level.values()) {
        int batches = (level == Level.LOWER ? clean.lower() : clean.upper()).size();
        for (int i = 0; i < batches; i++) {
          for (double poison : new double[] {Double.NaN, 1e308}) {
            String before = bits(solver);
            // more than an aggregator could leave out, of several batches joined as well
            int rows = option.endsWith(AGGREGATOR) ? 200 : 1;
            Verdict verdict = solver.step(poisoned(clean, level, i, poison, rows));
            assertThat(verdict).isInstanceOf(Verdict.Refused.class);
            assertThat(((Verdict.Refused) verdict).reason()).contains("would not be finite");
            assertThat(bits(solver)).isEqualTo(before);
            assertThat(solver.steps()).isEqualTo(t);
          }
        }
      }
      play(solver, supply, 1);
    }
    play(untouched, supply(method, option, 11), STEPS);
    assertThat(bits(solver)).isEqualTo(bits(untouched));
  }

  /** The input with more rows in one of its batches, all of whose entries are the poison. */
  private static StepInput poisoned(StepInput input, Level level, int at, double poison, int rows) {
    List<Batch> batches = new ArrayList<>(level == Level.LOWER ? input.lower() : input.upper());
    Batch clean = batches.get(at);
    Batch bad = new Batch(clean.schema(), clean.size() + rows);
    for (int r = 0; r < clean.size(); r++) {
      bad.appendRow(clean, r);
    }
    for (int r = 0; r < rows; r++) {
      bad.openRow();
      for (int f = 0; f < bad.schema().fields().size(); f++) {
        Field field = bad.schema().fields().get(f);
        for (int j = 0; j < field.width(); j++) {
          bad.set(f, j, field.rule() == Field.Rule.INDEX ? 0 : poison);
        }
      }
      bad.commitRow();
    }
    batches.set(at, bad);
    return with(input, level, batches);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("stepwise")
  void a_step_writes_every_entry_of_the_spare_buffer(String method, String option) {
    Supply supply = supply(method, option, 5);
    Solver solver = fresh(method, option);
    for (int t = 0; t < STEPS; t++) {
      ((SteppingSolver) ((ForwardingSolver) solver).solver()).poisonSpare();
      play(solver, supply, 1);
    }
    Solver clean = fresh(method, option);
    play(clean, supply(method, option, 5), STEPS);
    assertThat(bits(solver)).isEqualTo(bits(clean));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_state_of_another_shape_is_refused_and_changes_nothing(String method, String option) {
    Solver solver = fresh(method, option);
    play(solver, supply(method, option, 5), 3);
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
                        if (length > 0) {
                          array[offset] = 1e6;
                        }
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
    Problem problem = problem(method);
    double[] x1 = near(problem.upperDim(), 0.1);
    Solver solver = fresh(method, option, x1, near(problem.lowerDim(), 1));
    String start = bits(solver);
    x1[0] = 9;
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    x[x.length - 1] = 9;
    Recorded.of(solver).doubles.values().iterator().next()[0] = 9;
    assertThat(bits(solver)).isEqualTo(start);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void members_are_as_many_as_announced_and_their_weighted_sum_is_y(String method, String option) {
    Solver solver = fresh(method, option);
    play(solver, supply(method, option, 4), 20);
    double[] y = new double[solver.lowerDim()];
    solver.lower(y);
    double[] sum = new double[y.length];
    List<String> names = new ArrayList<>();
    double[] weights = {0};
    solver.members(
        (name, weight, model) -> {
          names.add(name);
          weights[0] += weight;
          for (int j = 0; j < sum.length; j++) {
            sum[j] += weight * model[j];
          }
        });
    assertThat(names).hasSize(Methods.members(Settings.of("solver", Map.of("method", method))));
    if (!names.isEmpty()) {
      assertThat(weights[0]).isCloseTo(1, within(1e-12));
      assertThat(sum).containsExactly(y, within(1e-12));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void iterates_stay_within_the_constraint(String method, String option) {
    Solver solver = fresh(method, option);
    double[] x = new double[solver.upperDim()];
    Supply supply = supply(method, option, 21);
    for (int t = 0; t < 300; t++) {
      play(solver, supply, 1);
      solver.upper(x);
      for (int i = 0; i < x.length - solver.ownUpper(); i++) {
        assertThat(x[i]).isBetween(-0.4 - 1e-12, 0.4 + 1e-12);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void figures_are_finite_and_always_the_same_names(String method, String option) {
    Solver solver = fresh(method, option);
    Map<String, Double> before = figures(solver);
    play(solver, supply(method, option, 21), STEPS);
    Map<String, Double> after = figures(solver);
    assertThat(after.keySet())
        .containsExactlyElementsOf(before.keySet())
        .contains("hypergradient-norm");
    if (Methods.reads(method).contains(Level.LOWER)) {
      assertThat(after).containsKey("lower-residual");
    }
    assertThat(after.values()).allMatch(Double::isFinite);
    assertThat(after.get("hypergradient-norm")).isPositive();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_step_that_moves_x_says_along_which_hypergradient(String method, String option) {
    Solver solver = fresh(method, option);
    Supply supply = supply(method, option, 21);
    assertThat(solver.figures().hypergradient()).isNull();
    int noted = 0;
    double[] before = new double[solver.upperDim()];
    double[] after = new double[solver.upperDim()];
    for (int t = 0; t < STEPS; t++) {
      solver.upper(before);
      play(solver, supply, 1);
      solver.upper(after);
      double[] h = solver.figures().hypergradient();
      if (h != null) {
        noted++;
        assertThat(h.length).isGreaterThanOrEqualTo(after.length);
        assertThat(h).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
      } else if (!figures(solver).containsKey("perturbations")) { // jumps are along none
        assertThat(after).as("x of step " + solver.steps()).isEqualTo(before);
      }
    }
    assertThat(noted).isGreaterThan(STEPS / 3);
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
    if (solver.next().equals(Consumption.NONE)) {
      play(solver, supply(method, option, 1), 1);
    }
    Consumption need = solver.next();
    StepInput good = supply(method, option, 1).peek(need);
    Level level = need.lower() > 0 ? Level.LOWER : Level.UPPER;
    String name = level == Level.LOWER ? "lower" : "upper";
    List<Batch> batches = new ArrayList<>(level == Level.LOWER ? good.lower() : good.upper());
    int wanted = batches.size();
    batches.set(0, new Batch(problem(method).schema(level), 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.step(with(good, level, batches)))
        .withMessageContaining(name + " batch 0 is empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.step(with(good, level, List.of())))
        .withMessageContaining("takes " + wanted + " " + name + " batches, but got 0");
  }

  private static StepInput with(StepInput input, Level level, List<Batch> batches) {
    return level == Level.LOWER
        ? new StepInput(batches, input.upper())
        : new StepInput(input.lower(), batches);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("methods")
  void a_step_allocates_nothing(String method, String option) {
    Solver solver = fresh(method, option);
    Prepared inputs = new Prepared(supply(method, option, 9));
    run(solver, inputs, 3_000);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    // what a step allocates shows in every window; what the JVM does once on this thread, loading a
    // class or linking a call, in the one where it happens, and more of these on a busy machine
    for (int window = 0; window < 10 && least >= 10_000; window++) {
      long before = threads.getThreadAllocatedBytes(thread);
      run(solver, inputs, 10_000);
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes in 10 000 steps").isLessThan(10_000);
  }

  private static void run(Solver solver, Prepared inputs, int steps) {
    for (int i = 0; i < steps; i++) {
      if (!(solver.step(inputs.next(solver.next())) instanceof Verdict.Advanced)) {
        throw new AssertionError("step " + i + " was refused");
      }
    }
  }

  /** Inputs made once for every number of batches a step may ask for. */
  private static final class Prepared {
    private static final int KINDS = 50;
    private final Supply supply;
    private final Map<Consumption, StepInput[]> made = new HashMap<>();
    private int at;

    Prepared(Supply supply) {
      this.supply = supply;
    }

    StepInput next(Consumption need) {
      StepInput[] inputs = made.get(need);
      if (inputs == null) {
        inputs = new StepInput[KINDS];
        for (int i = 0; i < KINDS; i++) {
          inputs[i] = supply.next(need);
        }
        made.put(need, inputs);
      }
      at = (at + 1) % KINDS;
      return inputs[at];
    }
  }
}
