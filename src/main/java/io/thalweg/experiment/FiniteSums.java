package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Bias floors and rates on a finite sum of 24 terms per level with a known minimum, one record per
 * draw or all of them: what gradients alone cost (fdehbo), what tables buy (saba), where series and
 * penalties stop. Started from (1, 1, 1) and 0.
 */
final class FiniteSums implements Experiment {
  private static final String GAP = "upper-gap";
  private static final String DISTANCE = "distance";
  private static final String FULL = "-full";
  private static final String VRBO = "vrbo";
  private static final int SEEDS = 10;

  FiniteSums() {}

  @Override
  public String name() {
    return "fd-finite-sum";
  }

  @Override
  public String summary() {
    return "Bias floors and rates of the methods for strongly convex lower levels on a finite sum with a"
        + " known minimum, one record per draw and on full batches.";
  }

  @Override
  public String source() {
    return "arXiv 2312.03807 (FdeHBO) and the papers of the arms; test problem P3: 24 terms, x in R^3,"
        + " y in R^4";
  }

  @Override
  public String duration() {
    return "30 s";
  }

  @Override
  public List<Arm> arms() {
    String storm = ", m: 8, c: 4";
    String differences = "method: fdehbo, w0: 8, c-eta: 4, r-v: 5, delta: 1e-3, scale-delta: false";
    String full = differences + ", alpha: 0.3, beta: 0.6, lambda: 0.6, decay: 0";
    return List.of(
        arm("soba", "method: soba, rho: 0.4, gamma: 0.2"),
        arm("saba", "method: saba, rho: 0.1, gamma: 0.05"),
        arm(
            "stocbio",
            "method: stocbio, alpha: 0.2, beta: 0.1, inner-steps: 5, neumann-terms: 5, eta: 0.2"),
        arm("ttsa", "method: ttsa, beta: 0.4, alpha: 0.3, neumann-terms: 5, eta: 0.3"),
        arm("mrbo", "method: mrbo, alpha: 0.15, beta: 0.3, neumann-terms: 5, eta: 0.3" + storm),
        arm(
            "sustain",
            "method: sustain, alpha: 0.1, beta: 0.3, neumann-terms: 5, eta: 0.3" + storm),
        arm(
            VRBO,
            "method: vrbo, alpha: 0.1, beta: 0.3, period: 5, inner-steps: 3, neumann-terms: 5, eta:"
                + " 0.3, small-batch: 6, large-batch: 24"),
        arm("fdehbo", differences + ", alpha: 0.15, beta: 0.3, lambda: 0.3"),
        arm(
            "f2sa",
            "method: f2sa, T: 5, alpha: 0.3, gamma: 0.3, xi: 0.5, lambda0: 1, growth: paper"),
        arm("soba" + FULL, "method: soba, rho: 0.6, gamma: 0.3, decay: 0"),
        arm(
            "stocbio" + FULL,
            "method: stocbio, alpha: 0.6, beta: 0.3, inner-steps: 10, neumann-terms: 20, eta: 0.6"),
        arm("fdehbo" + FULL, full),
        arm("fmbo" + FULL, full + ", exact: true"),
        arm(
            "f2sa" + FULL,
            "method: f2sa, T: 5, alpha: 0.5, gamma: 0.6, xi: 0.5, lambda0: 1, delta: 0.1, growth:"
                + " linear"));
  }

