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
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordWeightsTest {
  private static final int SOURCES = 2;
  private static final int BOTH = Portfolio.UPPER | Portfolio.LOWER;
  private static final boolean[] NONE = {};

  private static Problem problem(int features, String encoding) {
    return Problems.create(
        Settings.of(
            "problem",
            Map.of(
                "type",
                "logistic-regression",
                "features",
                features,
                "bias",
                false,
                "encoding",
                encoding,
                "sources",
                SOURCES,
                "hyperparameters",
                Map.of("l2", Map.of("per", "global")))));
  }

  /** Labels by the first feature; what source 1 says is true in that share of its records. */
  private static Batch rows(Problem problem, int features, int records, double truthful) {
    Batch out = new Batch(problem.schema(Level.LOWER), records);
    SplitMix64 rng = new SplitMix64(7);
    for (int i = 0; i < records; i++) {
      out.openRow();
      double first = 0;
      for (int j = 0; j < features; j++) {
        double value = rng.gaussian();
        first = j == 0 ? value : first;
        if (out.schema().sparse()) {
          out.append(j, value);
        } else {
          out.set(0, j, value);
        }
      }
      boolean positive = rng.uniform() < 1 / (1 + StrictMath.exp(-2 * first));
      int source = rng.index(SOURCES);
      boolean says = source == 0 || rng.uniform() < truthful;
      out.set(1, 0, positive == says ? 1 : 0);
      out.set(3, 0, source);
      out.set(4, 0, i % 3);
      out.commitRow();
    }
    return out;
  }

  private static WeightTuning tuning(boolean simplex, double theta) {
    return new WeightTuning(true, simplex, 0.05, 20, true, theta, NONE, NONE);
  }

  private static Map<String, double[]> arrays(RecordWeights weights) {
    Map<String, double[]> out = new HashMap<>();
    weights.state(
        new Member.Slots() {
          @Override
          public void array(String name, double[] live) {
            out.put(name, live);
          }

          @Override
          public void counts(String name, long[] live) {}
        });
    return out;
  }

  /** y after all rows, and z for every upper variable, with one of these moved. */
  private static double[] learned(Problem problem, boolean simplex, int moved, double by) {
    RowModel model = (RowModel) problem;
    RecordWeights weights = new RecordWeights(model, tuning(simplex, 0));
    Map<String, double[]> live = arrays(weights);
    double[] t = live.get("t");
    t[0] = 0.3;
    t[1] = -0.2;
    t[2] = 0.5;
    t[4] = -0.7;
    t[moved] += by;
    MemberTuning tuning = new MemberTuning(0.05, 0, Estimator.PLAIN, 1, 0, 0.4, 0, 1e-9, 10);
    TunedMember member =
        new TunedMember("one", 1, model, tuning, new double[] {1e-9}, new double[] {10}, null);
    Batch rows = rows(problem, 1, 60, 0.6);
    Row row = new Row(model);
    double[] scores = new double[1];
    double[] slopes = new double[1];
    double[] curvatures = new double[1];
    for (int r = 0; r < rows.size(); r++) {
      row.load(rows, r);
      weights.load(rows, r);
      Alone.scores(member, row, scores);
      model.slopes(rows, r, scores, 0, slopes, curvatures);
      slopes[0] *= weights.weight();
      curvatures[0] *= weights.weight();
      double bound = model.curvatureBound() * weights.weight();
      Alone.lengths(member, row);
      member.carry(row, slopes, curvatures, bound, 0, weights.traces(), weights.share());
      member.learn(row, slopes, curvatures, bound, 0);
    }
    double[] out = new double[1 + weights.count()];
    out[0] = member.y[0][0];
    for (int i = 0; i < weights.count(); i++) {
      out[1 + i] = live.get("z." + i + ".0")[0];
    }
    return out;
  }

  @ParameterizedTest(name = "{0}, simplex {1}, upper variable {2}")
  @CsvSource({
    "dense, false, 0",
    "dense, false, 1",
    "dense, true, 0",
    "dense, true, 1",
    "dense, true, 2",
    "dense, true, 3",
    "dense, true, 4",
    "sparse, true, 1",
    "sparse, false, 2"
  })
  void traces_are_the_derivatives_of_the_whole_path(String encoding, boolean simplex, int i) {
    Problem problem = problem(1, encoding);
    double e = 1e-5;
    double up = learned(problem, simplex, i, e)[0];
    double down = learned(problem, simplex, i, -e)[0];
    double expected = (up - down) / (2 * e);
    assertThat(expected).isNotZero();
    assertThat(learned(problem, simplex, i, 0)[1 + i])
        .isCloseTo(expected, within(1e-7 * Math.abs(expected)));
  }

  private static Portfolio portfolio(Problem problem, WeightTuning weights) {
    MemberTuning tuning =
        new MemberTuning(0.05, 0.003, Estimator.PLAIN, 1, 0, 1e-3, 0.003, 1e-6, 3);
    return new PortfolioBuilder((RowModel) problem, problem.schema(Level.LOWER))
        .recordWeights(weights)
        .fixed("reference", 5, 0.1, 1e-3)
        .fixed("slow", 1, 0.01, 1e-3)
        .tuned("tuned", 1, tuning, new double[] {1e-6}, new double[] {1})
        .build();
  }

  @Test
  void a_source_whose_labels_say_nothing_ends_with_hardly_any_weight() {
    Problem problem = problem(3, "dense");
    Portfolio portfolio =
        portfolio(problem, new WeightTuning(false, false, 0.05, 20, true, 0.005, NONE, NONE));
    Batch rows = rows(problem, 3, 20_000, 0.5);
    for (int r = 0; r < rows.size(); r++) {
      portfolio.take(rows, r, BOTH, (roles, loss, error, weight) -> {});
    }
    assertThat(portfolio.recordWeights()).isEqualTo(3);
    assertThat(StrictMath.exp(portfolio.logRecordWeight(1))).isLessThan(0.05);
    assertThat(StrictMath.exp(portfolio.logRecordWeight(0))).isGreaterThan(0.9);
  }

  /** Nine of ten negatives are missing among the records that are learned, not those judged. */
  @Test
  void class_weights_make_up_for_records_that_were_left_out_of_training() {
    Problem problem = problem(2, "dense");
    Portfolio portfolio =
        portfolio(problem, new WeightTuning(true, true, 0.05, 20, false, 0.005, NONE, NONE));
    Batch rows = rows(problem, 2, 40_000, 1);
    for (int r = 0; r < rows.size(); r++) {
      if (r % 2 == 0) {
        portfolio.take(rows, r, Portfolio.UPPER, (roles, loss, error, weight) -> {});
      } else if (rows.column(1)[r] > 0 || r % 20 == 1) {
        portfolio.take(rows, r, Portfolio.LOWER, (roles, loss, error, weight) -> {});
      }
    }
    double negative = StrictMath.exp(portfolio.logRecordWeight(0));
    double positive = StrictMath.exp(portfolio.logRecordWeight(1));
    assertThat(negative + positive).isCloseTo(2, within(1e-12));
    assertThat(negative / positive).isBetween(2.5, 30.0);
  }

  @Test
  void what_is_frozen_stays_where_it_began() {
    Problem problem = problem(2, "dense");
    MemberTuning tuning =
        new MemberTuning(0.05, 0.003, Estimator.PLAIN, 1, 0, 0.25, 0.003, 1e-6, 3);
    Portfolio portfolio =
        new PortfolioBuilder((RowModel) problem, problem.schema(Level.LOWER))
            .frozen(new Frozen(new boolean[] {false, true}, new boolean[] {true}))
            .recordWeights(
                new WeightTuning(
                    true,
                    false,
                    0.05,
                    20,
                    true,
                    0.005,
                    new boolean[] {true, false},
                    new boolean[] {false, true, true}))
            .tuned("tuned", 1, tuning, new double[] {1e-6}, new double[] {1})
            .tuned("other", 1, tuning, new double[] {1e-6}, new double[] {1})
            .build();
    Batch rows = rows(problem, 2, 500, 0.5);
    for (int r = 0; r < rows.size(); r++) {
      portfolio.take(rows, r, BOTH, (roles, loss, error, weight) -> {});
    }
    assertThat(portfolio.penalty(0)).isCloseTo(0.25, within(1e-15));
    assertThat(portfolio.logStep(1)).isCloseTo(StrictMath.log(0.05), within(1e-15));
    assertThat(portfolio.logStep(0)).isNotCloseTo(StrictMath.log(0.05), within(1e-3));
    assertThat(portfolio.logRecordWeight(0)).isZero();
    assertThat(portfolio.logRecordWeight(1)).isNotZero();
    assertThat(portfolio.logRecordWeight(3))
        .isCloseTo(-StrictMath.log1p(StrictMath.exp(-2)), within(1e-15));
    assertThat(portfolio.logRecordWeight(4)).isZero();
  }
}
