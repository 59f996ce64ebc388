package io.thalweg.portfolio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.RowModel;
import io.thalweg.portfolio.MemberTuning.Estimator;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortfolioTest {
  private static final int RECORDS = 400;

  private static Problem problem(String type, int features, String encoding, String per) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("type", type);
    keys.put("features", features);
    keys.put("encoding", encoding);
    keys.put("hyperparameters", Map.of("l2", Map.of("per", per)));
    if (type.equals("softmax-regression")) {
      keys.put("classes", 3);
    }
    return Problems.create(Settings.of("problem", keys));
  }

  /** Rows with zeros among their entries, answers that drift. */
  private static Batch rows(Problem problem, int features, int records, long seed) {
    Batch out = new Batch(problem.schema(Level.LOWER), records);
    SplitMix64 rng = new SplitMix64(seed);
    boolean softmax = problem.id().equals("softmax-regression");
    for (int i = 0; i < records; i++) {
      out.openRow();
      double margin = 0;
      for (int j = 0; j < features; j++) {
        double value = rng.uniform() < 0.4 ? 0 : rng.gaussian();
        margin += value * (j % 2 == 0 ? 1 : -1) * (i < records / 2 ? 1 : -1);
        if (!out.schema().sparse()) {
          out.set(0, j, value);
        } else if (value != 0) {
          out.append(j, value);
        }
      }
      boolean regression = problem.id().equals("ridge-regression");
      double label = margin + rng.gaussian() > 0 ? 1 : 0;
      out.set(
          1,
          0,
          regression ? margin + 0.1 * rng.gaussian() : softmax ? rng.index(2) + label : label);
      out.commitRow();
    }
    return out;
  }

  private static Portfolio portfolio(Problem problem, int delay, double beta) {
    RowModel model = (RowModel) problem;
    double[] least = new double[model.groups()];
    double[] most = new double[model.groups()];
    Arrays.fill(least, 1e-6);
    Arrays.fill(most, 50);
    MemberTuning tuning =
        new MemberTuning(0.02, 0.003, estimator(beta), Math.abs(beta), 0.1, 0.01, 0.003, 1e-6, 3);
    return new PortfolioBuilder(model, problem.schema(Level.LOWER))
        .fixed("reference", 2, 0.1, 1e-3)
        .tuned("tuned", 1, tuning, least, most)
        .tuned(
            "bold",
            1,
            new MemberTuning(0.3, 0.005, estimator(beta), Math.abs(beta), 0, 0.1, 0.005, 1e-6, 3),
            least,
            most)
        .labelDelay(delay)
        .build();
  }

  /** A negative beta stands for STORM. */
  private static Estimator estimator(double beta) {
    return beta < 0 ? Estimator.STORM : beta < 1 ? Estimator.MOMENTUM : Estimator.PLAIN;
  }

  private static void play(Portfolio portfolio, Batch rows, int from, int to) {
    for (int r = from; r < to; r++) {
      portfolio.take(rows, r, Portfolio.UPPER | Portfolio.LOWER, (roles, loss, error, w) -> {});
    }
  }

  private static List<double[]> state(Portfolio portfolio) {
    List<double[]> out = new ArrayList<>();
    portfolio.state(
        new StateVisitor() {
          @Override
          public void doubles(String name, double[] live) {
            // of sparse rows only what the last record held is kept there
            if (!name.contains("before") && !name.endsWith("changed-by")) {
              out.add(live.clone());
            }
          }

          @Override
          public void longs(String name, long[] live) {
            out.add(Arrays.stream(live).asDoubleStream().toArray());
          }
        });
    return out;
  }

  /** A model with the curvature bound 0, whose steps are not shortened by what the record holds. */
  private record Unbounded(RowModel of) implements RowModel {
    @Override
    public double curvatureBound() {
      return 0;
    }

    @Override
    public int features() {
      return of.features();
    }

    @Override
    public boolean hasBias() {
      return of.hasBias();
    }

    @Override
    public int outputs() {
      return of.outputs();
    }

    @Override
    public int groups() {
      return of.groups();
    }

    @Override
    public int[] groupOf() {
      return of.groupOf();
    }

    @Override
    public double weightOf(double upper) {
      return of.weightOf(upper);
    }

    @Override
    public double upperOf(double weight) {
      return of.upperOf(weight);
    }

    @Override
    public boolean isLikelihood() {
      return of.isLikelihood();
    }

    @Override
    public double weight(Batch batch, int row) {
      return of.weight(batch, row);
    }

    @Override
    public double loss(Batch batch, int row, double[] scores, int at) {
      return of.loss(batch, row, scores, at);
    }

    @Override
    public void slopes(
        Batch batch, int row, double[] scores, int at, double[] slopes, double[] curvatures) {
      of.slopes(batch, row, scores, at, slopes, curvatures);
    }

    @Override
    public double likelihood(Batch batch, int row, double[] slopes) {
      return of.likelihood(batch, row, slopes);
    }

    @Override
    public double error(Batch batch, int row, double[] scores, int at) {
      return of.error(batch, row, scores, at);
    }
  }

  /** y, and the traces h and z, after learning all rows with nothing tuned on the way. */
  private static double[] learned(Problem problem, Batch rows, double logStep, double logPenalty) {
    RowModel model = new Unbounded((RowModel) problem);
    MemberTuning tuning =
        new MemberTuning(
            StrictMath.exp(logStep),
            0,
            Estimator.PLAIN,
            1,
            0,
            StrictMath.exp(logPenalty),
            0,
            1e-9,
            10);
    TunedMember member =
        new TunedMember("one", 1, model, tuning, new double[] {1e-9}, new double[] {10}, null);
    Row row = new Row(model);
    double[] scores = new double[1];
    double[] slopes = new double[1];
    double[] curvatures = new double[1];
    for (int r = 0; r < rows.size(); r++) {
      row.load(rows, r);
      Alone.scores(member, row, scores);
      model.slopes(rows, r, scores, 0, slopes, curvatures);
      member.tune(row, slopes);
      Alone.lengths(member, row);
      member.learn(row, slopes, curvatures, model.curvatureBound(), 0);
    }
    Map<String, double[]> state = new LinkedHashMap<>();
    member.state(
        new Member.Slots() {
          @Override
          public void array(String name, double[] live) {
            state.put(name, live);
          }

          @Override
          public void counts(String name, long[] live) {}
        });
    return new double[] {state.get("y")[0], state.get("h")[0], state.get("z")[0]};
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "logistic-regression, dense",
    "logistic-regression, sparse",
    "ridge-regression, dense",
    "ridge-regression, sparse"
  })
  void traces_are_the_derivatives_of_the_whole_path(String type, String encoding) {
    Map<String, Object> keys =
        Map.of(
            "type",
            type,
            "features",
            1,
            "bias",
            false,
            "encoding",
            encoding,
            "hyperparameters",
            Map.of("l2", Map.of("per", "global")));
    Problem problem = Problems.create(Settings.of("problem", keys));
    Batch rows = rows(problem, 1, 60, 3);
    double step = -3;
    double penalty = -1;
    double e = 1e-5;
    double[] at = learned(problem, rows, step, penalty);
    double byStep =
        (learned(problem, rows, step + e, penalty)[0]
                - learned(problem, rows, step - e, penalty)[0])
            / (2 * e);
    double byPenalty =
        (learned(problem, rows, step, penalty + e)[0]
                - learned(problem, rows, step, penalty - e)[0])
            / (2 * e);
    assertThat(at[1]).isCloseTo(byStep, within(1e-8 * Math.abs(byStep)));
    assertThat(at[2]).isCloseTo(byPenalty, within(1e-8 * Math.abs(byPenalty)));
    assertThat(byPenalty).isNotZero();
  }

  /** The loss of record t at the weights that learning the first {@code upTo} records led to. */
  private static double loss(Problem problem, Batch rows, int t, int upTo, double logStep) {
    Batch first = new Batch(problem.schema(Level.LOWER), RECORDS);
    for (int r = 0; r < upTo; r++) {
      first.appendRow(rows, r);
    }
    double y = learned(problem, first, logStep, -1)[0];
    Row row = new Row((RowModel) problem);
    row.load(rows, t);
    return ((RowModel) problem).loss(rows, t, new double[] {row.dot(new double[] {y})}, 0);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "logistic-regression, dense",
    "logistic-regression, sparse",
    "ridge-regression, dense"
  })
  void the_storm_estimate_compares_the_loss_of_one_record_at_two_ends_of_the_path(
      String type, String encoding) {
    Map<String, Object> keys =
        Map.of("type", type, "features", 1, "bias", false, "encoding", encoding);
    Problem problem = Problems.create(Settings.of("problem", keys));
    int records = 25;
    Batch rows = rows(problem, 1, records, 3);
    RowModel model = new Unbounded((RowModel) problem);
    double step = -3;
    double beta = 0.3;
    MemberTuning tuning =
        new MemberTuning(
            StrictMath.exp(step), 0, Estimator.STORM, beta, 0, StrictMath.exp(-1), 0, 1e-9, 10);
    TunedMember member =
        new TunedMember("one", 1, model, tuning, new double[] {1e-9}, new double[] {10}, null);
    Row row = new Row(model);
    double[] scores = new double[1];
    double[] slopes = new double[1];
    double[] before = new double[1];
    double[] curvatures = new double[1];
    double expected = 0;
    double e = 1e-5;
    for (int t = 0; t < records; t++) {
      row.load(rows, t);
      member.scoresBefore(row, scores);
      model.slopes(rows, t, scores, 0, before, curvatures);
      Alone.scores(member, row, scores);
      model.slopes(rows, t, scores, 0, slopes, curvatures);
      member.tune(row, slopes, before);
      Alone.lengths(member, row);
      member.learn(row, slopes, curvatures, 0, 0);
      if (row.length() > 0 && row.value()[0] != 0) {
        int last = Math.max(0, t - 1);
        double now =
            (loss(problem, rows, t, t, step - e) - loss(problem, rows, t, t, step + e)) / (2 * e);
        double then =
            (loss(problem, rows, t, last, step - e) - loss(problem, rows, t, last, step + e))
                / (2 * e);
        expected = now + (1 - beta) * (expected - then);
      }
    }
    double[] estimate = {0};
    member.state(
        new Member.Slots() {
          @Override
          public void array(String name, double[] live) {
            estimate[0] = name.equals("mean") ? live[0] : estimate[0];
          }

          @Override
          public void counts(String name, long[] live) {}
        });
    assertThat(expected).isNotZero();
    assertThat(estimate[0]).isCloseTo(expected, within(1e-7 * Math.abs(expected)));
  }

  @ParameterizedTest(name = "{0}, {1}, beta {2}, labels {3} late")
  @CsvSource({
    "logistic-regression, global, 1, 0",
    "logistic-regression, feature, 1, 0",
    "logistic-regression, feature, 0.1, 7",
    "ridge-regression, global, 1, 0",
    "softmax-regression, class, 1, 0",
    "softmax-regression, feature, 1, 5",
    "logistic-regression, global, -0.3, 0",
    "softmax-regression, feature, -0.1, 5"
  })
  void a_dense_row_with_zeros_teaches_what_a_sparse_one_does(
      String type, String per, double beta, int delay) {
    Problem dense = problem(type, 9, "dense", per);
    Problem sparse = problem(type, 9, "sparse", per);
    Portfolio one = portfolio(dense, delay, beta);
    Portfolio two = portfolio(sparse, delay, beta);
    play(one, rows(dense, 9, RECORDS, 5), 0, RECORDS);
    play(two, rows(sparse, 9, RECORDS, 5), 0, RECORDS);
    List<double[]> a = state(one);
    List<double[]> b = state(two);
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < a.get(i).length; j++) {
        double expected = a.get(i)[j];
        assertThat(b.get(i)[j])
            .as("array %d, entry %d", i, j)
            .isCloseTo(expected, within(1e-9 * (1e-3 + Math.abs(expected))));
      }
    }
    assertThat(one.weight(1)).isNotEqualTo(0.25);
  }

  @Test
  void a_row_that_is_too_large_is_refused_without_a_trace() {
    Problem problem = problem("logistic-regression", 3, "dense", "global");
    Portfolio portfolio = portfolio(problem, 0, 1);
    Batch rows = rows(problem, 3, 50, 1);
    play(portfolio, rows, 0, 50);
    List<double[]> before = state(portfolio);
    Batch bad = new Batch(problem.schema(Level.LOWER), 3);
    for (double poison : new double[] {Double.NaN, 1e200, Double.POSITIVE_INFINITY}) {
      bad.openRow();
      bad.set(0, 1, poison);
      bad.set(1, 0, 1);
      bad.commitRow();
    }
    play(portfolio, bad, 0, 3);
    List<double[]> after = state(portfolio);
    assertThat(portfolio.refused()).isEqualTo(3);
    for (int i = 0; i < before.size() - 1; i++) {
      assertThat(after.get(i)).isEqualTo(before.get(i));
    }
  }

  @Test
  void a_label_that_is_out_of_all_proportion_is_refused_without_a_trace() {
    Problem problem = problem("ridge-regression", 3, "dense", "global");
    Portfolio portfolio = portfolio(problem, 0, 1);
    Batch rows = rows(problem, 3, 50, 1);
    play(portfolio, rows, 0, 50);
    List<double[]> before = state(portfolio);
    Batch bad = new Batch(problem.schema(Level.LOWER), 1);
    bad.appendRow(rows, 0);
    bad.column(1)[0] = 1e300;
    play(portfolio, bad, 0, 1);
    assertThat(portfolio.refused()).isEqualTo(1);
    List<double[]> after = state(portfolio);
    for (int i = 0; i < before.size() - 1; i++) {
      assertThat(after.get(i)).isEqualTo(before.get(i));
    }
  }

  @Test
  void the_published_model_scores_as_the_members_by_their_weights() {
    Problem problem = problem("softmax-regression", 4, "dense", "global");
    RowModel model = (RowModel) problem;
    Portfolio portfolio = portfolio(problem, 0, 1);
    Batch rows = rows(problem, 4, RECORDS, 8);
    play(portfolio, rows, 0, RECORDS - 1);
    double[] y = new double[problem.lowerDim()];
    portfolio.average(y);
    double[] scores = new double[3];
    for (int k = 0; k < 3; k++) {
      for (int j = 0; j < 4; j++) {
        scores[k] += rows.column(0)[(RECORDS - 1) * 4 + j] * y[j * 3 + k];
      }
      scores[k] += y[4 * 3 + k];
    }
    double expected = model.loss(rows, RECORDS - 1, scores, 0);
    double[] heard = new double[1];
    portfolio.take(
        rows, RECORDS - 1, Portfolio.UPPER, (roles, loss, error, weight) -> heard[0] = loss);
    assertThat(heard[0]).isCloseTo(expected, within(1e-12));
  }

  @ParameterizedTest(name = "{0} records late")
  @ValueSource(ints = {1, 13, 100})
  void a_late_label_is_scored_as_predicted_and_learned_when_it_comes(int delay) {
    Problem problem = problem("logistic-regression", 5, "dense", "global");
    Batch rows = rows(problem, 5, RECORDS, 2);
    Portfolio late = portfolio(problem, delay, 1);
    double[] losses = new double[RECORDS];
    int[] count = new int[1];
    for (int r = 0; r < RECORDS; r++) {
      late.take(
          rows,
          r,
          Portfolio.UPPER | Portfolio.LOWER,
          (roles, loss, error, w) -> losses[count[0]++] = loss);
    }
    assertThat(count[0]).isEqualTo(RECORDS - delay);
    // the first records were predicted by models that had learned nothing
    for (int r = 0; r <= delay; r++) {
      assertThat(losses[r]).isCloseTo(StrictMath.log(2), within(1e-12));
    }
    assertThat(losses[delay + 1]).isNotCloseTo(StrictMath.log(2), within(1e-6));
  }

  /** Where records are surprising, no member thinks their label possible in double precision. */
  @ParameterizedTest(name = "weight {0}, surprises {1}")
  @CsvSource({"1, false", "2.5, false", "1, true"})
  void probabilities_and_losses_move_the_weights_alike(double weight, boolean surprises) {
    Problem problem = problem("logistic-regression", 5, "dense", "global");
    Batch rows = rows(problem, 5, RECORDS, 6);
    Arrays.fill(rows.column(2), 0, RECORDS, weight);
    if (surprises) {
      for (int r = 60; r < RECORDS; r += 60) {
        surprise(rows, r);
      }
    }
    double mixed = 0;
    Portfolio portfolio = portfolio(problem, 0, 1);
    FixedShare expected = new FixedShare(new double[] {2, 1, 1}, 3e-4);
    RowModel model = (RowModel) problem;
    for (int r = 0; r < RECORDS; r++) {
      double[] losses = new double[3];
      double[] y = new double[6];
      for (int i = 0; i < 3; i++) {
        portfolio.model(i, y);
        double margin = y[5];
        for (int j = 0; j < 5; j++) {
          margin += y[j] * rows.column(0)[r * 5 + j];
        }
        losses[i] = model.loss(rows, r, new double[] {margin}, 0);
      }
      mixed += mixed(losses, expected.weights, weight);
      expected.update(losses);
      play(portfolio, rows, r, r + 1);
      for (int i = 0; i < 3; i++) {
        assertThat(portfolio.weight(i)).isCloseTo(expected.weights[i], within(1e-10));
      }
    }
    assertThat(portfolio.mixedLoss()).isCloseTo(mixed, within(1e-8 * mixed));
  }

  private static double mixed(double[] losses, double[] weights, double weight) {
    double least = Arrays.stream(losses).min().orElseThrow();
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += weights[i] * StrictMath.exp((least - losses[i]) / weight);
    }
    return least - weight * StrictMath.log(sum);
  }

  /** Far out along what is being learned at the time, with the opposite label. */
  private static void surprise(Batch rows, int r) {
    boolean firstHalf = r < RECORDS / 2;
    for (int j = 0; j < 5; j++) {
      rows.column(0)[r * 5 + j] = 200 * (j % 2 == 0 == firstHalf ? 1 : -1);
    }
    rows.column(1)[r] = 0;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void the_mixture_is_as_good_as_any_member_up_to_its_prior(long seed) {
    Problem problem = problem("logistic-regression", 6, "dense", "feature");
    Batch rows = rows(problem, 6, 3000, seed);
    Portfolio portfolio = portfolio(problem, 0, 1);
    play(portfolio, rows, 0, 3000);
    double mixed = portfolio.mixedLoss();
    double reference = portfolio.referenceLoss();
    double share = 3e-4;
    assertThat(mixed).isLessThanOrEqualTo(reference + StrictMath.log(2) + 3000 * share * 1.001);
    assertThat(portfolio.weight()).isEqualTo(3000);
  }

  private static Portfolio robust(Problem problem, int delay) {
    return expecting(problem, delay, 0.1);
  }

  private static Portfolio expecting(Problem problem, int delay, double contamination) {
    RowModel model = (RowModel) problem;
    double[] least = new double[model.groups()];
    double[] most = new double[model.groups()];
    Arrays.fill(least, 1e-6);
    Arrays.fill(most, 50);
    MemberTuning tuning =
        new MemberTuning(0.02, 0.003, Estimator.PLAIN, 1, 0.1, 0.01, 0.003, 1e-6, 3);
    return new PortfolioBuilder(model, problem.schema(Level.LOWER))
        .fixed("reference", 2, 0.1, 1e-3)
        .tuned("tuned", 1, tuning, least, most)
        .contamination(contamination)
        .labelDelay(delay)
        .build();
  }

  @ParameterizedTest(name = "{0}, labels {1} late")
  @CsvSource({"logistic-regression, 0", "logistic-regression, 9", "softmax-regression, 0"})
  void gross_records_leave_no_trace_in_any_model(String type, int delay) {
    Problem problem = problem(type, 5, "dense", "global");
    Batch rows = rows(problem, 5, RECORDS, 9);
    Batch dirty = new Batch(problem.schema(Level.LOWER), 2 * RECORDS);
    List<Integer> bad = new ArrayList<>();
    for (int r = 0; r < RECORDS; r++) {
      if (r > 40 && r % 9 == 0) {
        bad.add(dirty.size());
        dirty.appendRow(rows, r);
        for (int j = 0; j < 5; j++) {
          dirty.column(0)[(dirty.size() - 1) * 5 + j] = 1e4;
        }
      }
      dirty.appendRow(rows, r);
    }
    Portfolio clean = robust(problem, delay);
    Portfolio portfolio = robust(problem, delay);
    play(clean, rows, 0, RECORDS);
    List<Integer> removed = new ArrayList<>();
    for (int r = 0; r < dirty.size(); r++) {
      if (!portfolio.take(
          dirty, r, Portfolio.UPPER | Portfolio.LOWER, (roles, loss, error, w) -> {})) {
        removed.add(r);
      }
    }
    assertThat(removed).isEqualTo(bad);
    assertThat(portfolio.removed()).isEqualTo(bad.size());
    assertThat(portfolio.removedShare()).isPositive();
    double[] y = new double[problem.lowerDim()];
    double[] expected = new double[problem.lowerDim()];
    portfolio.average(y);
    clean.average(expected);
    assertThat(y).isEqualTo(expected);
    assertThat(portfolio.members()).isEqualTo(3);
  }

  @Test
  void an_answer_that_stands_far_apart_is_left_out_and_a_new_world_is_not() {
    Problem problem = problem("ridge-regression", 5, "dense", "global");
    Batch rows = rows(problem, 5, 2000, 9);
    Portfolio portfolio = robust(problem, 0);
    assertThat(portfolio.members()).isEqualTo(2);
    for (int r = 500; r < 900; r += 20) {
      rows.column(1)[r] = 1e4;
    }
    // what is to be learned changes its sign at record 1000
    int left = 0;
    for (int r = 0; r < 2000; r++) {
      boolean taken =
          portfolio.take(rows, r, Portfolio.UPPER | Portfolio.LOWER, (o, l, e, w) -> {});
      if (r < 1000) {
        assertThat(taken).as("record %d", r).isEqualTo(r < 500 || r >= 900 || r % 20 != 0);
      } else {
        left += taken ? 0 : 1;
      }
    }
    assertThat(left).isLessThan(60);
    double[] last = {0};
    play(portfolio, rows, 0, 1000);
    portfolio.take(rows, 0, Portfolio.UPPER, (roles, loss, error, w) -> last[0] = loss);
    assertThat(last[0]).isLessThan(0.5);
  }

  @Test
  void flipped_labels_do_little_harm_to_the_loss_of_the_others() {
    Problem problem = problem("logistic-regression", 4, "dense", "global");
    int records = 40_000;
    Batch rows = new Batch(problem.schema(Level.LOWER), records);
    boolean[] bad = new boolean[records];
    SplitMix64 rng = new SplitMix64(5);
    for (int r = 0; r < records; r++) {
      rows.openRow();
      double margin = 0;
      for (int j = 0; j < 4; j++) {
        double value = rng.gaussian();
        margin += 2 * value;
        rows.set(0, j, value);
      }
      bad[r] = rng.uniform() < 0.1;
      boolean positive = rng.uniform() < 1 / (1 + StrictMath.exp(-margin));
      rows.set(1, 0, positive != bad[r] ? 1 : 0);
      rows.commitRow();
    }
    double robust = sound(robust(problem, 0), rows, bad);
    double plain = sound(expecting(problem, 0, 0), rows, bad);
    for (int r = 0; r < records; r++) {
      rows.column(1)[r] = bad[r] ? 1 - rows.column(1)[r] : rows.column(1)[r];
    }
    double clean = sound(expecting(problem, 0, 0), rows, bad);
    assertThat(robust).isLessThan(1.02 * clean);
    assertThat(plain).isGreaterThan(1.1 * clean);
    assertThat(sound(robust(problem, 0), rows, bad)).isCloseTo(clean, within(0.005 * clean));
  }

  /** Mean published loss of the records that are not bad. */
  private static double sound(Portfolio portfolio, Batch rows, boolean[] bad) {
    double[] sum = new double[2];
    for (int r = 0; r < rows.size(); r++) {
      boolean counts = !bad[r];
      portfolio.take(
          rows,
          r,
          Portfolio.UPPER | Portfolio.LOWER,
          (roles, loss, error, w) -> {
            if (counts) {
              sum[0] += loss;
              sum[1]++;
            }
          });
    }
    return sum[0] / sum[1];
  }

  @Test
  void steps_stay_within_their_bounds() {
    Problem problem = problem("ridge-regression", 2, "dense", "global");
    RowModel model = (RowModel) problem;
    Portfolio portfolio =
        new PortfolioBuilder(model, problem.schema(Level.LOWER))
            .tuned(
                "eager",
                1,
                new MemberTuning(0.01, 0.05, Estimator.PLAIN, 1, 0, 0.01, 0.05, 0.009, 0.02),
                new double[] {0.005},
                new double[] {0.02})
            .build();
    Batch rows = rows(problem, 2, 2000, 4);
    for (int r = 0; r < 2000; r++) {
      play(portfolio, rows, r, r + 1);
      assertThat(portfolio.penalty(0)).isBetween(0.005 - 1e-15, 0.02 + 1e-15);
    }
    play(portfolio, rows, 0, 1);
    assertThat(StrictMath.exp(portfolio.logStep(0))).isBetween(0.004, 0.06);
  }

  /**
   * Loops for a score, one plain model taking two: predict, learn. A tuned member: a'y; with one L2
   * weight a'z; the sum of hypergradients and the tuning, for the step sizes and for each L2 weight
   * of its own; the length of the step; the step, one loop for sparse rows, three for dense ones;
   * with STORM what is kept of before, and its score. With late labels a'y and a'z twice.
   */
  @ParameterizedTest(name = "{0}, {1}, labels {2} late, {3}: {4} loops of a tuned member")
  @CsvSource({
    "dense, global, 0, 1, 8, 2",
    "dense, feature, 0, 1, 9, 2",
    "sparse, global, 0, 1, 6, 2",
    "sparse, feature, 0, 1, 7, 2",
    "dense, global, 5, 1, 10, 3",
    "dense, feature, 5, 1, 10, 3",
    "dense, feature, 0, -0.3, 11, 2",
  })
  void what_members_cost_is_counted_in_loops_over_a_record(
      String encoding, String per, int delay, double beta, int tuned, int plain) {
    Problem problem = problem("logistic-regression", 3, encoding, per);
    assertThat(portfolio(problem, delay, beta).relativeCost())
        .isEqualTo((plain + 2.0 * tuned) / plain);
  }

  @Test
  void hypergradients_that_are_not_summed_cost_nothing() {
    int features = 3000;
    Problem problem = problem("logistic-regression", features, "sparse", "feature");
    Portfolio portfolio = portfolio(problem, 0, 1);
    assertThat(portfolio.hypergradients()).isZero();
    assertThat(portfolio.relativeCost()).isEqualTo((2 + 2 * 5.0) / 2);
  }
}
