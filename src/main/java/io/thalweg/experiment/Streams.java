package io.thalweg.experiment;

import io.thalweg.oracle.RowModel;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Standardization;
import io.thalweg.solver.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;

/**
 * The method {@code auto} on streams that drift and some that do not, records taken one by one and
 * labels that come at once or late: what is lost by the published model, by the mixture of its
 * members and by the reference, beside the best in hindsight of nine fixed step sizes, each with
 * and without an L2 weight. An arm is a stream at a delay with one contender.
 */
final class Streams implements Experiment {
  private static final String PUBLISHED = "published";
  private static final String MIXED = "mixed";
  private static final String REFERENCE = "reference";
  private static final String RATIO = "published-to-reference";
  private static final String STEP = "step-size";
  private static final String AUC = "auc";
  private static final String RECOVERY = "recovery";
  private static final String L2_WEIGHT = "l2";
  private static final String MEAN_STEP = "mean-step-size";

  private static final int[] DELAYS = {0, 10, 100, 1000};
  private static final int LATE = 1000;
  private static final double USUAL_STEP = 0.1;
  private static final double L2 = 1e-3;

  private static final String FIXED = "fixed";
  private static final String PLAIN = "fixed-without-l2";

  /** For a reference without a penalty: the method wants a positive L2 weight. */
  private static final double NEGLIGIBLE_L2 = 1e-12;

  private static final String BEST = "best-reference";
  private static final String MOMENTUM = "momentum";
  private static final String STORM = "storm";

  /** Features brought to unit size on the way, though they are already. */
  private static final Map<String, Standardization> SCALED =
      Map.of(
          "standardised", Standardization.DEFAULTS,
          "standardised-unclipped", new Standardization(1e6, Double.POSITIVE_INFINITY),
          "standardised-half-life-1000", new Standardization(5, 1000));

  private static final List<String> SCALED_NAMES = SCALED.keySet().stream().sorted().toList();

  private static final List<String> STARTS = List.of("from-0.003", "from-0.1", "from-1");
  private static final String USUAL_START = "from-0.1";

  /**
   * By how many percent the published model may be worse than the reference, up to a delay of 100.
   */
  private static final double GUARD = 1;

  /** The same at a delay of 1000. */
  private static final double LATE_GUARD = 3;

  private static final double BANK_PUBLISHED = 0.2165;
  private static final double BANK_MIXED = 0.2150;
  private static final String OWN = "none";

  Streams() {}

  @Override
  public String name() {
    return "streams";
  }

  @Override
  public String summary() {
    return "The portfolio on drifting streams with labels at once and late: as good as its reference, and"
        + " as the best fixed step size in hindsight (more streams with --data).";
  }

  @Override
  public String source() {
    return "the project's own: prequential log-loss, record by record; SEA concepts as in Street and Kim,"
        + " KDD 2001; sparse drift as in Sutton, AAAI 1992";
  }