  private static Arm arm(String name, String solver) {
    return new Arm(name, SettingsText.read(solver), Map.of("full", name.endsWith(FULL)));
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(GAP, "F − F*"), Measure.decades(DISTANCE, "|x − x*|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 101 : 2001, quick ? 5 : 20, 1.06, quick ? 2 : SEEDS, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(GAP, 1e-2), new Target(GAP, 1e-4));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    gap(out, "soba", 2000, "6e-4 to 4e-3", 6e-4, 4e-3);
    gap(out, "saba", 2000, "below 1e-15", -2e-15, 2e-15);
    gap(out, "stocbio", 200, "1.6e-2 to 1.6e-1", 1.6e-2, 0.16);
    gap(out, "ttsa", 400, "4e-3 to 1.7e-2", 4e-3, 1.7e-2);
    gap(out, "mrbo", 400, "3.5e-3 to 3.5e-2", 3.5e-3, 3.5e-2);
    gap(out, "sustain", 400, "2.8e-3 to 4.3e-2", 2.8e-3, 4.3e-2);
    gap(out, VRBO, 200, "1.905e-4: bias of a series of 5", 1.8e-4, 2e-4);
    gap(out, "fdehbo", 2000, "2e-3 to 2.5e-2", 2e-3, 2.5e-2);
    gap(out, "f2sa", 400, "9e-2 to 1.7e-1: bias of a small penalty", 9e-2, 0.17);
    distance(out, "soba" + FULL, 400, "2e-16", 0, 1e-14);
    distance(out, "stocbio" + FULL, 200, "4e-13", 0, 1e-11);
    distance(out, "fdehbo" + FULL, 400, "1.7e-8: bias of the differences", 1.6e-8, 1.8e-8);
    distance(out, "fmbo" + FULL, 400, "2e-16", 0, 1e-14);
    distance(out, "f2sa" + FULL, 1000, "2.9e-3: bias of a penalty of 101", 2.5e-3, 3.5e-3);
    return out;
  }

  /** Moves k = 1, 2, ... are steps 2, 3, ...: step 1 is the start. */
  private static void gap(
      List<Expectation> out, String arm, int moves, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": F − F* after " + moves + " moves, median",
            published + " in five runs",
            List.of(arm),
            moves + 1L,
            SEEDS,
            Statistic.medianAt(arm, GAP, moves + 1L),
            least,
            most));
  }

  private static void distance(
      List<Expectation> out, String arm, int moves, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": |x − x*| after " + moves + " moves",
            published,
            List.of(arm),
            moves + 1L,
            1,
            Statistic.medianAt(arm, DISTANCE, moves + 1L),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    return new Terms();
  }

  private static final double[] START = {1, 1, 1};

  /** To the last bits: by descent alone it is known to 1e-13. */
  static final double[] MINIMISER = {
    -0.2015059227376337, 0.05646079591048792, -0.46174084714942437
  };

  /** The terms and their minimum. */
  static final class Terms implements Trials {

    private final Batch lower;
    private final Batch upper;
    private final double minimum;

    Terms() {
      Problem problem = problem();
      lower = terms(problem, Level.LOWER, "A", 16, "C", 12, "a", 4);
      upper = terms(problem, Level.UPPER, "t", 4, "r", 3);
      minimum = truth().value(MINIMISER);
    }

    /** F over all terms. */
    Truth truth() {
      return new Truth(problem(), lower, upper);
    }

    private static Problem problem() {
      return Problems.create(Settings.of("problem", Map.of("type", "finite-sum")));
    }

    private static Batch terms(Problem problem, Level level, Object... fields) {
      double[][] rows = Tables.load(level == Level.LOWER ? "finite-sum-lower" : "finite-sum-upper");
      Batch out = new Batch(problem.schema(level), rows.length);
      for (int i = 0; i < rows.length; i++) {
        out.openRow();
        out.set(out.schema().column("index"), 0, i);
        int from = 0;
        for (int f = 0; f < fields.length; f += 2) {
          int length = (Integer) fields[f + 1];
          Tables.put(out, (String) fields[f], rows[i], from, length);
          from += length;
        }
        out.commitRow();
      }
      return out;
    }

    @Override
    public Map<String, String> facts() {
      return Map.of("F*", Double.toString(minimum));
    }

    @Override
    public Trial start(Arm arm, long seed) {
      Problem problem = problem();
      Truth truth = truth();
      double[] away = new double[START.length];
      return new SolverTrial(
          arm,
          new SolverTrial.Instance(
              problem,
              START.clone(),
              new double[problem.lowerDim()],
              Constraint.NONE,
              samples(arm, new SplitMix64(seed)),
              (x, y, out) -> {
                out[0] = truth.value(x) - minimum;
                Kernels.add(x, -1, MINIMISER, away);
                out[1] = Kernels.norm2(away);
              }),
          seed);
    }

    private Samples samples(Arm arm, SplitMix64 rng) {
      if (arm.options().flag("full", false)) {
        return Samples.full(lower, upper);
      }
      Samples drawn = Samples.drawn(lower, upper, 1, 1, rng);
      return arm.name().equals(VRBO) ? refreshed(drawn) : drawn;
    }

    /** A step that asks for more terms than there are begins with every one of them. */
    private Samples refreshed(Samples drawn) {
      return (level, count) -> {
        Batch all = level == Level.LOWER ? lower : upper;
        List<Batch> out = drawn.next(level, count);
        for (int i = 0; i < all.size() && count > all.size(); i++) {
          out.get(i).clear();
          out.get(i).appendRow(all, i);
        }
        return out;
      };
    }
  }
}
