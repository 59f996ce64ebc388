package io.thalweg.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataCleaningTest {
  private static final Offset<Double> ROUNDING = Offset.offset(1e-13);
  private static final int RECORDS = 12;

  private final Problem problem =
      Draws.problem(
          Map.of(
              "type", "data-cleaning", "features", 3, "classes", 3, "terms", RECORDS, "reg", 0.1));

  /** Every record once, in order. */
  private Batch all(long seed) {
    Batch batch = new Draws(seed).batch(problem.schema(Level.LOWER), RECORDS);
    for (int i = 0; i < RECORDS; i++) {
      batch.column(2)[i] = i;
    }
    return batch;
  }

  private static Batch part(Batch all, int... rows) {
    Batch out = new Batch(all.schema(), rows.length);
    for (int row : rows) {
      out.appendRow(all, row);
    }
    return out;
  }

  @Test
  void only_training_samples_carry_the_number_of_their_record() {
    assertThat(problem.schema(Level.LOWER).fields().stream().map(Field::name))
        .containsExactly("x", "y", "index");
    assertThat(problem.schema(Level.UPPER).fields().stream().map(Field::name))
        .containsExactly("x", "y");
    assertThat(problem.upperDim()).isEqualTo(RECORDS);
    assertThat(problem.lowerDim()).isEqualTo(12);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void a_batch_touches_its_own_records_and_the_mean_over_batches_is_that_of_all(long seed) {
    Batch all = all(seed);
    Draws draws = new Draws(seed + 10);
    double[] x = draws.vector(RECORDS);
    double[] y = draws.vector(12);
    double[] v = draws.vector(12);
    double[] meanGx = new double[RECORDS];
    double[] meanJv = new double[RECORDS];
    double[] gx = new double[RECORDS];
    double[] jv = new double[RECORDS];
    for (int k = 0; k < 4; k++) {
      Batch part = part(all, 3 * k, 3 * k + 1, 3 * k + 2);
      problem.gradLowerX(x, y, part, gx);
      problem.jvp(x, y, v, part, jv);
      for (int i = 0; i < RECORDS; i++) {
        assertThat(gx[i] != 0).as("gx of record %d, batch %d", i, k).isEqualTo(i / 3 == k);
        assertThat(jv[i] != 0).as("Jv of record %d, batch %d", i, k).isEqualTo(i / 3 == k);
        meanGx[i] += gx[i] / 4;
        meanJv[i] += jv[i] / 4;
      }
    }
    problem.gradLowerX(x, y, all, gx);
    problem.jvp(x, y, v, all, jv);
    assertThat(meanGx).containsExactly(gx, ROUNDING);
    assertThat(meanJv).containsExactly(jv, ROUNDING);
  }

  @Test
  void a_record_that_comes_twice_counts_twice() {
    Batch all = all(4);
    double[] x = new Draws(5).vector(RECORDS);
    double[] y = new Draws(6).vector(12);
    double[] once = new double[RECORDS];
    double[] twice = new double[RECORDS];
    problem.gradLowerX(x, y, part(all, 7), once);
    problem.gradLowerX(x, y, part(all, 7, 7), twice);
    assertThat(once[7]).isPositive();
    assertThat(twice).containsExactly(once, ROUNDING);
  }

  @Test
  void the_unit_of_a_coordinate_is_the_weight_of_the_record() {
    assertThat(problem.upperName(3)).isEqualTo("weight.3");
    assertThat(problem.upperUnit(3, problem.defaultUpper())).isEqualTo(0.5);
    assertThat(problem.upperUnit(0, new double[] {-40})).isCloseTo(0, Offset.offset(1e-15));
  }

  /** Plain bilevel descent with exact solves: records with a wrong label lose their weight. */
  @Test
  void wrong_labels_lose_their_say() {
    int n = 40;
    Problem cleaning =
        Draws.problem(
            Map.of("type", "data-cleaning", "features", 2, "classes", 2, "terms", n, "reg", 0.01));
    Draws draws = new Draws(9);
    Batch train = draws.batch(cleaning.schema(Level.LOWER), n);
    Batch validation = draws.batch(cleaning.schema(Level.UPPER), n);
    label(train);
    label(validation);
    for (int i = 0; i < n; i++) {
      train.column(2)[i] = i;
      if (i % 4 == 0) {
        train.column(1)[i] = 1 - train.column(1)[i];
      }
    }
    double[] x = new double[n];
    double[] y = new double[cleaning.lowerDim()];
    double[] v = new double[y.length];
    double[] gy = new double[y.length];
    double[] hv = new double[y.length];
    double[] jv = new double[n];
    double[] fy = new double[y.length];
    for (int t = 0; t < 20_000; t++) {
      cleaning.lowerProducts(x, y, v, train, gy, hv, jv);
      cleaning.gradUpperY(x, y, validation, fy);
      for (int j = 0; j < y.length; j++) {
        y[j] -= 0.5 * gy[j];
        v[j] -= 0.5 * (hv[j] - fy[j]);
      }
      for (int i = 0; i < n; i++) {
        x[i] += 20 * jv[i];
      }
    }
    double bad = 0;
    double good = 0;
    for (int i = 0; i < n; i++) {
      double weight = cleaning.upperUnit(i, x);
      bad += i % 4 == 0 ? weight / (n / 4) : 0;
      good += i % 4 == 0 ? 0 : weight / (n - n / 4);
    }
    assertThat(bad).isLessThan(0.2);
    assertThat(good).isGreaterThan(0.6);
  }

  private static void label(Batch batch) {
    for (int r = 0; r < batch.size(); r++) {
      batch.column(1)[r] = batch.column(0)[2 * r] + 0.3 * batch.column(0)[2 * r + 1] > 0 ? 1 : 0;
    }
  }
}
