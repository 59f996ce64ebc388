package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How many samples a method draws until |grad F| &lt;= eps on the noisy compatible PL game: the
 * rate experiment behind the claims eps^-4 (msgbio) and eps^-3 (vr-msgbio). The figure of a step is
 * the root mean square of |grad F(x_t)| over independent runs on one game; a level eps is reached
 * at the first step from which the mean of the figure over the next tenth of the steps so far stays
 * at or below it; the slope is the least-squares slope of log(samples) against log(1 / eps).
 */
public final class PlGameRates {
  private PlGameRates() {}

  /**
   * What is run.
   *
   * @param game how the game is drawn
   * @param method id of the method
   * @param hypergradient its option
   * @param batch rows per level and step
   * @param runs independent runs, at least 1
   * @param steps steps per run
   * @param seed of game, initial points and draws
   */
  public record Plan(
      CompatibleGame.Spec game,
      String method,
      String hypergradient,
      int batch,
      int runs,
      int steps,
      long seed) {}

  /**
   * When a level was reached.
   *
   * @param eps level of |grad F|
   * @param step first step at or below it, 0 when never
   * @param samples samples drawn by then, both levels together
   */
  public record Row(double eps, int step, long samples) {}

  /**
   * One curve.
   *
   * @param plan what was run
   * @param rows levels, falling
   * @param slope of log(samples) against log(1 / eps) over the levels that were reached
   * @param floor root mean square of |grad F| over the last tenth of the steps
   */
  public record Curve(Plan plan, List<Row> rows, double slope, double floor) {}

  /** Levels the slope is taken over, a quarter of an octave apart. */
  private static final double[] LEVELS = levels();

  private static double[] levels() {
    double[] out = new double[13];
    for (int i = 0; i < out.length; i++) {
      out[i] = 0.2 * StrictMath.pow(2, -0.25 * i);
    }
    return out;
  }

  /**
   * The game of the published acceptance numbers: d 10, r 5, n 1000, noise 1.
   *
   * @param coupling c, 0.01 for the rates, 0.1 for the comparison of floors
   * @return how to draw it
   */
  public static CompatibleGame.Spec noisyGame(double coupling) {
    return new CompatibleGame.Spec(10, 5, 1000, coupling, 0.1, 0.3, 1);
  }

  /**
   * The whole experiment: rates of both methods with weak coupling, then floors with dense and
   * linear-system hypergradients side by side with ten times the coupling.
   *
   * @param runs runs per curve, 8 or more for a slope worth quoting
   * @param steps steps per run, 20 000 or more likewise
   * @param seed of games, initial points and draws
   * @param each is told of every curve as it is done
   * @return all curves in order
   */
  public static List<Curve> all(int runs, int steps, long seed, Consumer<Curve> each) {
    List<Curve> out = new ArrayList<>();
    for (double coupling : new double[] {0.01, 0.1}) {
      for (String method : List.of("msgbio", "vr-msgbio")) {
        for (String hypergradient : List.of("dense", "linear-system")) {
          Curve curve =
              run(new Plan(noisyGame(coupling), method, hypergradient, 10, runs, steps, seed));
          out.add(curve);
          each.accept(curve);
        }
      }
    }
    return out;
  }

