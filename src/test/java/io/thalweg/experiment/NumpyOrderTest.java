package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Orders of rows: numpy's, recorded with numpy 2.4.6, and passes of our own. */
class NumpyOrderTest {
  static List<Arguments> recorded() {
    return List.of(
        Arguments.of(0, new int[] {4, 6, 2, 7, 3, 5, 9, 0, 8, 1}),
        Arguments.of(1, new int[] {8, 4, 7, 0, 1, 2, 5, 9, 6, 3}),
        Arguments.of(42, new int[] {3, 2, 6, 4, 1, 5, 0}),
        Arguments.of(123456789, new int[] {11, 5, 7, 4, 0, 3, 8, 10, 2, 1, 6, 9}),
        Arguments.of(-1, new int[] {0, 1, 4, 8, 3, 7, 5, 6, 2}), // the seed 2^32 - 1
        Arguments.of(7, new int[] {0}));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("recorded")
  void a_permutation_is_the_one_numpy_draws(int seed, int[] order) {
    assertThat(NumpyOrder.of(seed, order.length)).containsExactly(order);
  }

  /** The split of the published figures. */
  @Test
  void the_rows_of_the_bank_data_come_in_the_order_numpy_puts_them_in() {
    int[] order = NumpyOrder.of(0, 45_211);
    assertThat(Arrays.copyOf(order, 6)).containsExactly(23248, 14335, 34138, 28600, 5559, 31705);
    assertThat(Arrays.copyOfRange(order, 45_208, 45_211)).containsExactly(10166, 15785, 33375);
    assertThat(IntStream.range(0, order.length).mapToLong(i -> (i + 1L) * order[i]).sum())
        .isEqualTo(23_114_707_913_076L);
  }

  @Test
  void every_pass_has_every_row_once_in_a_new_order() {
    RowOrder rows = new RowOrder(50, new SplitMix64(3));
    TreeSet<List<Integer>> orders = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    for (int pass = 0; pass < 4; pass++) {
      List<Integer> order = IntStream.range(0, 50).map(i -> rows.next()).boxed().toList();
      assertThat(order)
          .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 50).boxed().toList());
      orders.add(order);
    }
    assertThat(orders).hasSize(4);
    assertThatIllegalArgumentException().isThrownBy(() -> new RowOrder(0, new SplitMix64(1)));
  }

  @Test
  void batches_are_cut_from_passes_across_their_ends_whatever_the_other_level_takes() {
    Problem problem =
        Problems.create(
            Settings.of(
                "problem",
                Map.of("type", "logistic-regression", "features", 1, "bias", false, "terms", 10)));
    Batch lower = numbered(problem, Level.LOWER, 10);
    Batch upper = numbered(problem, Level.UPPER, 7);
    Samples samples = Samples.passes(lower, upper, 4, 3, new SplitMix64(9));
    int[] seen = new int[10];
    for (int i = 0; i < 5; i++) { // 20 rows: two passes
      for (int row : rows(samples.next(Level.LOWER, 1).get(0))) {
        seen[row]++;
      }
    }
    assertThat(seen).containsOnly(2);
    Samples other = Samples.passes(lower, upper, 4, 3, new SplitMix64(9));
    other.next(Level.UPPER, 3);
    int[] first = rows(other.next(Level.LOWER, 1).get(0));
    assertThat(first)
        .containsExactly(
            rows(
                Samples.passes(lower, upper, 4, 3, new SplitMix64(9)).next(Level.LOWER, 1).get(0)));
  }

  private static Batch numbered(Problem problem, Level level, int rows) {
    return new BankSplit.Part(1, IntStream.range(0, rows).asDoubleStream().toArray(), ones(rows))
        .samples(problem.schema(level));
  }

  private static double[] ones(int n) {
    double[] out = new double[n];
    Arrays.fill(out, 1);
    return out;
  }

  private static int[] rows(Batch batch) {
    double[] x = batch.column(batch.schema().column("x"));
    return IntStream.range(0, batch.size()).map(i -> (int) x[i]).toArray();
  }
}
