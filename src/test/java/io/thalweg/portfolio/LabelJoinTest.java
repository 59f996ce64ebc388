package io.thalweg.portfolio;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.oracle.RowModel;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records and labels that come apart: which meet, which are given up, and what is learned. */
class LabelJoinTest {
  private static final int FEATURES = 3;

  private static Problem problem(String encoding) {
    return Problems.create(
        Settings.of(
            "problem",
            Map.of("type", "logistic-regression", "features", FEATURES, "encoding", encoding)));
  }

  private static PortfolioBuilder builder(Problem problem) {
    RowModel model = (RowModel) problem;
    double[] least = new double[model.groups()];
    double[] most = new double[model.groups()];
    Arrays.fill(least, 1e-6);
    Arrays.fill(most, 50);
    MemberTuning tuning =
        new MemberTuning(0.02, 0.003, MemberTuning.Estimator.PLAIN, 1, 0.1, 0.01, 0.003, 1e-6, 3);
    return new PortfolioBuilder(model, problem.schema(Level.LOWER))
        .fixed("reference", 2, 0.1, 1e-3)
        .tuned("tuned", 1, tuning, least, most);
  }

  /** Records and labels in the order they are written down here. */
  private static final class Tape {
    private final Batch batch;
    private final int labelColumn;

    Tape(Problem problem, int rows) {
      SampleSchema sample = problem.schema(Level.LOWER);
      batch = new Batch(LateLabels.joined(sample), rows);
      labelColumn = LateLabels.label(sample);
    }

    Tape record(long id) {
      SplitMix64 rng = new SplitMix64(id);
      batch.openRow();
      for (int j = 0; j < FEATURES; j++) {
        double value = rng.gaussian();
        if (batch.schema().sparse()) {
          batch.append(j, value);
        } else {
          batch.set(0, j, value);
        }
      }
      return close(false, id);
    }

    /** A record whose squares would not be finite. */
    Tape huge(long id) {
      record(id);
      Arrays.fill(batch.column(0), (batch.size() - 1) * FEATURES, batch.size() * FEATURES, 1e40);
      return this;
    }

    /** A record that stands far apart. */
    Tape gross(long id) {
      record(id);
      Arrays.fill(batch.column(0), (batch.size() - 1) * FEATURES, batch.size() * FEATURES, 1e4);
      return this;
    }

    Tape label(long id) {
      batch.openRow();
      batch.set(labelColumn, 0, labelOf(id));
      return close(true, id);
    }

    private Tape close(boolean label, long id) {
      batch.commitRow();
      LateLabels.mark(batch, label, id);
      LateLabels.address(batch, label ? 1 : 0, batch.size() - 1, 0);
      return this;
    }

    static double labelOf(long id) {
      SplitMix64 rng = new SplitMix64(id);
      double margin = rng.gaussian() - 0.5 * rng.gaussian();
      return margin > 0 ? 1 : 0;
    }
  }

  /** What was heard of the rows. */
  private static final class Heard implements PredictionListener {
    private int settled;
    private double loss;
    private final List<String> unused = new ArrayList<>();

    @Override
    public void predicted(int roles, double itsLoss, double error, double weight) {
      settled++;
      loss += itsLoss;
    }

    @Override
    public void unused(int lane, long offset, int index, String reason) {
      unused.add(lane + "@" + offset + ": " + reason);
    }
  }

  private static Heard play(Portfolio portfolio, Batch batch, int from, int to) {
    Heard heard = new Heard();
    for (int r = from; r < to; r++) {
      portfolio.take(batch, r, Portfolio.UPPER | Portfolio.LOWER, heard);
    }
    return heard;
  }

  private static Map<String, List<Double>> state(Portfolio portfolio) {
    Map<String, List<Double>> out = new LinkedHashMap<>();
    portfolio.state(
        new StateVisitor() {
          @Override
          public void doubles(String name, double[] live) {
            out.put(name, Arrays.stream(live).boxed().toList());
          }

          @Override
          public void longs(String name, long[] live) {
            if (!name.equals("labels")) {
              out.put(name, Arrays.stream(live).asDoubleStream().boxed().toList());
            }
          }
        });
    return out;
  }

