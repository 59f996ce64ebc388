package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.CountingOracle;
import io.thalweg.oracle.OracleCall;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.robust.RobustMean;
import io.thalweg.robust.RobustRule;
import io.thalweg.robust.RobustRule.Variant;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches whose records are weighed before a method sees them. */
class AggregatorTest {
  private static final RobustRule RULE = RobustRule.aggregate(Variant.FILTER, 0.2);
  private static final double[] X = {0.3, -0.2, 0.1};
  private static final double[] Y = {0.5, -0.25, 1, 0.125};

  private final Problem game = RandomGame.problem();

  private static Batch with(Batch batch, int row, double factor) {
    Batch out = new Batch(batch.schema(), batch.size());
    for (int r = 0; r < batch.size(); r++) {
      out.appendRow(batch, r);
    }
    for (int f = 0; f < batch.schema().fields().size(); f++) {
      int width = batch.schema().fields().get(f).width();
      for (int j = row * width; j < (row + 1) * width; j++) {
        out.column(f)[j] *= factor;
      }
    }
    return out;
  }

  private static Batch without(Batch batch, int row) {
    Batch out = new Batch(batch.schema(), batch.size());
    for (int r = 0; r < batch.size(); r++) {
      if (r != row) {
        out.appendRow(batch, r);
      }
    }
    return out;
  }

  private Batch batch(Level level, long seed, int rows) {
    return RandomGame.batch(game, level, new SplitMix64(seed), rows);
  }

