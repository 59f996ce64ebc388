package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.FiniteSumCase;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SabaTest {
  private static final double RHO = 0.1;
  private static final double GAMMA = 0.05;

  private final FiniteSumCase sum = new FiniteSumCase();
  private final Problem problem = sum.problem();
  private final int n = sum.lower().size();

  private Solver saba() {
    return saba(Map.of());
  }

  private Solver saba(Map<String, ?> more) {
    Map<String, Object> keys = new LinkedHashMap<>(more);
    keys.put("method", "saba");
    keys.put("rho", RHO);
    keys.put("gamma", GAMMA);
    return Methods.create(
        Settings.of("solver", keys), problem, sum.x0(), sum.y0(), Constraint.NONE, 0);
  }

  private static int[] draw(SplitMix64 rng, int rows, int below) {
    int[] out = new int[rows];
    for (int r = 0; r < rows; r++) {
      out[r] = rng.index(below);
    }
    return out;
  }

  /** Batches of 5 of 24: every fourth or so holds a record twice. */
  @ParameterizedTest(name = "batches of {0}")
  @ValueSource(ints = {1, 2, 5, 40})
  void a_batch_of_several_rows_is_the_mean_over_its_rows(int rows) {
    Plain plain = new Plain();
    Solver solver = saba();
    solver.step(new StepInput(List.of(), List.of()));
    SplitMix64 rng = new SplitMix64(3);
    for (int k = 0; k < 200; k++) {
      int[] i = draw(rng, rows, n);
      int[] j = draw(rng, rows, n);
      solver.step(StepInput.of(sum.lower(i), sum.upper(j)));
      plain.step(i, j);
      Golden.assertClose("x after move " + k, FiniteSumRuns.x(solver), plain.x, 1e-12);
      Golden.assertClose("y after move " + k, FiniteSumRuns.y(solver), plain.y, 1e-12);
      Golden.assertClose("v", Recorded.of(solver).doubles.get("v"), plain.v, 1e-12);
    }
    meansAreThoseOfTheTables(solver);
  }

  private void meansAreThoseOfTheTables(Solver solver) {
    Recorded state = Recorded.of(solver);
    for (String level : List.of("lower", "upper")) {
      double[] table = state.doubles.get("table-" + level);
      double[] mean = state.doubles.get("mean-" + level);
      for (int c = 0; c < mean.length; c++) {
        double total = 0;
        for (int i = 0; i < n; i++) {
          total += table[i * mean.length + c];
        }
        assertThat(mean[c]).isCloseTo(total / n, within(1e-13));
      }
    }
  }

  /** On all records at once e is the mean of the fresh directions, whatever the tables held. */
  @Test
  void on_all_records_it_is_soba() {
    Solver saba = saba();
    Solver soba =
        Methods.create(
            Settings.of("solver", Map.of("method", "soba", "rho", RHO, "gamma", GAMMA, "decay", 0)),
            problem,
            sum.x0(),
            sum.y0(),
            Constraint.NONE,
            0);
    for (Solver solver : List.of(saba, soba)) {
      solver.step(new StepInput(List.of(), List.of()));
    }
    for (int k = 0; k < 100; k++) {
      saba.step(StepInput.of(sum.lower(), sum.upper()));
      soba.step(StepInput.of(sum.lower(), sum.upper()));
      Golden.assertClose("x after move " + k, FiniteSumRuns.x(saba), FiniteSumRuns.x(soba), 1e-12);
    }
  }

  /** As if by one pass over the data: then the means are those of all records at the start. */
  @Test
  void with_a_first_pass_nothing_moves_before_the_tables_hold_every_record() {
    Map<String, Object> keys = Map.of("table", "first-pass", "decay", 0.5);
    Solver solver = saba(keys);
    solver.step(new StepInput(List.of(), List.of()));
    // the last upper record comes later than the last lower one, some come twice
    for (int i = 0; i < n; i++) {
      StepInput input = StepInput.of(sum.lower(i, (i + 1) % n), sum.upper(i, i));
      assertThat(Figures.of(solver).get("records-missing-lower"))
          .isEqualTo(n - i - (i > 0 ? 1 : 0));
      assertThat(Figures.of(solver).get("records-missing-upper")).isEqualTo(n - i);
      assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
      assertThat(FiniteSumRuns.x(solver)).isEqualTo(sum.x0());
      assertThat(FiniteSumRuns.y(solver)).isEqualTo(sum.y0());
    }
    assertThat(Figures.of(solver).get("records-missing-lower")).isZero();
    assertThat(Figures.of(solver).get("records-missing-upper")).isZero();
    meansAreThoseOfTheTables(solver);
    // the first move is then that on all records, with the first step sizes, whatever row it sees
    Solver whole = saba(Map.of("decay", 0.5));
    whole.step(new StepInput(List.of(), List.of()));
    whole.step(StepInput.of(sum.lower(), sum.upper()));
    solver.step(StepInput.of(sum.lower(3), sum.upper(5)));
    assertThat(FiniteSumRuns.x(solver)).isNotEqualTo(sum.x0());
    Golden.assertClose("x", FiniteSumRuns.x(solver), FiniteSumRuns.x(whole), 1e-13);
    Golden.assertClose("y", FiniteSumRuns.y(solver), FiniteSumRuns.y(whole), 1e-13);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"zero", "first-pass"})
  void constant_steps_on_batches_converge(String table) {
    Solver solver = saba(Map.of("table", table));
    solver.step(new StepInput(List.of(), List.of()));
    SplitMix64 rng = new SplitMix64(1);
    for (int k = 0; k < 2000; k++) {
      solver.step(StepInput.of(sum.lower(draw(rng, 4, n)), sum.upper(draw(rng, 4, n))));
    }
    assertThat(sum.gap(FiniteSumRuns.x(solver))).isLessThan(1e-14);
    Map<String, Double> figures = new LinkedHashMap<>();
    solver.report(figures::put);
    assertThat(figures.get("hypergradient-norm")).isLessThan(1e-12);
    assertThat(figures.get("lower-residual")).isLessThan(1e-12);
    assertThat(figures.get("linear-residual")).isLessThan(1e-12);
  }

  @Test
  void a_refused_step_leaves_the_tables_alone() {
    Solver solver = saba();
    Solver untouched = saba();
    Batch bad = sum.lower(4, 4, 7);
    bad.column(bad.schema().column("a"))[2] = Double.NaN;
    for (int k = 0; k < 30; k++) {
      if (k > 0) {
        assertThat(solver.step(StepInput.of(bad, sum.upper(3))))
            .isInstanceOf(Verdict.Refused.class);
      }
      StepInput input =
          k == 0
              ? new StepInput(List.of(), List.of())
              : StepInput.of(sum.lower(k % n, 3), sum.upper(k % 7));
      solver.step(input);
      untouched.step(input);
      assertThat(Recorded.of(solver).bits()).isEqualTo(Recorded.of(untouched).bits());
    }
  }

  @Test
  void a_problem_without_record_numbers_is_refused() {
    Settings saba = Settings.of("solver", Map.of("method", "saba"));
    Problem game = RandomGame.problem();
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () -> Methods.create(saba, game, new double[3], new double[4], Constraint.NONE, 1))
        .withMessage(
            "solver.method saba needs a finite sum: every lower sample must carry the number of its"
                + " record in a field index of known range, but the problem's samples hold [q, a,"
                + " b, e]");
    Problem huge =
        Problems.create(
            Settings.of(
                "problem", Map.of("type", "finite-sum", "dx", 900, "dy", 900, "terms", 900_000)));
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () -> Methods.create(saba, huge, new double[900], new double[900], Constraint.NONE, 1))
        .withMessageContaining("2700 numbers for each of 900000 lower records");
  }

  @Test
  void an_aggregator_is_refused() {
    Settings robust =
        Settings.of("solver", Map.of("method", "saba", "robust", Map.of("contamination", 0.2)));
    Problem problem = sum.problem();
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(
            () ->
                Methods.create(
                    robust,
                    problem,
                    problem.defaultUpper(),
                    problem.defaultLower(),
                    Constraint.NONE,
                    1))
        .withMessage(
            "solver.robust has nothing to weigh: saba takes the records of a batch one by one");
  }

  @Test
  void a_number_out_of_range_is_a_mistake_of_the_caller() {
    Solver solver = saba();
    solver.step(new StepInput(List.of(), List.of()));
    Batch wrong = sum.lower(4);
    wrong.column(wrong.schema().column("index"))[0] = n;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.step(StepInput.of(wrong, sum.upper(1))))
        .withMessage("index must be in [0, 24), but row 0 had 24");
  }

  /** The same written down without thought for speed. */
  private final class Plain {
    private double[] x = sum.x0();
    private double[] y = sum.y0();
    private double[] v = new double[y.length];
    private final double[][] lowerTable = new double[n][];
    private final double[][] upperTable = new double[n][];

    Plain() {
      for (int i = 0; i < n; i++) {
        lowerTable[i] = new double[2 * y.length + x.length];
        upperTable[i] = new double[y.length + x.length];
      }
    }

    void step(int[] lower, int[] upper) {
      double[] l = saga(lower, lowerTable, true);
      double[] u = saga(upper, upperTable, false);
      int q = y.length;
      for (int j = 0; j < q; j++) {
        y[j] -= RHO * l[j];
        v[j] -= RHO * (l[q + j] - u[j]);
      }
      for (int i = 0; i < x.length; i++) {
        x[i] -= GAMMA * (u[q + i] - l[2 * q + i]);
      }
    }

    private double[] saga(int[] rows, double[][] table, boolean lower) {
      double[] e = new double[table[0].length];
      double[][] fresh = new double[n][];
      for (double[] row : table) {
        for (int c = 0; c < e.length; c++) {
          e[c] += row[c] / n;
        }
      }
      for (int i : rows) {
        fresh[i] = lower ? lower(i) : upper(i);
        for (int c = 0; c < e.length; c++) {
          e[c] += (fresh[i][c] - table[i][c]) / rows.length;
        }
      }
      for (int i : rows) {
        table[i] = fresh[i];
      }
      return e;
    }

    private double[] lower(int i) {
      double[] gy = new double[y.length];
      double[] hv = new double[y.length];
      double[] jv = new double[x.length];
      problem.lowerProducts(x, y, v, sum.lower(i), gy, hv, jv);
      return joined(gy, hv, jv);
    }

    private double[] upper(int i) {
      double[] fx = new double[x.length];
      double[] fy = new double[y.length];
      problem.upperGradients(x, y, sum.upper(i), fx, fy);
      return joined(fy, fx);
    }
  }

  private static double[] joined(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }
}