  @Override
  public String duration() {
    return "2 min";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      for (int delay : DELAYS) {
        out.add(arm(kind, delay, "from-0.003", Map.of("start", Map.of(STEP, 0.003))));
        out.add(arm(kind, delay, USUAL_START, Map.of("start", Map.of(STEP, USUAL_STEP))));
        out.add(arm(kind, delay, "from-1", Map.of("start", Map.of(STEP, 1))));
        out.add(arm(kind, delay, MOMENTUM, Map.of("estimator", MOMENTUM)));
        out.add(arm(kind, delay, STORM, Map.of("estimator", STORM)));
        out.add(arm(kind, delay, BEST, Map.of("start", Map.of(STEP, USUAL_STEP))));
        out.add(fixed(kind, delay, FIXED, L2));
        out.add(fixed(kind, delay, PLAIN, 0));
      }
      for (String scaled : SCALED_NAMES) {
        out.add(arm(kind, 0, scaled, Map.of("start", Map.of(STEP, USUAL_STEP))));
      }
    }
    return out;
  }

  private static Arm arm(StreamKind kind, int delay, String contender, Map<String, ?> own) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "auto");
    keys.put(REFERENCE, Map.of("l2", L2, STEP, USUAL_STEP));
    keys.putAll(own);
    return named(kind, delay, contender, keys);
  }

  private static Arm fixed(StreamKind kind, int delay, String contender, double l2) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", FIXED);
    keys.put("l2", l2);
    return named(kind, delay, contender, keys);
  }

  private static Arm named(StreamKind kind, int delay, String contender, Map<String, Object> keys) {
    keys.put("label-delay", delay);
    return new Arm(
        arm(kind, delay, contender), keys, Map.of("stream", kind.words(), "contender", contender));
  }

  private static String arm(StreamKind kind, int delay, String contender) {
    return kind.words() + "-" + delay + "-" + contender;
  }

  @Override
  public List<Arm> arms(Shelf shelf) {
    return available(shelf, name(), arms());
  }

  /** Those of the arms whose streams there are data for. */
  static List<Arm> available(Shelf shelf, String experiment, List<Arm> arms) {
    Optional<Path> data = shelf.data();
    boolean letters = isThere(data, StreamKind.LETTERS);
    boolean shuttle = isThere(data, StreamKind.SHUTTLE);
    if (data.isPresent() && !letters && !shuttle) {
      throw new MissingDataException(
          experiment
              + ": "
              + data.get()
              + " must hold letters.csv or shuttle.csv; src/docs/experiments.md says how to make"
              + " them");
    }
    return arms.stream()
        .filter(
            arm -> {
              String file = kind(arm).file();
              return file.isEmpty() || (file.equals(StreamKind.LETTERS.file()) ? letters : shuttle);
            })
        .toList();
  }

  private static boolean isThere(Optional<Path> data, StreamKind kind) {
    return data.isPresent() && Files.isRegularFile(data.get().resolve(kind.file()));
  }

  private static StreamKind kind(Arm arm) {
    return StreamKind.of(arm.options().text("stream"));
  }

  @Override
  public boolean isDrawn(Arm arm) {
    return kind(arm) == StreamKind.BANK && arm.settings().integer("label-delay") == 0;
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.plain(PUBLISHED, "log-loss of the published model"),
        Measure.plain(MIXED, "log-loss of the mixture"),
        Measure.plain(REFERENCE, "log-loss of the reference"),
        Measure.plain(RATIO, "published / reference"),
        Measure.plain(STEP, "step size of the reference, or of the best fixed model"),
        Measure.plain(AUC, "area under the ROC curve of the published model"),
        Measure.plain(RECOVERY, "records a drift is felt for, mean"),
        Measure.decades(L2_WEIGHT, "L2 weight of the published model"),
        Measure.decades(MEAN_STEP, "geometric mean of the published step sizes"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? StreamTrial.STEPS / 10 : StreamTrial.STEPS, 10, 1.2, 1, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of();
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    for (String start : STARTS) {
      String bank = arm(StreamKind.BANK, 0, start);
      out.add(
          atMost(
              bank + ": published",
              List.of(bank),
              Statistic.medianAt(bank, PUBLISHED, StreamTrial.STEPS),
              BANK_PUBLISHED));
      out.add(
          atMost(
              bank + ": mixed",
              List.of(bank),
              Statistic.medianAt(bank, MIXED, StreamTrial.STEPS),
              BANK_MIXED));
    }
    for (StreamKind kind : StreamKind.values()) {
      out.add(guard(kind, List.of(0, 10, 100), STARTS, "the reference", GUARD));
      out.add(
          guard(kind, List.of(0, 10, 100), List.of(BEST), "the best fixed as reference", GUARD));
      out.add(guard(kind, List.of(LATE), STARTS, "the reference", LATE_GUARD));
      out.add(guard(kind, List.of(LATE), List.of(BEST), "the best fixed as reference", LATE_GUARD));
    }
    for (StreamKind kind : StreamKind.values()) {
      for (int delay : DELAYS) {
        if (kind.drifts() && delay < LATE) {
          List<String> arms = new ArrayList<>(names(kind, List.of(delay), STARTS));
          arms.add(arm(kind, delay, FIXED));
          arms.add(arm(kind, delay, PLAIN));
          out.add(
              atMost(
                  kind.words()
                      + ", delay "
                      + delay
                      + ": published above the best fixed, %, worst of 3 starts",
                  arms,
                  results -> toBest(results, kind, delay),
                  0));
        }
      }
    }
    return out;
  }

  private static Expectation guard(
      StreamKind kind, List<Integer> delays, List<String> contenders, String against, double most) {
    List<String> arms = names(kind, delays, contenders);
    return atMost(
        kind.words()
            + (delays.size() > 1 ? ", delays 0 to 100" : ", delay " + delays.get(0))
            + ": published above "
            + against
            + ", %"
            + (arms.size() > 1 ? ", worst of " + arms.size() + " arms" : ""),
        arms,
        results -> worst(results, arms),
        most);
  }

  private static Expectation atMost(
      String what, List<String> arms, Statistic statistic, double most) {
    return new Expectation(
        what, OWN, arms, StreamTrial.STEPS, 1, statistic, Double.NEGATIVE_INFINITY, most);
  }

  private static List<String> names(
      StreamKind kind, List<Integer> delays, List<String> contenders) {
    List<String> out = new ArrayList<>();
    for (int delay : delays) {
      contenders.forEach(contender -> out.add(arm(kind, delay, contender)));
    }
    return out;
  }

  private static double end(Results results, String arm, String measure) {
    return results.has(arm) ? results.quantile(arm, measure, results.lastMark(), 0.5) : Double.NaN;
  }

  private static double worst(Results results, List<String> arms) {
    return percent(
        arms.stream().mapToDouble(arm -> end(results, arm, RATIO)).max().orElse(Double.NaN));
  }

  private static double toBest(Results results, StreamKind kind, int delay) {
    double best =
        Math.min(
            end(results, arm(kind, delay, FIXED), PUBLISHED),
            end(results, arm(kind, delay, PLAIN), PUBLISHED));
    double worst =
        names(kind, List.of(delay), STARTS).stream()
            .mapToDouble(arm -> end(results, arm, PUBLISHED))
            .max()
            .orElse(Double.NaN);
    return percent(worst / best);
  }

  /** By how much more than 1. */
  private static double percent(double ratio) {
    return 100 * (ratio - 1);
  }

  @Override
  public List<Section> sections(Results results) {
    List<List<String>> rows = new ArrayList<>();
    List<List<String>> judged = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      for (int delay : DELAYS) {
        boolean ran =
            results.arms().stream()
                .anyMatch(a -> a.name().startsWith(kind.words() + "-" + delay + "-"));
        if (ran) {
          rows.add(row(results, kind, delay));
          judged.add(judged(results, kind, delay));
        }
      }
    }
    return List.of(
        new Section(
            "Prequential log-loss",
            List.of(
                "stream, delay",
                "reference 0.1",
                "best fixed (its step)",
                "best fixed without L2",
                "published from 0.003",
                "from 0.1",
                "from 1",
                "mixed from 0.1",
                "momentum",
                "storm",
                "published above reference, %, worst start",
                "published above best fixed, %, worst start",
                "with the best fixed as reference, %"),
            rows),
        new Section(
            "Order, and drifts that come at once",
            List.of(
                "stream, delay",
                "AUC, published from 0.1",
                "best fixed",
                "records a drift is felt for, mean: published from 0.1",
                "best fixed"),
            judged),
        new Section(
            "Published, features standardised on the way, from 0.1, delay 0",
            List.of(
                "stream",
                "as prepared",
                "standardised",
                "with a half-life of 1000",
                "without the clip"),
            scaled(results)));
  }

  private static List<String> judged(Results results, StreamKind kind, int delay) {
    List<String> row = new ArrayList<>();
    row.add(kind.words() + ", " + delay);
    List<String> arms = List.of(arm(kind, delay, USUAL_START), arm(kind, delay, FIXED));
    arms.forEach(arm -> row.add(cell(end(results, arm, AUC))));
    boolean atOnce = kind.drifts(Integer.MAX_VALUE).length > 0;
    arms.forEach(arm -> row.add(atOnce ? cell(end(results, arm, RECOVERY)) : "-"));
    return row;
  }

  private static List<List<String>> scaled(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (StreamKind kind : StreamKind.values()) {
      if (SCALED_NAMES.stream().anyMatch(name -> results.has(arm(kind, 0, name)))) {
        List<String> row = new ArrayList<>(List.of(kind.words()));
        row.add(cell(end(results, arm(kind, 0, USUAL_START), PUBLISHED)));
        SCALED_NAMES.forEach(name -> row.add(cell(end(results, arm(kind, 0, name), PUBLISHED))));
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<String> row(Results results, StreamKind kind, int delay) {
    List<String> starts = names(kind, List.of(delay), STARTS);
    String usual = arm(kind, delay, USUAL_START);
    List<String> row = new ArrayList<>();
    row.add(kind.words() + ", " + delay);
    row.add(cell(end(results, usual, REFERENCE)));
    row.add(fixed(results, arm(kind, delay, FIXED)));
    row.add(fixed(results, arm(kind, delay, PLAIN)));
    starts.forEach(arm -> row.add(cell(end(results, arm, PUBLISHED))));
    row.add(cell(end(results, usual, MIXED)));
    row.add(cell(end(results, arm(kind, delay, MOMENTUM), PUBLISHED)));
    row.add(cell(end(results, arm(kind, delay, STORM), PUBLISHED)));
    row.add(cell(worst(results, starts)));
    row.add(cell(toBest(results, kind, delay)));
    row.add(cell(percent(end(results, arm(kind, delay, BEST), RATIO))));
    return row;
  }

  private static String fixed(Results results, String arm) {
    return cell(end(results, arm, PUBLISHED)) + " (" + cell(end(results, arm, STEP)) + ")";
  }

  private static String cell(double value) {
    return Numbers.plain(value);
  }

  @Override
  public Trials open(Shelf shelf) {
    return new Prepared(shelf);
  }

  /** The streams, and the best fixed step sizes on them. */
  private static final class Prepared implements Trials {
    private final Shelf shelf;
    private final StreamSource source;
    private final Map<String, String> sums = new ConcurrentHashMap<>();

    Prepared(Shelf shelf) {
      this.shelf = shelf;
      source = new StreamSource(shelf.data());
    }

    /** The user's file, where one is read; all else is part of the program. */
    @Override
    public String identity(Arm arm) {
      return identity(kind(arm));
    }

    private String identity(StreamKind kind) {
      return kind.file().isEmpty() ? "" : sums.computeIfAbsent(kind.file(), this::sum);
    }

    private String sum(String file) {
      CRC32 sum = new CRC32();
      try {
        sum.update(Files.readAllBytes(shelf.data().orElseThrow().resolve(file)));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
      return Long.toHexString(sum.getValue());
    }

    @Override
    public Trial start(Arm arm, long seed) {
      StreamKind kind = kind(arm);
      int delay = arm.settings().integer("label-delay");
      RecordStream stream = source.get(kind, seed);
      Problem problem = problem(stream.features());
      SampleSchema schema = problem.schema(Level.LOWER);
      String contender = arm.options().text("contender");
      int[] drifts = kind.drifts(stream.size());
      StreamTrial.Learner learner;
      if (arm.method().equals(FIXED)) {
        double l2 = arm.settings().number("l2");
        learner = new FixedLearner(new FixedRates(model(problem), schema, delay, l2, drifts), l2);
      } else {
        Map<String, Object> keys = new LinkedHashMap<>(arm.solver());
        double step = USUAL_STEP;
        if (contender.equals(BEST)) {
          double[] plain = losses(kind, delay, seed, 0);
          double[] damped = losses(kind, delay, seed, L2);
          int free = FixedRates.best(plain);
          int held = FixedRates.best(damped);
          boolean without = plain[free] < damped[held];
          step = FixedRates.rate(without ? free : held);
          keys.put(REFERENCE, Map.of("l2", without ? NEGLIGIBLE_L2 : L2, STEP, step));
        }
        learner =
            new AutoLearner(
                problem, keys, SCALED.get(contender), step, new Recoveries(drifts), seed);
      }
      return new StreamTrial(stream, schema, delay, learner);
    }

    private static Problem problem(int features) {
      return Problems.create(
          Settings.of(
              "problem",
              Map.of(
                  "type",
                  "logistic-regression",
                  "features",
                  features,
                  "hyperparameters",
                  Map.of("l2", Map.of("per", "global")))));
    }

    private static RowModel model(Problem problem) {
      return Objects.requireNonNull(problem.as(RowModel.class));
    }

    /** What every fixed step size loses over the whole stream. */
    private double[] losses(StreamKind kind, int delay, long seed, double l2) {
      return shelf.numbers(
          (l2 > 0 ? FIXED : PLAIN) + "-" + kind.words() + "-" + delay + "-" + seed,
          identity(kind) + " " + l2,
          () -> {
            RecordStream stream = source.get(kind, seed);
            Problem problem = problem(stream.features());
            SampleSchema schema = problem.schema(Level.LOWER);
            FixedRates rates = new FixedRates(model(problem), schema, delay, l2, new int[0]);
            StreamTrial pass = new StreamTrial(stream, schema, delay, new FixedLearner(rates, l2));
            for (int i = 0; i < StreamTrial.STEPS; i++) {
              pass.draw();
              pass.step();
            }
            return rates.losses();
          });
    }
  }

  /** Fixed step sizes; what is published is the one that lost least so far. */
  private record FixedLearner(FixedRates rates, double l2) implements StreamTrial.Learner {
    @Override
    public Verdict take(Batch batch) {
      rates.take(batch);
      return Verdict.Advanced.INSTANCE;
    }

    @Override
    public int models() {
      return FixedRates.count();
    }

    @Override
    public void measure(double[] out) {
      double[] losses = rates.losses();
      int best = FixedRates.best(losses);
      out[0] = losses[best];
      out[1] = losses[best];
      out[2] = rates.usual();
      out[3] = out[0] / out[2];
      out[4] = FixedRates.rate(best);
      out[5] = StreamTrial.known(rates.auc(best));
      out[6] = rates.recovery(best);
      out[7] = l2;
      out[8] = FixedRates.rate(best);
    }
  }
}
