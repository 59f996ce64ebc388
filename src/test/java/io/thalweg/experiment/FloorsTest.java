package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Where methods with a bias end on the compatible PL game without noise, and that warm galet has
 * none. Published figures are of one draw of the game; floors vary with the spectrum drawn by an
 * order of magnitude, so a figure has to lie within the spread of draws 1 to 8, half as much again
 * allowed at either end.
 */
class FloorsTest {
  private static final int DRAWS = 8;
  private static final double C = 0.1;
  private static final CompatibleGame.Spec EXACT =
      new CompatibleGame.Spec(10, 5, 1000, C, 0.1, 0.3, 0);

  private static final CompatibleGame[] GAMES = new CompatibleGame[DRAWS];
  private static final StepInput[] SAMPLES = new StepInput[DRAWS];

  @BeforeAll
  static void draw() {
    for (int i = 0; i < DRAWS; i++) {
      GAMES[i] = new CompatibleGame(EXACT, i + 1L);
      MeanGame mean = new MeanGame(GAMES[i], C);
      SAMPLES[i] = StepInput.of(mean.all(Level.LOWER), mean.all(Level.UPPER));
    }
  }

  /** Sorted over the draws: |grad F| at the end, and steps to some levels, 0 where not reached. */
  private record Runs(double[] floor, int[][] steps) {}