  /**
   * The curves as a Markdown table: one line per curve, samples at the levels nearest 0.1, 0.05 and
   * 0.035, slope and floor.
   *
   * @param curves what {@link #all} returned
   * @return the table
   */
  public static String table(List<Curve> curves) {
    int[] shown = {4, 8, 10};
    StringBuilder out = new StringBuilder("| method | hypergradient | coupling |");
    for (int level : shown) {
      out.append(String.format(Locale.ROOT, " steps to %.3f |", LEVELS[level]));
    }
    out.append(" slope | floor |\n|---|---|---|---|---|---|---|---|\n");
    for (Curve curve : curves) {
      Plan plan = curve.plan();
      out.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s |",
              plan.method(),
              plan.hypergradient(),
              plan.game().c()));
      for (int level : shown) {
        int step = curve.rows().get(level).step();
        out.append(step == 0 ? " not reached |" : " " + step + " |");
      }
      out.append(String.format(Locale.ROOT, " %.2f | %.4f |\n", curve.slope(), curve.floor()));
    }
    return out.toString();
  }

  /**
   * Runs one curve; the same plan gives the same bits.
   *
   * @param plan what to run
   * @return the levels with the samples they took, the slope and the floor
   */
  public static Curve run(Plan plan) {
    double[] meanSquare = meanSquares(plan);
    List<Row> rows = new ArrayList<>();
    for (double eps : LEVELS) {
      int step = firstBelow(meanSquare, eps);
      rows.add(new Row(eps, step, 2L * plan.batch() * step));
    }
    int tail = Math.max(1, plan.steps() / 10);
    double sum = 0;
    for (int t = plan.steps() - tail; t < plan.steps(); t++) {
      sum += meanSquare[t];
    }
    return new Curve(plan, List.copyOf(rows), slope(rows), Math.sqrt(sum / tail));
  }

  /** Mean over runs of |grad F(x_t)|^2 for t = 1 ... steps at index t - 1. */
  static double[] meanSquares(Plan plan) {
    CompatibleGame game = new CompatibleGame(plan.game(), plan.seed());
    double[] out = new double[plan.steps()];
    int d = plan.game().d();
    double[] x = new double[d];
    double[] scratch = new double[d];
    for (int run = 0; run < plan.runs(); run++) {
      SplitMix64 rng = new SplitMix64(plan.seed() + 1 + run);
      Solver solver = solver(plan, game.problem(), rng);
      Batch lower = new Batch(game.problem().schema(Level.LOWER), plan.batch());
      Batch upper = new Batch(game.problem().schema(Level.UPPER), plan.batch());
      StepInput input = StepInput.of(lower, upper);
      for (int t = 0; t < plan.steps(); t++) {
        game.draw(Level.UPPER, rng, upper);
        game.draw(Level.LOWER, rng, lower);
        if (solver.step(input) instanceof Verdict.Refused refused) {
          throw new IllegalStateException("step " + (t + 1) + " was refused: " + refused.reason());
        }
        solver.upper(x);
        double norm = game.gradientNorm(x, scratch);
        out[t] += norm * norm / plan.runs();
      }
    }
    return out;
  }

  private static Solver solver(Plan plan, Problem problem, SplitMix64 rng) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", plan.method());
    keys.put("hypergradient", plan.hypergradient());
    keys.put("gamma", 1);
    keys.put("lambda", 1);
    keys.put("eta", Map.of("k", 1, "m", 8));
    keys.put("mu", 0.2);
    keys.put("lg", 2);
    keys.put("c", 1);
    double[] x1 = new double[problem.upperDim()];
    double[] y1 = new double[problem.lowerDim()];
    Arrays.setAll(x1, i -> rng.gaussian());
    Arrays.setAll(y1, i -> rng.gaussian());
    return Methods.create(
        Settings.of("solver", keys), problem, x1, y1, Constraint.NONE, plan.seed());
  }

  /** First step t whose window [t, 1.1 t] has a root mean square at or below eps; 0 when none. */
  private static int firstBelow(double[] meanSquare, double eps) {
    double[] prefix = new double[meanSquare.length + 1];
    for (int i = 0; i < meanSquare.length; i++) {
      prefix[i + 1] = prefix[i] + meanSquare[i];
    }
    for (int t = 1; t + t / 10 <= meanSquare.length; t++) {
      int last = t + t / 10;
      if (prefix[last] - prefix[t - 1] <= eps * eps * (last - t + 1)) {
        return t;
      }
    }
    return 0;
  }

  private static double slope(List<Row> rows) {
    double n = 0;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (Row row : rows) {
      if (row.step() > 0) {
        double x = -StrictMath.log(row.eps());
        double y = StrictMath.log((double) row.samples());
        n++;
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
      }
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
  }
}
