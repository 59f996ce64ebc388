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
import java.util.Arrays;
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

  /** How a version before labels that come apart saved records that wait. */
  private static Recorded pieceByPiece(Recorded saved, boolean sparse) {
    Recorded old = new Recorded();
    int n = (int) saved.longs.get("waiting")[0];
    int width = n == 0 ? 0 : saved.doubles.get("waiting.scores").length / n;
    saved.doubles.forEach(
        (name, held) -> {
          if (!name.startsWith("waiting")) {
            old.doubles.put(name, held);
          }
        });
    saved.longs.forEach(
        (name, held) -> {
          if (!name.startsWith("waiting")) {
            old.longs.put(name, held);
          }
        });
    old.longs.put("waiting", new long[] {n});
    for (int i = 0; i < n; i++) {
      String name = "waiting." + i;
      int from = sparse && i > 0 ? (int) saved.longs.get("waiting.x.ends")[i - 1] : 0;
      int to = sparse ? (int) saved.longs.get("waiting.x.ends")[i] : 0;
      old.longs.put(name, new long[] {saved.longs.get("waiting.roles")[i], to - from});
      old.doubles.put(name + ".scores", part(saved, "scores", i, width));
      old.doubles.put(name + ".y", part(saved, "y", i, 1));
      if (saved.doubles.containsKey("waiting.w")) {
        old.doubles.put(name + ".w", part(saved, "w", i, 1));
      }
      if (sparse) {
        old.longs.put(name + ".x.i", Arrays.copyOfRange(saved.longs.get("waiting.x.i"), from, to));
        old.doubles.put(
            name + ".x.v", Arrays.copyOfRange(saved.doubles.get("waiting.x.v"), from, to));
      } else {
        old.doubles.put(name + ".x", part(saved, "x", i, FEATURES));
      }
    }
    return old;
  }

  private static double[] part(Recorded saved, String of, int i, int width) {
    return Arrays.copyOfRange(saved.doubles.get("waiting." + of), i * width, (i + 1) * width);
  }

  private static StepInput[] whole(Problem problem, int batches) {
    SplitMix64 rng = new SplitMix64(17);
    StepInput[] out = new StepInput[batches];
    for (int b = 0; b < batches; b++) {
      Batch batch = new Batch(problem.schema(Level.LOWER), ROWS);
      for (int r = 0; r < ROWS; r++) {
        batch.openRow();
        for (int j = 0; j < FEATURES; j++) {
          double value = rng.uniform() < 0.3 ? 0 : rng.gaussian();
          if (!batch.schema().sparse()) {
            batch.set(0, j, value);
          } else if (value != 0) {
            batch.append(j, value);
          }
        }
        batch.set(1, 0, rng.index(2));
        batch.commitRow();
      }
      out[b] = new StepInput(List.of(batch), List.of(batch));
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, {1} batches, {2} records late")
  @CsvSource({"dense, 0, 30", "dense, 2, 30", "dense, 9, 30", "sparse, 3, 30", "sparse, 9, 30"})
  void a_state_with_pieces_for_every_waiting_record_is_read(String encoding, int cut, int delay) {
    Problem problem = problem("logistic-regression", encoding);
    StepInput[] inputs = whole(problem, 20);
    Solver first = play(solver(problem, Map.of("label-delay", delay)), inputs, 0, cut);
    Recorded old = pieceByPiece(Recorded.of(first), encoding.equals("sparse"));
    Solver resumed = solver(problem, Map.of("label-delay", delay));
    resumed.restore(old);
    Recorded whole = Recorded.of(play(first, inputs, cut, 20));
    Recorded rest = Recorded.of(play(resumed, inputs, cut, 20));
    for (Recorded each : List.of(whole, rest)) { // records are counted from the restart on
      long[] numbers = each.longs.remove("waiting.numbers");
      assertThat(each.longs.remove("waiting")[2]).isEqualTo(numbers[delay - 1] + 1);
    }
    assertThat(rest.bits()).isEqualTo(whole.bits());
    if (cut > 0) {
      assertThatThrownBy(() -> solver(problem, Map.of("label-delay", 7)).restore(old))
          .hasMessageContaining("solver.label-delay now is 7: expected at least that many");
    }
  }

  @Test
  void a_smaller_bound_keeps_the_newest_and_gives_the_oldest_up() {
    Problem problem = problem("logistic-regression", "dense");
    StepInput[] inputs = inputs(problem, 60, 3);
    Solver large = play(late(problem, 40), inputs, 0, 30);
    Recorded saved = Recorded.of(large);
    Solver small = late(problem, 5);
    small.restore(saved);
    Recorded taken = Recorded.of(small);
    long records = saved.longs.get("waiting")[2];
    long[] before = saved.longs.get("waiting.numbers");
    long[] kept = Arrays.stream(before).filter(number -> number >= records - 6).toArray();
    assertThat(before.length).isGreaterThan(kept.length + 5);
    assertThat(taken.longs.get("waiting.numbers")).isEqualTo(kept).isNotEmpty();
    assertThat(taken.longs.get("labels")[0] - saved.longs.get("labels")[0])
        .as("expired records")
        .isEqualTo(before.length - kept.length);
    // labels are told one by one with the next rows, so that each has its dead letter
    long early = saved.longs.get("early-labels")[0];
    assertThat(early).isGreaterThan(6);
    long unused = 0;
    for (int i = 30; i < 60; i++) {
      small.step(inputs[i]);
      unused += small.figures().unused();
    }
    Recorded end = Recorded.of(small);
    long[] counts = end.longs.get("labels");
    long duplicates = saved.longs.get("labels")[2] + saved.longs.get("labels")[3];
    assertThat(end.longs.get("early-labels")[0]).isLessThanOrEqualTo(5);
    assertThat(unused)
        .isEqualTo(counts[1] - saved.longs.get("labels")[1] + counts[2] + counts[3] - duplicates);
    Solver again = late(problem, 5);
    again.restore(taken); // a checkpoint of the smaller bound, before the labels were told
    play(again, inputs, 30, 60);
    assertThat(Recorded.of(again).bits()).isEqualTo(end.bits());
  }

  @Test
  void a_label_whose_lane_is_gone_is_dropped_and_counted() {
    Problem problem = problem("logistic-regression", "dense");
    Recorded saved = Recorded.of(play(late(problem, 20), inputs(problem, 30, 3), 0, 30));
    long early = saved.longs.get("early-labels")[0];
    assertThat(early).isGreaterThan(2);
    saved.longs.get("early-labels.at")[3] = -1;
    Solver resumed = late(problem, 20);
    resumed.restore(saved);
    Recorded now = Recorded.of(resumed);
    assertThat(now.longs.get("early-labels")[0]).isEqualTo(early - 1);
    assertThat(now.longs.get("labels")[1]).isEqualTo(saved.longs.get("labels")[1] + 1);
  }

  @Test
  void a_state_without_labels_of_records_left_out_is_read() {
    Problem problem = problem("logistic-regression", "dense");
    Recorded saved = Recorded.of(play(late(problem, 20), inputs(problem, 30, 3), 0, 30));
    String whole = saved.bits();
    assertThat(saved.longs.remove("labels-of-left-out")).containsExactly(0);
    Solver resumed = late(problem, 20);
    resumed.restore(saved);
    assertThat(Recorded.of(resumed).bits()).isEqualTo(whole);
  }

  @ParameterizedTest(name = "from {0} to {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "apart | delayed | samples.labels), those of this job do not",
        "apart | whole | samples.labels), those of this job do not",
        "delayed | apart | wait for a number of records (solver.label-delay) and have no id",
        "delayed | whole | would never be learned",
        "whole | apart | come later than their records (samples.labels)",
        "whole | delayed | come later than their records (solver.label-delay)",
      })
  void a_state_whose_labels_came_in_another_way_is_refused_by_name(
      String from, String to, String complaint) {
    Problem problem = problem("logistic-regression", "dense");
    Recorded saved = Recorded.of(kind(problem, from));
    assertThatThrownBy(() -> kind(problem, to).restore(saved))
        .hasMessageContaining(complaint)
        .hasMessageContaining("take the setting back");
  }

  private static Solver kind(Problem problem, String labels) {
    return switch (labels) {
      case "apart" -> late(problem, 20);
      case "delayed" -> solver(problem, Map.of("label-delay", 5));
      default -> solver(problem, Map.of());
    };
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
