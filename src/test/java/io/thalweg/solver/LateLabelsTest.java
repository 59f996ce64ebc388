package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The method auto where labels come apart from their records. */
class LateLabelsTest {
  private static final int FEATURES = 5;
  private static final int ROWS = 8;

  private static Problem problem(String type, String encoding) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("type", type);
    keys.put("features", FEATURES);
    keys.put("encoding", encoding);
    if (type.equals("softmax-regression")) {
      keys.put("classes", 3);
    }
    return Problems.create(Settings.of("problem", keys));
  }

  private static Solver solver(Problem problem, Map<String, ?> more) {
    Map<String, Object> keys = new LinkedHashMap<>(more);
    keys.put("method", "auto");
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        Constraint.NONE,
        1);
  }

  private static Solver late(Problem problem, int expiry) {
    return solver(problem, Map.of("labels", Map.of("expire", Map.of("records", expiry))));
  }

  /** Batches of records and labels that lose, repeat and overtake each other. */
  private static StepInput[] inputs(Problem problem, int batches, long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    StepInput[] out = new StepInput[batches];
    long next = 0;
    for (int b = 0; b < batches; b++) {
      Batch batch = new Batch(LateLabels.joined(problem.schema(Level.LOWER)), ROWS);
      for (int r = 0; r < ROWS; r++) {
        boolean label = rng.uniform() < 0.48;
        batch.openRow();
        if (label) {
          batch.set(1, 0, rng.index(2));
        } else {
          for (int j = 0; j < FEATURES; j++) {
            double value = rng.uniform() < 0.3 ? 0 : rng.gaussian();
            if (!batch.schema().sparse()) {
              batch.set(0, j, value);
            } else if (value != 0) {
              batch.append(j, value);
            }
          }
        }
        batch.commitRow();
        long id = label ? next - 8 + rng.index(10) : next++;
        LateLabels.mark(batch, label, id * 0x9E3779B97F4A7C15L);
        LateLabels.address(batch, label ? 1 : 0, (long) b * ROWS + r, 0);
      }
      out[b] = new StepInput(List.of(batch), List.of(batch));
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "logistic-regression, dense",
    "logistic-regression, sparse",
    "softmax-regression, sparse",
    "ridge-regression, dense"
  })
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(String type, String encoding) {
    Problem problem = problem(type, encoding);
    StepInput[] inputs = inputs(problem, 120, 3);
    String whole = Recorded.of(play(late(problem, 20), inputs, 0, inputs.length)).bits();
    for (int cut = 0; cut <= inputs.length; cut += 7) {
      Recorded saved = Recorded.of(play(late(problem, 20), inputs, 0, cut));
      Solver resumed = late(problem, 20);
      play(resumed, inputs(problem, 30, 9), 0, 30); // whatever it held is forgotten
      resumed.restore(saved);
      assertThat(Recorded.of(play(resumed, inputs, cut, inputs.length)).bits())
          .as("cut at " + cut)
          .isEqualTo(whole);
    }
  }

  private static Solver play(Solver solver, StepInput[] inputs, int from, int to) {
    for (int i = from; i < to; i++) {
      if (solver.next().lower() == 0) {
        solver.step(new StepInput(List.of(), List.of()));
      }
      solver.step(inputs[i]);
    }
    return solver;
  }

  @Test
  void the_pieces_of_a_checkpoint_do_not_grow_in_number_with_the_records_that_wait() {
    Problem problem = problem("logistic-regression", "sparse");
    int[] pieces = new int[2];
    for (int k = 0; k < 2; k++) {
      int[] count = new int[1];
      Solver.StateSink counting =
          new Solver.StateSink() {
            @Override
            public void doubles(String name, double[] array, int offset, int length) {
              count[0]++;
            }

            @Override
            public void longs(String name, long... words) {
              count[0]++;
            }
          };
      play(late(problem, 1000), inputs(problem, 1 + 200 * k, 3), 0, 1 + 200 * k).save(counting);
      pieces[k] = count[0];
    }
    assertThat(pieces[1]).isEqualTo(pieces[0]);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"logistic-regression, dense", "softmax-regression, sparse"})
  void a_step_allocates_nothing(String type, String encoding) {
    Problem problem = problem(type, encoding);
    Solver solver = late(problem, 20);
    StepInput[] inputs = inputs(problem, 120, 3);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    for (int i = 0; i < 20; i++) {
      play(solver, inputs, 0, inputs.length);
    }
    long least = Long.MAX_VALUE;
    for (int window = 0; window < 10 && least >= 5_000; window++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 40; i++) {
        play(solver, inputs, 0, inputs.length);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    assertThat(least).as("bytes in 4800 steps").isLessThan(5_000);
  }

  @Test
  void standardised_records_wait_as_they_were_scaled_and_labels_leave_the_scale_alone() {
    int delay = 4;
    Problem problem = problem("logistic-regression", "dense");
    Solver apart = Standardization.DEFAULTS.around(late(problem, 50), problem);
    Solver whole =
        Standardization.DEFAULTS.around(solver(problem, Map.of("label-delay", delay)), problem);
    for (Solver each : List.of(apart, whole)) {
      each.step(new StepInput(List.of(), List.of()));
    }
    SplitMix64 rng = new SplitMix64(8);
    double[] labels = new double[300];
    for (int i = 0; i < labels.length; i++) {
      Batch one = new Batch(problem.schema(Level.LOWER), 1);
      Batch both = new Batch(LateLabels.joined(problem.schema(Level.LOWER)), 2);
      one.openRow();
      for (int j = 0; j < FEATURES; j++) {
        one.set(0, j, 40 + (j + 1) * rng.gaussian());
      }
      labels[i] = rng.index(2);
      one.set(1, 0, labels[i]);
      one.commitRow();
      both.openRow();
      System.arraycopy(one.column(0), 0, both.column(0), 0, FEATURES);
      both.commitRow();
      LateLabels.mark(both, false, i);
      if (i >= delay) {
        both.openRow();
        both.set(1, 0, labels[i - delay]);
        both.commitRow();
        LateLabels.mark(both, true, i - delay);
      }
      apart.step(new StepInput(List.of(both), List.of(both)));
      whole.step(new StepInput(List.of(one), List.of(one)));
    }
    double[] y = new double[FEATURES + 1];
    double[] other = new double[FEATURES + 1];
    apart.lower(y);
    whole.lower(other);
    assertThat(y).isEqualTo(other).doesNotContain(0);
  }

  @Test
  void bounds_and_what_does_not_go_together_are_told() {
    Problem problem = problem("logistic-regression", "dense");
    assertThatThrownBy(() -> late(problem, 0))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("solver.labels.expire.records");
    assertThatThrownBy(() -> late(problem, 1_000_001))
        .hasMessageContaining("solver.labels.expire.records");
    assertThatThrownBy(() -> solver(problem, Map.of("labels", Map.of(), "label-delay", 3)))
        .hasMessageContaining("solver.label-delay")
        .hasMessageContaining("leave one out");
    Problem wide =
        Problems.create(
            Settings.of(
                "problem",
                Map.of("type", "logistic-regression", "features", 5000, "encoding", "dense")));
    assertThatThrownBy(() -> late(wide, 1_000_000))
        .hasMessageContaining("must be at most 429496 where a record holds 5000 numbers");
  }
}
