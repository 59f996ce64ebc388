package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.data.BankMarketing;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows a hundred times too large among features of all kinds of units. */
class RawContaminationTest {
  private static final int RECORDS = 6000;
  private static final double BAD = 0.1;
  private static final double FACTOR = 100;

  private final BankMarketing bank;

  RawContaminationTest() throws IOException {
    bank = BankMarketing.load();
  }

  private Problem problem(String encoding) {
    return Problems.create(
        Settings.of(
            "problem",
            Map.of(
                "type",
                "logistic-regression",
                "features",
                bank.features(),
                "encoding",
                encoding,
                "hyperparameters",
                Map.of("l2", Map.of("per", "global")))));
  }

  private static Solver solver(Problem problem, boolean robust) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "auto");
    if (robust) {
      keys.put("robust", Map.of("aggregator", "filter", "contamination", BAD));
    }
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraints.of(
                Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
            1);
    Solver out = Standardization.DEFAULTS.around(solver, problem);
    out.step(new StepInput(List.of(), List.of()));
    return out;
  }

  /** Whether a record is a bad one, the same for every run. */
  private static boolean[] bad() {
    SplitMix64 rng = new SplitMix64(5);
    boolean[] out = new boolean[RECORDS];
    for (int i = 0; i < RECORDS; i++) {
      out[i] = rng.uniform() < BAD;
    }
    return out;
  }

  private void add(Batch batch, int i, double factor) {
    double[] x = bank.row(i);
    batch.openRow();
    for (int j = 0; j < x.length; j++) {
      double unit = StrictMath.pow(10, j % 7 - 3);
      // indicators stay what they are, numbers have a unit and a place of their own
      double value = factor * unit * (j < 7 ? x[j] + 2 : x[j] > 0 ? 1 : 0);
      if (!batch.schema().sparse()) {
        batch.set(0, j, value);
      } else if (value != 0) {
        batch.append(j, value);
      }
    }
    batch.set(1, 0, bank.label(i) > 0 ? 1 : 0);
    batch.commitRow();
  }

  /** Mean loss of the good records after the first thousand, and how many were left out. */
  private double[] run(String encoding, boolean robust, boolean dirty) {
    Problem problem = problem(encoding);
    Solver solver = solver(problem, robust);
    boolean[] bad = bad();
    double[] out = new double[4];
    Batch batch = new Batch(problem.schema(Level.LOWER), 1);
    for (int i = 0; i < RECORDS; i++) {
      batch.clear();
      add(batch, i, dirty && bad[i] ? FACTOR : 1);
      solver.step(StepInput.of(batch, batch));
      double[] scores = solver.figures().scores();
      boolean removed = solver.figures().removals() > 0;
      out[2] += removed && bad[i] ? 1 : 0;
      out[3] += removed && !bad[i] ? 1 : 0;
      if (!bad[i] && scores[2] > 0) {
        out[0] += scores[0];
        out[1] += scores[2];
      }
    }
    out[0] /= out[1];
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"dense", "sparse"})
  void gross_rows_neither_move_the_scales_nor_the_models(String encoding) {
    double clean = run(encoding, true, false)[0];
    double[] robust = run(encoding, true, true);
    double plainClean = run(encoding, false, false)[0];
    double plain = run(encoding, false, true)[0];
    assertThat(robust[0]).isLessThan(1.02 * clean);
    assertThat(plain).isGreaterThan(1.1 * plainClean);
    assertThat(robust[2]).as("bad rows left out, all but the first few").isGreaterThan(590);
    assertThat(robust[3]).as("good rows left out").isZero();
  }

  @ParameterizedTest(name = "{0}, cut at {1}")
  @CsvSource({"dense, 1", "dense, 7", "dense, 333", "sparse, 250"})
  void a_run_cut_anywhere_equals_the_whole_run_whatever_the_batches(String encoding, int cut) {
    Problem problem = problem(encoding);
    boolean[] bad = bad();
    Solver whole = solver(problem, true);
    Solver before = solver(problem, true);
    int records = 400;
    Batch all = new Batch(problem.schema(Level.LOWER), records);
    Batch first = new Batch(problem.schema(Level.LOWER), records);
    Batch rest = new Batch(problem.schema(Level.LOWER), records);
    for (int i = 0; i < records; i++) {
      add(all, i, bad[i] ? FACTOR : 1);
      add(i < cut ? first : rest, i, bad[i] ? FACTOR : 1);
    }
    whole.step(StepInput.of(all, all));
    before.step(StepInput.of(first, first));
    Solver after = solver(problem, true);
    after.restore(Recorded.of(before));
    after.step(StepInput.of(rest, rest));
    Recorded one = Recorded.of(whole);
    Recorded two = Recorded.of(after);
    assertThat(one.doubles).containsKey("standardize.row-squares");
    assertThat(two.doubles.keySet()).isEqualTo(one.doubles.keySet());
    one.doubles.forEach(
        (name, array) -> assertThat(two.doubles.get(name)).as(name).isEqualTo(array));
  }

  @Test
  void a_state_without_usual_sizes_is_taken_up() {
    Problem problem = problem("dense");
    Solver before = solver(problem, true);
    Batch batch = new Batch(problem.schema(Level.LOWER), 300);
    for (int i = 0; i < 300; i++) {
      add(batch, i, 1);
    }
    before.step(StepInput.of(batch, batch));
    Recorded old = Recorded.of(before);
    old.doubles.keySet().removeIf(name -> name.startsWith("standardize.row"));
    Solver after = solver(problem, true);
    after.restore(old);
    after.step(StepInput.of(batch, batch));
    assertThat(after.figures().removals()).isZero();
    Batch far = new Batch(problem.schema(Level.LOWER), 1);
    add(far, 3, FACTOR);
    after.step(StepInput.of(far, far));
    assertThat(after.figures().removals()).isEqualTo(1);
    assertThat(after.figures().removedRow(0)).isZero();
  }
}