  private static Runs runs(int steps, double[] levels, String method, Object... settings) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    for (int i = 0; i < settings.length; i += 2) {
      keys.put((String) settings[i], settings[i + 1]);
    }
    Runs runs = new Runs(new double[DRAWS], new int[levels.length][DRAWS]);
    for (int draw = 0; draw < DRAWS; draw++) {
      SplitMix64 rng = new SplitMix64(5);
      double[] x = new double[10];
      double[] y = new double[10];
      Arrays.setAll(x, i -> rng.gaussian());
      Arrays.setAll(y, i -> rng.gaussian());
      Solver solver =
          Methods.create(
              Settings.of("solver", keys), GAMES[draw].problem(), x, y, Constraint.NONE, 1);
      solver.step(new StepInput(List.of(), List.of()));
      for (int t = 2; t <= steps; t++) {
        assertThat(solver.step(SAMPLES[draw])).isInstanceOf(Verdict.Advanced.class);
        solver.upper(x);
        runs.floor[draw] = GAMES[draw].gradientNorm(x, y);
        for (int i = 0; i < levels.length; i++) {
          if (runs.steps[i][draw] == 0 && runs.floor[draw] <= levels[i]) {
            runs.steps[i][draw] = t;
          }
        }
      }
    }
    Arrays.sort(runs.floor);
    for (int[] reached : runs.steps) {
      Arrays.sort(reached);
    }
    return runs;
  }

  private static double[] floors(int steps, String method, Object... settings) {
    return runs(steps, new double[0], method, settings).floor;
  }

  private static double median(double[] sorted) {
    return (sorted[DRAWS / 2 - 1] + sorted[DRAWS / 2]) / 2;
  }

  private static void assertWithin(double published, double[] sorted) {
    assertThat(published)
        .as("published, beside %s", Arrays.toString(sorted))
        .isBetween(sorted[0] / 1.5, sorted[DRAWS - 1] * 1.5);
  }

  @Test
  void the_game_of_means_is_the_game() {
    for (int draw = 0; draw < DRAWS; draw++) {
      double[] x = {0.3, -0.2, 0.5, 1, -1, 0.1, 0.7, 0, -0.4, 0.2};
      double[] y = {1, 0, -0.6, 0.2, 0.5, -0.9, 0, 0.3, 0.8, -0.1};
      for (Level level : Level.values()) {
        double[] ofX = new double[10];
        double[] ofY = new double[10];
        double[] meansOfX = new double[10];
        double[] meansOfY = new double[10];
        if (level == Level.LOWER) {
          GAMES[draw].problem().gradLowerX(x, y, GAMES[draw].all(level), ofX);
          GAMES[draw].problem().gradLowerY(x, y, GAMES[draw].all(level), ofY);
          GAMES[draw].problem().gradLowerX(x, y, SAMPLES[draw].lower().get(0), meansOfX);
          GAMES[draw].problem().gradLowerY(x, y, SAMPLES[draw].lower().get(0), meansOfY);
        } else {
          GAMES[draw].problem().upperGradients(x, y, GAMES[draw].all(level), ofX, ofY);
          GAMES[draw]
              .problem()
              .upperGradients(x, y, SAMPLES[draw].upper().get(0), meansOfX, meansOfY);
        }
        Golden.assertClose("d/dx", meansOfX, ofX, 1e-12);
        Golden.assertClose("d/dy", meansOfY, ofY, 1e-12);
      }
    }
  }

  @Test
  void bome_ends_where_the_accuracy_of_its_inner_iterations_lets_it() {
    Object[] common = {"lr-x", 0.01, "lr-y", 0.01, "lr-inner", 0.5, "T", 10};
    Runs ten = runs(5000, new double[] {1e-2}, "bome", common);
    assertThat(1365.0).isBetween(ten.steps[0][0] / 1.5, ten.steps[0][DRAWS - 1] * 1.5);
    assertWithin(8e-3, ten.floor);
    common[7] = 50;
    double[] fifty = floors(5000, "bome", common);
    assertWithin(8e-4, fifty);
    assertThat(median(fifty)).isLessThan(median(ten.floor) / 3);
  }

  @Test
  void the_bias_of_v_pbgd_falls_with_gamma_and_with_inner_iterations() {
    double[] ten = floors(4000, "v-pbgd", "gamma", 10, "alpha", 0.5 / 11, "beta", 0.5);
    double[] thirty = floors(8000, "v-pbgd", "gamma", 30, "alpha", 0.5 / 31, "beta", 0.5);
    double[] one = floors(4000, "v-pbgd", "gamma", 10, "alpha", 0.5 / 11, "beta", 0.01, "T", 1);
    assertWithin(1.3e-2, ten);
    assertWithin(6.5e-3, thirty);
    assertWithin(1e-1, one);
    assertThat(median(thirty)).isLessThan(median(ten));
    assertThat(median(one)).isGreaterThan(5 * median(ten));
  }

  @Test
  void galet_has_no_floor_when_its_shadow_variable_is_warm() {
    double[] levels = {1e-2, 1e-4, 1e-6};
    Object[] common = {"alpha", 0.01, "beta", 0.5, "rho", 0.5, "T", 10};
    Runs cold = runs(5000, levels, "galet", common);
    assertWithin(3e-2, cold.floor);
    common[7] = 50;
    double[] longer = floors(5000, "galet", common);
    assertWithin(2e-3, longer);
    assertThat(median(longer)).isLessThan(median(cold.floor) / 5);
    Runs warm =
        runs(5000, levels, "galet", "alpha", 0.01, "beta", 0.5, "rho", 0.5, "T", 5, "warm", true);
    int[] published = {670, 1950, 3330};
    for (int i = 0; i < levels.length; i++) {
      assertThat(warm.steps[i]).as("steps to %s in every draw", levels[i]).doesNotContain(0);
      assertThat((double) published[i])
          .as("published steps to %s, beside %s", levels[i], Arrays.toString(warm.steps[i]))
          .isBetween(warm.steps[i][0] / 1.5, warm.steps[i][DRAWS - 1] * 1.5);
    }
  }

  @Test
  void bvfsm_diverges_where_the_upper_level_is_unbounded_in_y() {
    double[] end = floors(3000, "bvfsm", "lr-x", 0.1, "lr-y", 0.1, "lr-z", 0.1);
    assertThat(end[0]).isGreaterThan(1e6);
  }
}