  private static Solver solver(BilevelOracle problem, Map<String, ?> keys) {
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        new double[problem.upperDim()],
        new double[problem.lowerDim()],
        Constraint.NONE,
        1);
  }

  private static Map<String, Object> keys(Map<String, ?> aggregator) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "vr-msgbio");
    keys.put("hypergradient", "linear-system");
    keys.put("robust", aggregator);
    return keys;
  }

  @Test
  void every_call_is_the_mean_of_the_rows_by_their_weights() {
    Batch zeta = with(batch(Level.LOWER, 1, 16), 3, 40);
    Batch xi = with(batch(Level.UPPER, 2, 16), 5, 40);
    double[] lower = weights(Level.LOWER, zeta);
    double[] upper = weights(Level.UPPER, xi);
    assertThat(lower[3]).isZero();
    assertThat(upper[5]).isZero();
    RobustOracle robust = new RobustOracle(game, RULE);
    double[] v = {1, -1, 0.5, 2};
    int p = 3;
    int q = 4;
    double[][] found = new double[10][q * q];
    found[0][0] = robust.lowerValue(X, Y, zeta);
    found[1][0] = robust.gradLowerY(X, Y, zeta, found[2]);
    robust.gradLowerX(X, Y, zeta, found[3]);
    robust.hvp(X, Y, v, zeta, found[4]);
    robust.jvp(X, Y, v, zeta, found[5]);
    robust.hessian(X, Y, zeta, found[6]);
    robust.cross(X, Y, zeta, found[7]);
    double[][] expected = new double[10][q * q];
    for (int i = 0; i < 16; i++) {
      Batch row = new Batch(zeta.schema(), 1);
      row.appendRow(zeta, i);
      double[] part = new double[q * q];
      expected[0][0] += lower[i] * game.lowerValue(X, Y, row);
      expected[1][0] += lower[i] * game.gradLowerY(X, Y, row, part);
      add(lower[i], part, q, expected[2]);
      game.gradLowerX(X, Y, row, part);
      add(lower[i], part, p, expected[3]);
      game.hvp(X, Y, v, row, part);
      add(lower[i], part, q, expected[4]);
      game.jvp(X, Y, v, row, part);
      add(lower[i], part, p, expected[5]);
      game.hessian(X, Y, row, part);
      add(lower[i], part, q * q, expected[6]);
      game.cross(X, Y, row, part);
      add(lower[i], part, p * q, expected[7]);
    }
    for (int k = 0; k < 8; k++) {
      assertThat(found[k]).as("lower call %d", k).containsExactly(expected[k], within(1e-13));
    }
    double[][] together = new double[3][q];
    double g = robust.lowerProducts(X, Y, v, zeta, together[0], together[1], together[2]);
    assertThat(g).isCloseTo(found[0][0], within(1e-13));
    for (int k = 0; k < 3; k++) {
      assertThat(together[k])
          .containsExactly(Arrays.copyOf(found[k == 0 ? 2 : 3 + k], q), within(1e-13));
    }

    double[] fx = new double[p];
    double[] fy = new double[q];
    double[] sumX = new double[p];
    double[] sumY = new double[q];
    double f = robust.upperGradients(X, Y, xi, fx, fy);
    double sum = 0;
    for (int i = 0; i < 16; i++) {
      Batch row = new Batch(xi.schema(), 1);
      row.appendRow(xi, i);
      double[] partX = new double[p];
      double[] partY = new double[q];
      sum += upper[i] * game.upperGradients(X, Y, row, partX, partY);
      add(upper[i], partX, p, sumX);
      add(upper[i], partY, q, sumY);
    }
    assertThat(fx).containsExactly(sumX, within(1e-13));
    assertThat(fy).containsExactly(sumY, within(1e-13));
    assertThat(f).isCloseTo(sum, within(1e-13));
    assertThat(robust.upperValue(X, Y, xi)).isCloseTo(sum, within(1e-13));
    double[] alone = new double[q];
    robust.gradUpperY(X, Y, xi, alone);
    assertThat(alone).containsExactly(sumY, within(1e-13));
    robust.gradUpperX(X, Y, xi, alone);
    assertThat(Arrays.copyOf(alone, p)).containsExactly(sumX, within(1e-13));
  }

  private double[] weights(Level level, Batch batch) {
    int n = batch.size();
    int d = level == Level.LOWER ? 4 : 7;
    double[] rows = new double[n * d];
    for (int i = 0; i < n; i++) {
      Batch row = new Batch(batch.schema(), 1);
      row.appendRow(batch, i);
      double[] x = new double[3];
      double[] y = new double[4];
      if (level == Level.LOWER) {
        game.gradLowerY(X, Y, row, y);
      } else {
        game.upperGradients(X, Y, row, x, y);
        System.arraycopy(x, 0, rows, i * d, 3);
      }
      System.arraycopy(y, 0, rows, i * d + d - 4, 4);
    }
    RobustMean mean = new RobustMean(RULE);
    assertThat(mean.weigh(rows, n, d)).isTrue();
    return mean.weights().clone();
  }

  private static void add(double weight, double[] part, int length, double[] sum) {
    for (int j = 0; j < length; j++) {
      sum[j] += weight * part[j];
    }
  }

  @Test
  void weights_hold_for_a_step_and_for_the_rows_a_batch_holds() {
    Batch zeta = with(batch(Level.LOWER, 1, 12), 0, 50);
    RobustOracle robust = new RobustOracle(game, RULE);
    double[] gy = new double[4];
    robust.gradLowerY(X, Y, zeta, gy);
    double[] far = {50, -40, 30, 20};
    robust.gradLowerY(X, far, zeta, gy);
    robust.hvp(X, Y, far, zeta, gy);
    assertThat(robust.count()).as("one set of weights at both points").isOne();
    assertThat(robust.weighed(0).weight(0)).isZero();
    zeta.clear();
    Batch other = with(batch(Level.LOWER, 2, 12), 7, 50);
    for (int r = 0; r < 12; r++) {
      zeta.appendRow(other, r);
    }
    robust.gradLowerY(X, Y, zeta, gy);
    assertThat(robust.count()).as("filled anew, weighed anew").isEqualTo(2);
    assertThat(robust.weighed(1).weight(7)).isZero();
    assertThat(robust.weighed(1).weight(0)).isPositive();
    robust.beginStep();
    robust.gradLowerY(X, Y, zeta, gy);
    assertThat(robust.count()).isOne();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Level.class)
  void a_step_on_a_batch_with_one_bad_record_is_the_step_without_it(Level level) {
    for (double factor : new double[] {1e4, 1e150, Double.NaN}) {
      Solver clean = solver(game, keys(Map.of("contamination", 0.2, "xi", 1e3)));
      Solver solver = solver(game, keys(Map.of("contamination", 0.2, "xi", 1e3)));
      for (int t = 0; t < 20; t++) {
        Batch zeta = batch(Level.LOWER, 2 * t, 13);
        Batch xi = batch(Level.UPPER, 2 * t + 1, 13);
        boolean lower = level == Level.LOWER;
        Batch badZeta = lower ? with(zeta, 4, factor) : zeta;
        Batch badXi = lower ? xi : with(xi, 4, factor);
        assertThat(solver.step(StepInput.of(badZeta, badXi))).isInstanceOf(Verdict.Advanced.class);
        assertThat(solver.figures().removals()).isOne();
        assertThat(solver.figures().removedLevel(0)).isEqualTo(level);
        assertThat(solver.figures().removedBatch(0)).isZero();
        assertThat(solver.figures().removedRow(0)).isEqualTo(4);
        clean.step(StepInput.of(lower ? without(zeta, 4) : zeta, lower ? xi : without(xi, 4)));
        assertThat(clean.figures().removals()).isZero();
      }
      double[] found = new double[3];
      double[] expected = new double[3];
      solver.upper(found);
      clean.upper(expected);
      assertThat(found).containsExactly(expected, within(1e-5));
      Map<String, Double> figures = new LinkedHashMap<>();
      solver.report(figures::put);
      String name = level == Level.LOWER ? "lower" : "upper";
      String other = level == Level.LOWER ? "upper" : "lower";
      assertThat(figures)
          .containsEntry("aggregator-rows-removed-" + name, 20.0)
          .containsEntry("aggregator-rows-removed-" + other, 0.0)
          .containsEntry("aggregator-batches-unweighed", 0.0);
      assertThat(figures.get("aggregator-removed-" + name)).isBetween(1 / 13.0 - 1e-3, 0.1);
      assertThat(figures.get("aggregator-lambda-" + name)).isBetween(1e-3, 1e3);
    }
  }

  /** Those that take the records of a batch one by one have nothing to weigh. */
  static List<String> weighing() {
    return Methods.all().stream()
        .map(MethodInfo::id)
        .filter(id -> !List.of("auto", "saba", "geometric-step-decay").contains(id))
        .toList();
  }

  /** Of batches that a method joins, too: what is counted can be sent to the dead letters. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("weighing")
  void every_row_that_is_removed_is_named_once_by_its_place_in_the_step(String method) {
    Problem problem = MethodFixture.of(method).create();
    Solver solver =
        Methods.create(
            Settings.of("solver", new MethodVariant(method, MethodVariant.AGGREGATOR).solver()),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraints.of(
                Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
            42);
    Supply supply = Supply.of(problem, 31, 7);
    int named = 0;
    for (int t = 0; t < 30; t++) {
      StepInput input = supply.next(solver.next());
      assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
      StepFigures figures = solver.figures();
      List<String> places = new ArrayList<>();
      for (int k = 0; k < figures.removals(); k++) {
        Level level = figures.removedLevel(k);
        List<Batch> batches = level == Level.LOWER ? input.lower() : input.upper();
        assertThat(figures.removedBatch(k)).isLessThan(batches.size());
        assertThat(figures.removedRow(k)).isLessThan(batches.get(figures.removedBatch(k)).size());
        places.add(level + " " + figures.removedBatch(k) + " " + figures.removedRow(k));
      }
      assertThat(places).doesNotHaveDuplicates();
      named += places.size();
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    solver.report(figures::put);
    double counted =
        figures.get("aggregator-rows-removed-lower") + figures.get("aggregator-rows-removed-upper");
    assertThat(named).isPositive().isEqualTo((int) counted);
  }

  @ParameterizedTest(name = "batches of {0}")
  @CsvSource({"12, 0", "9, 60"})
  void an_aggregator_with_nothing_to_do_changes_no_bit(int rows, double unweighed) {
    Map<String, Object> bare = keys(Map.of());
    bare.remove("robust");
    Solver plain = solver(game, bare);
    Solver solver = solver(game, keys(Map.of("contamination", 0.2, "xi", 1e6)));
    for (int t = 0; t < 30; t++) {
      StepInput input =
          StepInput.of(batch(Level.LOWER, 2 * t, rows), batch(Level.UPPER, 2 * t + 1, rows));
      plain.step(input);
      solver.step(input);
    }
    Recorded expected = Recorded.of(plain);
    Recorded found = Recorded.of(solver);
    expected.doubles.forEach((name, slot) -> assertThat(found.doubles.get(name)).isEqualTo(slot));
    assertThat(found.longs.get("aggregator-batches-unweighed")).containsExactly((long) unweighed);
  }

  @Test
  void the_weights_of_a_step_cost_one_gradient_per_record() {
    CountingOracle counted = new CountingOracle(game);
    Solver solver = solver(counted, keys(Map.of("contamination", 0.2, "xi", 1e6)));
    StepInput input = StepInput.of(batch(Level.LOWER, 1, 12), batch(Level.UPPER, 2, 15));
    solver.step(input);
    counted.reset();
    solver.step(input);
    // STORM asks at two points
    assertThat(counted.count(OracleCall.GRAD_LOWER_Y)).isEqualTo(12 + 2);
    assertThat(counted.count(OracleCall.GRAD_UPPER_Y)).isEqualTo(15 + 2);
    assertThat(counted.count(OracleCall.HVP)).isEqualTo(2);
  }

  @Test
  void the_lazy_form_of_a_step_gives_way() {
    Problem sparse =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    50,
                    "encoding",
                    "sparse",
                    "hyperparameters",
                    Map.of("l2", Map.of("per", "global")))));
    Map<String, Object> keys = keys(Map.of());
    assertThat(solver(sparse, keys).costGrowsWithModel()).isTrue();
    keys.remove("robust");
    assertThat(solver(sparse, keys).costGrowsWithModel()).isFalse();
  }

  static List<Arguments> complaints() {
    return List.of(
        Arguments.of(
            Map.of("aggregator", "trim"),
            "solver.robust.aggregator must be one of filter, low-regret, gradient, none, but was"
                + " \"trim\""),
        Arguments.of(
            Map.of("epsilon", 0.1), "solver.robust.epsilon is not known here; expected one of"),
        Arguments.of(
            Map.of("contamination", 0.34),
            "solver.robust.contamination must be in (0, 1/3), but was 0.34"),
        Arguments.of(Map.of("xi", -1), "solver.robust.xi must be in [0, inf), but was -1.0"),
        Arguments.of(Map.of("step", 0), "solver.robust.step must be in (0, 1], but was 0.0"),
        Arguments.of(
            Map.of("max-rounds", 0), "solver.robust.max-rounds must be at least 1, but was 0"),
        Arguments.of(
            Map.of("tolerance", 1), "solver.robust.tolerance must be in [0, 1), but was 1.0"),
        Arguments.of(
            Map.of("dead-letters", 3),
            "solver.robust.dead-letters must be true or false, but was 3"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("complaints")
  void a_wrong_setting_is_named_with_what_was_expected(Map<String, ?> aggregator, String message) {
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> solver(game, keys(aggregator)))
        .withMessageStartingWith(message);
  }

  @Test
  void batches_that_cannot_be_weighed_are_refused_beforehand() {
    Settings solver = Settings.of("solver", keys(Map.of("contamination", 0.15)));
    Methods.checkBatches(solver, game, 14, 14);
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Methods.checkBatches(solver, game, 14, 13))
        .withMessage(
            "solver.batch.upper must be at least 2 / robust.contamination = 14 records, else no bad one"
                + " can be told from a good one, but was 13");
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Methods.checkBatches(solver, game, 1 << 23, 14))
        .withMessageContaining("solver.robust keeps a gradient of 4 numbers for each of");
    Methods.checkBatches(Settings.of("solver", Map.of()), game, 1, 1);
  }

  /** Labels by a plane, a tenth of them false and their rows ten times as long. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"filter", "low-regret", "gradient"})
  void a_tenth_of_bad_records_does_no_harm(String variant) {
    Problem problem =
        Problems.create(
            Settings.of(
                "problem", Map.of("type", "logistic-regression", "features", 5, "bias", false)));
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "msgbio");
    keys.put("hypergradient", "linear-system");
    keys.put("eta", 0.5);
    keys.put("lambda", 1.0);
    Solver plain = solver(problem, keys);
    Solver clean = solver(problem, keys);
    keys.put(
        "robust",
        Map.of("aggregator", variant, "contamination", 0.15, "xi", 1.5, "max-rounds", 30));
    Solver robust = solver(problem, keys);
    SplitMix64 rng = new SplitMix64(8);
    SplitMix64 same = new SplitMix64(8);
    for (int t = 0; t < 400; t++) {
      StepInput input = StepInput.of(labelled(problem, rng, 0.1), labelled(problem, rng, 0.1));
      plain.step(input);
      robust.step(input);
      clean.step(StepInput.of(labelled(problem, same, 0), labelled(problem, same, 0)));
    }
    assertThat(cosine(robust)).isCloseTo(cosine(clean), within(0.05));
    assertThat(cosine(plain)).isLessThan(0.3);
    assertThat(cosine(clean)).isGreaterThan(0.9);
  }

  private static final double[] PLANE = {1, -1, 0.5, 0, 2};

  private static Batch labelled(Problem problem, SplitMix64 rng, double share) {
    Batch batch = new Batch(problem.schema(Level.LOWER), 40);
    for (int i = 0; i < 40; i++) {
      batch.openRow();
      boolean bad = rng.uniform() < share;
      double side = 0;
      for (int j = 0; j < 5; j++) {
        double a = rng.gaussian();
        side += PLANE[j] * a;
        batch.set(0, j, bad ? 10 * a : a);
      }
      batch.set(1, 0, side > 0 == bad ? -1 : 1);
      batch.commitRow();
    }
    return batch;
  }

  private static double cosine(Solver solver) {
    double[] y = new double[5];
    solver.lower(y);
    double dot = 0;
    double size = 0;
    double plane = 0;
    for (int j = 0; j < 5; j++) {
      dot += y[j] * PLANE[j];
      size += y[j] * y[j];
      plane += PLANE[j] * PLANE[j];
    }
    return dot / Math.sqrt(size * plane);
  }

  @Test
  void a_batch_that_serves_both_levels_is_weighed_for_each() {
    Problem problem =
        Problems.create(
            Settings.of("problem", Map.of("type", "logistic-regression", "features", 5)));
    Solver solver = solver(problem, keys(Map.of("contamination", 0.2, "xi", 50)));
    SplitMix64 rng = new SplitMix64(8);
    Batch both = new Batch(problem.schema(Level.LOWER), 40);
    both.appendRow(labelled(problem, rng, 0.1), 0);
    both.column(2)[0] = 1e5; // the weight of the row
    for (int i = 1; i < 40; i++) {
      both.appendRow(labelled(problem, rng, 0.1), i);
    }
    solver.step(StepInput.of(both, both));
    StepFigures figures = solver.figures();
    List<Level> levels = new ArrayList<>();
    for (int k = 0; k < figures.removals(); k++) {
      assertThat(figures.removedRow(k)).isZero();
      levels.add(figures.removedLevel(k));
    }
    assertThat(levels).containsExactlyInAnyOrder(Level.LOWER, Level.UPPER);
  }

  /** VRBO joins 3 batches into a large one and 2 into each small one, in buffers filled anew. */
  @Test
  void rows_of_joined_batches_are_named_by_the_batches_of_the_step() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "vrbo");
    keys.put("large-batch", 3);
    keys.put("small-batch", 2);
    keys.put("inner-steps", 2);
    keys.put("period", 2);
    keys.put("robust", Map.of("contamination", 0.2, "xi", 1e3));
    Solver solver = solver(game, keys);
    solver.step(new StepInput(List.of(), List.of()));
    int removed = 0;
    for (int t = 0; t < 6; t++) {
      Consumption need = solver.next();
      assertThat(need.lower()).isEqualTo(t % 2 == 0 ? 9 : 6);
      List<String> expected = new ArrayList<>();
      List<List<Batch>> input = new ArrayList<>();
      for (Level level : Level.values()) {
        List<Batch> batches = new ArrayList<>();
        for (int b = 0; b < need.lower(); b++) {
          Batch good = batch(level, 100 * t + 10 * b + level.ordinal(), 12 + b % 3);
          int row = (5 * b + t) % 12;
          batches.add(b % 4 == 3 ? good : with(good, row, 1e4));
          if (b % 4 != 3) {
            expected.add(level + " " + b + " " + row);
          }
        }
        input.add(batches);
      }
      boolean lowerFirst = Level.values()[0] == Level.LOWER;
      assertThat(
              solver.step(
                  new StepInput(input.get(lowerFirst ? 0 : 1), input.get(lowerFirst ? 1 : 0))))
          .isInstanceOf(Verdict.Advanced.class);
      StepFigures figures = solver.figures();
      List<String> found = new ArrayList<>();
      for (int k = 0; k < figures.removals(); k++) {
        found.add(
            figures.removedLevel(k) + " " + figures.removedBatch(k) + " " + figures.removedRow(k));
      }
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
      removed += expected.size();
    }
    Map<String, Double> told = new LinkedHashMap<>();
    solver.report(told::put);
    assertThat(
            told.get("aggregator-rows-removed-lower") + told.get("aggregator-rows-removed-upper"))
        .isEqualTo(removed);
  }

  @Test
  void the_room_for_joined_batches_is_checked_and_told() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "vrbo");
    keys.put("robust", Map.of("contamination", 0.2));
    Settings solver = Settings.of("solver", keys);
    int most = (1 << 24) / 7 / 10; // records of an upper batch, ten of which make a large one
    Methods.checkBatches(solver, game, 10, most);
    assertThatExceptionOfType(SettingException.class)
        .isThrownBy(() -> Methods.checkBatches(solver, game, 10, most + 1))
        .withMessageStartingWith(
            "solver.robust keeps a gradient of 7 numbers for each of " + 10 * (most + 1));
    assertThat(Methods.aggregatorBytes(solver, game, 10, 500))
        .isBetween(8L * 7 * 5000, 8L * 17 * 5000);
    keys.put("robust", Map.of("aggregator", "none"));
    assertThat(Methods.aggregatorBytes(Settings.of("solver", keys), game, 10, 500)).isZero();
  }
}