  @ParameterizedTest(name = "{0} records late, {1}")
  @CsvSource({"0, dense", "1, dense", "7, dense", "7, sparse", "120, dense", "300, sparse"})
  void labels_late_by_a_number_of_records_do_what_the_simulation_of_it_does(
      int delay, String encoding) {
    Problem problem = problem(encoding);
    int records = 600;
    Tape tape = new Tape(problem, 2 * records);
    Batch whole = new Batch(problem.schema(Level.LOWER), records);
    for (int i = 0; i < records; i++) {
      int row = tape.batch.size();
      tape.record(1000 + i);
      whole.appendRow(tape.batch, row);
      whole.column(LateLabels.label(whole.schema()))[i] = Tape.labelOf(1000 + i);
      if (i >= delay) {
        tape.label(1000 + i - delay);
      }
    }
    Portfolio joined = builder(problem).lateLabels(delay + 1).build();
    Portfolio simulated = builder(problem).labelDelay(delay).build();
    Heard one = play(joined, tape.batch, 0, tape.batch.size());
    Heard other = play(simulated, whole, 0, records);
    assertThat(state(joined)).isEqualTo(state(simulated));
    assertThat(one.loss).isEqualTo(other.loss).isPositive();
    assertThat(one.settled).isEqualTo(records - delay);
    assertThat(joined.join().delay()).isEqualTo(delay);
    assertThat(joined.waiting().size()).isEqualTo(delay);
    assertThat(one.unused).isEmpty();
  }

  @Test
  void a_label_that_overtakes_its_record_is_kept_for_it() {
    Problem problem = problem("dense");
    Tape early = new Tape(problem, 10).record(1).label(3).label(1).record(2).record(3).label(2);
    Tape late = new Tape(problem, 10).record(1).label(1).record(2).record(3).label(3).label(2);
    Portfolio one = builder(problem).lateLabels(5).build();
    Portfolio other = builder(problem).lateLabels(5).build();
    Heard heard = play(one, early.batch, 0, early.batch.size());
    play(other, late.batch, 0, late.batch.size());
    assertThat(heard.settled).isEqualTo(3);
    assertThat(state(one)).isEqualTo(state(other));
    assertThat(one.join().early().size()).isZero();
  }

  @Test
  void a_record_expires_when_one_more_than_the_bound_has_come() {
    Problem problem = problem("dense");
    for (int later : new int[] {3, 4}) {
      Tape tape = new Tape(problem, 20).record(1);
      for (int i = 0; i < later; i++) {
        tape.record(10 + i);
      }
      tape.label(1);
      Portfolio portfolio = builder(problem).lateLabels(3).build();
      Heard heard = play(portfolio, tape.batch, 0, tape.batch.size());
      assertThat(heard.settled).isEqualTo(later == 3 ? 1 : 0);
      assertThat(portfolio.join().expired()).isEqualTo(later == 3 ? 0 : 1);
      assertThat(portfolio.waiting().size()).isEqualTo(later == 3 ? 3 : 4);
      assertThat(portfolio.join().early().size()).isEqualTo(later == 3 ? 0 : 1);
    }
  }

  @Test
  void a_label_without_a_record_is_given_up_by_the_number_of_records_or_of_labels() {
    Problem problem = problem("dense");
    Tape byRecords = new Tape(problem, 20).label(1).record(11).record(12).record(13).label(2);
    Portfolio portfolio = builder(problem).lateLabels(3).build();
    assertThat(play(portfolio, byRecords.batch, 0, 3).unused).isEmpty();
    Heard heard = play(portfolio, byRecords.batch, 3, 5);
    assertThat(heard.unused)
        .containsExactly("1@0: no record of this id came within 3 records or labels of it");
    assertThat(portfolio.join().unmatched()).isEqualTo(1);
    assertThat(portfolio.join().early().size()).isEqualTo(1);

    Tape byLabels = new Tape(problem, 20).label(1).label(2).label(3).label(4).label(5);
    Portfolio other = builder(problem).lateLabels(3).build();
    assertThat(play(other, byLabels.batch, 0, 5).unused)
        .containsExactly(
            "1@0: no record of this id came within 3 records or labels of it",
            "1@1: no record of this id came within 3 records or labels of it");
    assertThat(other.join().early().size()).isEqualTo(3);
  }

