package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraints;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTrialTest {
  private static final StreamSource SOURCE = new StreamSource(Optional.empty());

  private static Problem problem(int features) {
    return Problems.create(
        Settings.of("problem", Map.of("type", "logistic-regression", "features", features)));
  }

  /** Keeps the label of every record in the order it hears of them. */
  private static final class Ear implements StreamTrial.Learner {
    private final List<Double> labels = new ArrayList<>();

    @Override
    public Verdict take(Batch batch) {
      for (int r = 0; r < batch.size(); r++) {
        labels.add(batch.column(1)[r]);
      }
      return Verdict.Advanced.INSTANCE;
    }

    @Override
    public int models() {
      return 1;
    }

    @Override
    public void measure(double[] out) {}
  }

  @ParameterizedTest(name = "{0} records, {1} late")
  @CsvSource({"1000,0", "1234,0", "1234,7", "50,300"})
  void a_pass_takes_every_record_once_and_goes_on_until_the_last_label_is_in(int n, int delay) {
    double[] rows = new double[n];
    double[] labels = new double[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i;
    }
    Ear ear = new Ear();
    StreamTrial trial =
        new StreamTrial(
            new RecordStream(1, rows, labels), problem(1).schema(Level.LOWER), delay, ear);
    for (int step = 0; step < StreamTrial.STEPS; step++) {
      trial.draw();
      assertThat(trial.step()).isInstanceOf(Verdict.Advanced.class);
    }
    assertThat(trial.samples()).isEqualTo(n);
    assertThat(ear.labels).hasSize(n + delay);
    for (int i = 0; i < ear.labels.size(); i++) {
      assertThat(ear.labels.get(i)).isEqualTo(i % n);
    }
  }

  /** One model without others, by formula. */
  @ParameterizedTest(name = "{0} late")
  @ValueSource(ints = {0, 3, 200})
  void a_fixed_step_size_loses_what_its_formula_says(int delay) {
    RecordStream sea = SOURCE.get(StreamKind.SEA, 1);
    int n = 900;
    RecordStream stream =
        new RecordStream(
            3,
            java.util.Arrays.copyOf(sea.rows(), 3 * n),
            java.util.Arrays.copyOf(sea.labels(), n));
    Problem problem = problem(3);
    FixedRates rates =
        new FixedRates(
            (io.thalweg.oracle.RowModel) problem,
            problem.schema(Level.LOWER),
            delay,
            0.01,
            new int[0]);
    StreamTrial trial =
        new StreamTrial(
            stream,
            problem.schema(Level.LOWER),
            delay,
            new StreamTrial.Learner() {
              @Override
              public Verdict take(Batch batch) {
                rates.take(batch);
                return Verdict.Advanced.INSTANCE;
              }

              @Override
              public int models() {
                return 1;
              }

              @Override
              public void measure(double[] out) {}
            });
    for (int step = 0; step < StreamTrial.STEPS; step++) {
      trial.draw();
      trial.step();
    }
    for (int k = 0; k < FixedRates.count(); k++) {
      assertThat(rates.loss(k))
          .as("step size %s", FixedRates.rate(k))
          .isCloseTo(loss(stream, delay, FixedRates.rate(k), 0.01), within(1e-12));
    }
  }

  private static double loss(RecordStream stream, int delay, double rate, double l2) {
    double[] y = new double[4];
    double sum = 0;
    for (int i = 0; i < stream.size(); i++) {
      sum += StrictMath.log1p(StrictMath.exp(-stream.labels()[i] * score(stream, i, y)));
      int k = i - delay;
      if (k < 0) {
        continue;
      }
      double b = stream.labels()[k];
      double squares = 1;
      for (int j = 0; j < 3; j++) {
        squares += stream.rows()[3 * k + j] * stream.rows()[3 * k + j];
      }
      double step = rate / (1 + rate * squares / 4);
      double pull = step * b / (1 + StrictMath.exp(b * score(stream, k, y)));
      for (int j = 0; j < 3; j++) {
        y[j] = (y[j] + pull * stream.rows()[3 * k + j]) * (1 - step * l2);
      }
      y[3] += pull;
    }
    return sum / stream.size();
  }

  private static double score(RecordStream stream, int i, double[] y) {
    double sum = y[3];
    for (int j = 0; j < 3; j++) {
      sum += stream.rows()[3 * i + j] * y[j];
    }
    return sum;
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = StreamKind.class,
      names = {"STATIONARY", "ABRUPT", "GRADUAL", "SEA", "SPARSE_DRIFT", "BANK_NOISE"})
  void a_stream_follows_from_its_seed(StreamKind kind) {
    RecordStream one = new StreamSource(Optional.empty()).get(kind, 1);
    assertThat(one.labels()).isEqualTo(SOURCE.get(kind, 1).labels());
    assertThat(one.rows()).isEqualTo(SOURCE.get(kind, 1).rows());
    assertThat(one.labels()).isNotEqualTo(SOURCE.get(kind, 2).labels());
  }

  @Test
  void labels_of_sea_say_whether_two_features_stay_below_the_threshold_but_for_a_tenth() {
    RecordStream sea = SOURCE.get(StreamKind.SEA, 1);
    double deviation = 10 / Math.sqrt(12);
    double[] thresholds = {8, 9, 7, 9.5};
    for (int quarter = 0; quarter < 4; quarter++) {
      int wrong = 0;
      for (int i = quarter * 10_000; i < (quarter + 1) * 10_000; i++) {
        double sum = 10 + deviation * (sea.rows()[3 * i] + sea.rows()[3 * i + 1]);
        wrong += (sum <= thresholds[quarter] ? 1 : -1) == sea.labels()[i] ? 0 : 1;
      }
      assertThat(wrong).isBetween(900, 1100);
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(StreamKind.class)
  void a_drift_at_once_begins_where_the_stream_changes(StreamKind kind) {
    int[] drifts = kind.drifts(40_001);
    switch (kind) {
      case BANK_FLIP -> assertThat(drifts).containsExactly(20_000);
      case ABRUPT, SEA, LETTERS_DRIFT -> assertThat(drifts).containsExactly(10_001, 20_001, 30_001);
      default -> assertThat(drifts).isEmpty();
    }
  }

  @Test
  void a_model_that_stays_away_recovers_when_the_stream_comes_back_to_it() {
    Recoveries recoveries = new Recoveries(new int[] {1000, 3000});
    assertThat(recoveries.mean()).isZero();
    for (int i = 0; i < 4000; i++) {
      recoveries.add(i >= 1000 && i < 1700 || i >= 3000 ? 1 : 0.5);
      if (i == 2999) {
        // a tenth of the run may be bad: of 500 records, 50 at twice the level
        assertThat(recoveries.mean()).isEqualTo(650);
      }
    }
    assertThat(recoveries.mean()).isEqualTo((650 + 1000) / 2.0);
  }

  /** Records go to the portfolio one by one; a job would send batches. */
  @Test
  void a_portfolio_is_measured_as_a_job_would_publish_it() {
    RecordStream stream = SOURCE.get(StreamKind.ABRUPT, 1);
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of(
                    "type",
                    "logistic-regression",
                    "features",
                    20,
                    "hyperparameters",
                    Map.of("l2", Map.of("per", "global")))));
    Map<String, Object> keys = Map.of("method", "auto", "label-delay", 3);
    AutoLearner learner = new AutoLearner(problem, keys, null, 0.1, new Recoveries(new int[0]), 1);
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraints.of(
                Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
            1);
    solver.step(new StepInput(List.of(), List.of()));
    double[] out = new double[9];
    learner.measure(out);
    assertThat(out[5]).isEqualTo(0.5);
    assertThat(out).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
    double loss = 0;
    for (int from = 0; from < 2000; from += 40) {
      Batch batch = new Batch(problem.schema(Level.LOWER), 40);
      for (int i = from; i < from + 40; i++) {
        stream.append(batch, i);
      }
      learner.take(batch);
      solver.step(StepInput.of(batch, batch));
      loss += solver.figures().scores()[0];
    }
    learner.measure(out);
    double[] upper = new double[solver.upperDim()];
    solver.upper(upper);
    assertThat(out[0]).isCloseTo(loss / 1997, within(1e-12));
    assertThat(out[5]).isBetween(0.8, 0.95);
    assertThat(out[7]).isCloseTo(StrictMath.exp(upper[0]), within(1e-15));
    double steps = 0;
    for (int j = 1; j < 22; j++) {
      steps += upper[j] / 21;
    }
    assertThat(out[8]).isCloseTo(StrictMath.exp(steps), within(1e-12));
  }

  @Test
  void labels_of_the_bank_turn_in_the_second_half() {
    double[] bank = SOURCE.get(StreamKind.BANK, 1).labels();
    double[] turned = SOURCE.get(StreamKind.BANK_FLIP, 1).labels();
    for (int i = 0; i < bank.length; i++) {
      assertThat(turned[i]).isEqualTo(i < bank.length / 2 ? bank[i] : -bank[i]);
    }
  }
}