  @Test
  void the_first_of_two_with_one_id_counts_while_it_waits() {
    Problem problem = problem("dense");
    Tape tape =
        new Tape(problem, 20)
            .record(1)
            .record(1) // left out
            .label(1)
            .label(2)
            .label(2) // left out
            .record(2)
            .record(1) // its first has been settled: a record as any other
            .label(1);
    Portfolio portfolio = builder(problem).lateLabels(3).build();
    Heard heard = play(portfolio, tape.batch, 0, tape.batch.size());
    assertThat(heard.settled).isEqualTo(3);
    assertThat(heard.unused)
        .containsExactly(
            "0@1: a record of the same id waits for its label",
            "1@4: a label of the same id waits for its record");
    assertThat(portfolio.join().duplicates()).isEqualTo(2);
  }

  @Test
  void lateness_is_told_by_newer_records_and_the_share_that_is_ever_labelled() {
    Problem problem = problem("dense");
    Tape tape = new Tape(problem, 20).record(1).record(2).record(3).record(4).label(2);
    Portfolio portfolio = builder(problem).lateLabels(10).build();
    LabelJoin join = portfolio.join();
    play(portfolio, tape.batch, 0, 4);
    int slot = join.label(tape.batch, 4, new Heard());
    assertThat(join.late(slot)).isEqualTo(2); // 3 and 4, not 1
    assertThat(join.delay()).isEqualTo(2);
    join.counts[0] = 3; // three expired, one settled
    assertThat(join.late(slot)).isEqualTo(0.5);
  }

  @Test
  void the_label_of_a_record_that_was_left_out_has_an_owner() {
    Problem problem = problem("dense");
    Tape tape = new Tape(problem, 200);
    for (int i = 0; i < 60; i++) {
      tape.record(100 + i).label(100 + i);
    }
    int from = tape.batch.size();
    // labels behind their records, before them, and never; then enough records to give all up
    tape.huge(1).label(1).label(2).huge(2).gross(3).label(3).label(4).gross(4).huge(5).gross(6);
    for (int i = 0; i < 12; i++) {
      tape.record(300 + i).label(300 + i);
    }
    Portfolio portfolio = builder(problem).contamination(0.1).lateLabels(10).build();
    play(portfolio, tape.batch, 0, from);
    Map<String, List<Double>> before = state(portfolio);
    Heard left = play(portfolio, tape.batch, from, from + 10);
    assertThat(left.settled).isZero();
    assertThat(state(portfolio).get("reference.y")).isEqualTo(before.get("reference.y"));
    assertThat(state(portfolio).get("sums")).isEqualTo(before.get("sums"));
    assertThat(portfolio.refused()).isEqualTo(3);
    assertThat(portfolio.removed()).isEqualTo(3);
    assertThat(portfolio.join().leftOut()).isEqualTo(4);
    assertThat(portfolio.waiting().size()).isEqualTo(2);
    assertThat(portfolio.waiting().predicted()).isZero();
    Heard heard = play(portfolio, tape.batch, from + 10, tape.batch.size());
    assertThat(left.unused).isEmpty();
    assertThat(heard.unused).isEmpty();
    assertThat(heard.settled).isEqualTo(12);
    assertThat(portfolio.join().unmatched()).isZero();
    assertThat(portfolio.join().expired()).as("of records that were predicted").isZero();
    assertThat(portfolio.join().delay()).as("of labels that were learned").isZero();
    assertThat(portfolio.waiting().size()).isZero();
    assertThat(portfolio.join().early().size()).isZero();
  }

  @Test
  void a_record_that_was_left_out_gives_way_to_the_same_one_mended() {
    Problem problem = problem("dense");
    Tape tape = new Tape(problem, 9).record(7).huge(1).record(1).label(1).label(7);
    Portfolio portfolio = builder(problem).lateLabels(5).build();
    Heard heard = play(portfolio, tape.batch, 0, 5);
    assertThat(heard.settled).isEqualTo(2);
    assertThat(heard.unused).isEmpty();
    assertThat(portfolio.join().duplicates()).isZero();
    assertThat(portfolio.join().leftOut()).isZero();
  }

  @Test
  void lateness_does_not_count_records_that_were_left_out() {
    Problem problem = problem("dense");
    Tape tape = new Tape(problem, 20).record(1).record(2).huge(3).record(4).huge(5).label(2);
    Portfolio portfolio = builder(problem).lateLabels(10).build();
    play(portfolio, tape.batch, 0, 5);
    assertThat(portfolio.join().late(portfolio.join().label(tape.batch, 5, new Heard())))
        .isEqualTo(1);
  }

  /** Against a plain map and list, over streams that lose, repeat and overtake. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void joins_as_a_map_would(long seed) {
    Problem problem = problem("dense");
    int expiry = 5 + (int) (seed * 7);
    Portfolio portfolio = builder(problem).lateLabels(expiry).build();
    SplitMix64 rng = new SplitMix64(seed);
    Map<Long, Long> waiting = new LinkedHashMap<>();
    Map<Long, Long> early = new LinkedHashMap<>();
    long taken = 0;
    long settled = 0;
    long expired = 0;
    long unmatched = 0;
    long duplicates = 0;
    Heard heard = new Heard();
    Tape tape = new Tape(problem, 1);
    for (int i = 0; i < 20_000; i++) {
      // ids that meet in their low bits, so that probing is put to work
      long id = (long) rng.index(3 * expiry) << (seed % 2 == 0 ? 40 : 0);
      boolean label = rng.uniform() < 0.5;
      tape.batch.clear();
      if (label) {
        tape.label(id);
        if (waiting.remove(id) != null) {
          settled++;
        } else if (early.containsKey(id)) {
          duplicates++;
        } else {
          if (early.size() == expiry) {
            early.remove(early.keySet().iterator().next());
            unmatched++;
          }
          early.put(id, taken);
        }
      } else {
        tape.record(id);
        if (waiting.containsKey(id)) {
          duplicates++;
        } else {
          long gone = taken - expiry - 1;
          expired += waiting.values().removeIf(number -> number <= gone) ? 1 : 0;
          if (early.remove(id) != null) {
            settled++;
          } else {
            waiting.put(id, taken);
          }
          taken++;
          long last = taken - expiry;
          int before = early.size();
          early.values().removeIf(since -> since <= last);
          unmatched += before - early.size();
        }
      }
      portfolio.take(tape.batch, 0, Portfolio.UPPER | Portfolio.LOWER, heard);
      LabelJoin join = portfolio.join();
      assertThat(join.unmatched()).isEqualTo(unmatched);
      assertThat(join.expired()).isEqualTo(expired);
      assertThat(join.duplicates()).isEqualTo(duplicates);
      assertThat(portfolio.waiting().size()).isEqualTo(waiting.size());
      assertThat(join.early().size()).isEqualTo(early.size());
    }
    assertThat(heard.settled).isEqualTo((int) settled);
    assertThat(settled).isGreaterThan(1000);
    assertThat(expired).isGreaterThan(100);
    assertThat(unmatched).isGreaterThan(100);
    Map<Long, Long> kept = new HashMap<>();
    for (int slot : portfolio.waiting().slots()) {
      kept.put(portfolio.waiting().id(slot), portfolio.waiting().number(slot));
    }
    assertThat(kept).isEqualTo(waiting);
  }

  @Test
  void an_id_passes_through_a_batch_with_all_its_bits() {
    Batch batch = new Batch(LateLabels.joined(problem("dense").schema(Level.LOWER)), 1);
    for (long id :
        new long[] {
          0, -1, 1, Long.MIN_VALUE, Long.MAX_VALUE, 0x80000000L, 0x7ff0_0000_0000_0001L
        }) {
      batch.clear();
      batch.openRow();
      batch.commitRow();
      LateLabels.mark(batch, true, id);
      LateLabels.address(batch, 17, (1L << 53) - 1, 4);
      assertThat(LateLabels.id(batch, 0)).isEqualTo(id);
      assertThat(LateLabels.isLabel(batch, 0)).isTrue();
      assertThat(LateLabels.lane(batch, 0)).isEqualTo(17);
      assertThat(LateLabels.offset(batch, 0)).isEqualTo((1L << 53) - 1);
      assertThat(LateLabels.index(batch, 0)).isEqualTo(4);
    }
  }
}
