package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded, what becomes of runs that fail, and how results are judged. */
class ExperimentRunnerTest {
  private static final Map<String, Object> SOUND = Map.of();

  private static Results run(Experiment experiment) throws InterruptedException {
    return run(experiment, experiment.arms(), null);
  }

  private static Results run(Experiment experiment, List<Arm> arms, @Nullable RunFolder folder)
      throws InterruptedException {
    return run(experiment, arms, experiment.horizon(false), folder);
  }

  private static Results run(
      Experiment experiment, List<Arm> arms, Horizon horizon, @Nullable RunFolder folder)
      throws InterruptedException {
    AtomicLong clock = new AtomicLong();
    return new ExperimentRunner(
            experiment,
            horizon,
            folder,
            () -> clock.addAndGet(500_000_000),
            new ExperimentRunner.Listener() {
              @Override
              public void advanced(double share) {}

              @Override
              public void ended(Run run, boolean resumed) {}
            })
        .run(arms, 1);
  }

  @Test
  void a_run_is_looked_at_on_a_logarithmic_grid() throws Exception {
    Run run = run(new ToyExperiment(SOUND, List.of())).runs("sound").get(0);
    assertThat(run.points()).extracting(Point::step).containsExactly(0L, 1L, 2L, 4L, 8L, 16L);
    assertThat(run.points()).extracting(Point::samples).containsExactly(0L, 2L, 4L, 8L, 16L, 32L);
    assertThat(run.points()).extracting(Point::evaluations).endsWith(48L);
    assertThat(run.points())
        .extracting(Point::seconds)
        .containsExactly(0.0, 0.5, 1.0, 2.0, 4.0, 8.0);
    assertThat(run.points().get(3).values()[0]).isEqualTo(1 / 16.0);
    assertThat(run.points().get(3).values()[1])
        .as("root mean square of steps 3 and 4")
        .isCloseTo(Math.sqrt((1 / 64.0 + 1 / 256.0) / 2), within(1e-15));
  }

  @Test
  void marks_end_where_the_runs_end() {
    assertThat(new Horizon(Horizon.Unit.SAMPLES, 1000, 100, 2, 1, 0).marks())
        .containsExactly(100, 200, 400, 800, 1000);
    assertThat(new Horizon(Horizon.Unit.STEPS, 3, 10, 1.1, 1, 0).marks()).containsExactly(1, 2, 3);
  }

  @Test
  void a_step_that_passes_several_marks_is_one_look_at_the_last_of_them() throws Exception {
    ToyExperiment toy = new ToyExperiment(SOUND, List.of());
    Horizon samples = new Horizon(Horizon.Unit.SAMPLES, 16, 1, 1.5, 1, 0);
    assertThat(samples.marks()).containsExactly(1, 2, 3, 5, 8, 12, 16);
    Run run = run(toy, toy.arms(), samples, null).runs("sound").get(0);
    assertThat(run.points())
        .extracting(Point::samples)
        .containsExactly(0L, 2L, 4L, 6L, 8L, 12L, 16L);
    assertThat(run.points()).extracting(Point::mark).containsExactly(0, 2, 3, 4, 5, 6, 7);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "refused, step 3: refused: u was not finite",
    "thrown, step 3: java.lang.IllegalStateException: thrown out",
    "nan, step 4: a measure was not finite"
  })
  void a_failed_run_is_counted_and_shown_and_counts_as_infinitely_bad(String how, String reason)
      throws Exception {
    Expectation none =
        new Expectation(
            "failures", "0", List.of("frail"), 16, 4, Statistic.failures("frail"), 0, 0);
    Results results = run(new ToyExperiment(Map.of("how", how, "step", 3), List.of(none)));
    assertThat(results.runs("frail")).hasSize(4);
    assertThat(results.runs("frail"))
        .extracting(Run::failed)
        .containsExactly(false, true, false, true);
    assertThat(results.runs("frail").get(1).reason()).isEqualTo(reason);
    assertThat(results.runs("sound")).noneMatch(Run::failed);
    assertThat(results.quantile("frail", "value", results.lastMark(), 0)).isFinite();
    assertThat(results.quantile("frail", "value", results.lastMark(), 0.5)).isInfinite();
    assertThat(results.quantile("frail", "value", results.markAt(2), 1)).isEqualTo(0.25);
    assertThat(Statistic.medianOfFinished("frail", "value", 16).of(results))
        .isEqualTo(results.quantile("frail", "value", results.lastMark(), 0));
    assertThat(Statistic.medianOfFinished("sound", "value", 16).of(results))
        .isEqualTo(Statistic.medianAt("sound", "value", 16).of(results));
    String report = new Report(results).markdown(Map.of());
    assertThat(report).contains("| 2 of 4 |", "* frail, seed 2, " + reason, "| 0 | 2 | missed |");
    StringWriter csv = new StringWriter();
    CurvesCsv.write(results, csv);
    assertThat(csv.toString()).contains("frail,2,2,4,6,");
  }

  @Test
  void what_was_wanted_is_met_missed_or_not_run() throws Exception {
    Statistic end = Statistic.medianAt("sound", "value", 16);
    double value = 1 / 65536.0;
    List<Expectation> wanted =
        List.of(
            new Expectation("met", "", List.of("sound"), 16, 4, end, value, value),
            new Expectation("missed", "", List.of("sound"), 16, 4, end, 0, value / 2),
            new Expectation("arm", "", List.of("sound", "frail"), 16, 4, end, 0, 1),
            new Expectation("too long", "", List.of("sound"), 17, 4, end, 0, 1),
            new Expectation("too few", "", List.of("sound"), 16, 5, end, 0, 1),
            new Expectation(
                "never",
                "",
                List.of("sound"),
                16,
                4,
                Statistic.medianTo("sound", "value", 0),
                0,
                1e9),
            new Expectation(
                "slowest",
                "",
                List.of("sound"),
                16,
                4,
                results -> Results.quantile(results.reached("sound", "value", 0.25), 1),
                2,
                2));
    ToyExperiment toy = new ToyExperiment(SOUND, wanted);
    Results results = run(toy, toy.arms().subList(0, 1), null);
    assertThat(new Report(results).judged())
        .extracting(judged -> judged.verdict().words())
        .containsExactly("met", "missed", "not run", "not run", "not run", "missed", "met");
    assertThat(new Report(results).arms()).contains("| steps to value ≤ 0.25 |", "| 2 | 32 | 48 |");
  }

  @Test
  void a_kept_run_comes_back_as_it_was_failures_included(@TempDir Path out) throws Exception {
    ToyExperiment toy = new ToyExperiment(Map.of("how", "thrown", "step", 3), List.of());
    Results first = run(toy, toy.arms(), new RunFolder(out, "1"));
    Results second = run(toy, toy.arms(), new RunFolder(out, "1"));
    for (Arm arm : toy.arms()) {
      for (int i = 0; i < 4; i++) {
        Run a = first.runs(arm.name()).get(i);
        Run b = second.runs(arm.name()).get(i);
        assertThat(b).usingRecursiveComparison().isEqualTo(a);
      }
    }
    RunFolder folder = new RunFolder(out, "1");
    Trials trials = toy.open(folder);
    Horizon horizon = toy.horizon(false);
    Arm arm = toy.arms().get(0);
    String same = folder.fingerprint(toy, trials, arm, 1, horizon);
    assertThat(folder.load(same, arm.name(), 1)).isPresent();
    assertThat(folder.fingerprint(toy, trials, arm, 1, horizon.withSeeds(9))).isEqualTo(same);
    assertThat(folder.fingerprint(toy, trials, arm, 2, horizon)).isNotEqualTo(same);
    assertThat(new RunFolder(out, "2").fingerprint(toy, trials, arm, 1, horizon))
        .isNotEqualTo(same);
    assertThat(folder.fingerprint(toy, trials, new Arm("sound", Map.of("method", "x")), 1, horizon))
        .isNotEqualTo(same);
    Trials otherData =
        new Trials() {
          @Override
          public Trial start(Arm own, long seed) {
            return trials.start(own, seed);
          }

          @Override
          public String identity(Arm arm) {
            return "other";
          }
        };
    assertThat(folder.fingerprint(toy, otherData, arm, 1, horizon)).isNotEqualTo(same);
    folder.clear();
    assertThat(folder.load(same, arm.name(), 1)).isEmpty();
  }

  @Test
  void costly_numbers_are_computed_once_per_key(@TempDir Path out) {
    RunFolder folder = new RunFolder(out, "1");
    AtomicLong calls = new AtomicLong();
    for (String key : List.of("a", "a", "b")) {
      double[] numbers =
          folder.numbers("optimum", key, () -> new double[] {calls.incrementAndGet(), 0.1});
      assertThat(numbers[1]).isEqualTo(0.1);
    }
    assertThat(calls).hasValue(2);
  }

  @Test
  void the_shares_of_all_runs_add_up(@TempDir Path out) throws Exception {
    ToyExperiment toy = new ToyExperiment(Map.of("how", "refused", "step", 3), List.of());
    for (int start = 0; start < 2; start++) {
      DoubleAdder sum = new DoubleAdder();
      new ExperimentRunner(
              toy,
              toy.horizon(false),
              new RunFolder(out, "1"),
              () -> 0,
              new ExperimentRunner.Listener() {
                @Override
                public void advanced(double share) {
                  sum.add(share);
                }

                @Override
                public void ended(Run run, boolean resumed) {}
              })
          .run(toy.arms(), 2);
      assertThat(sum.sum()).isCloseTo(8, within(1e-9));
    }
  }

  @ParameterizedTest(name = "{0} reads {1}")
  @CsvSource({
    "0, 0",
    "164, 164",
    "0.05, 0.05",
    "1e-4, 1e-4",
    "3.14159, 3.142",
    "16.5, 16.5",
    "1.5e-7, 1.5e-7",
    "12345.6, 12346",
    "123456789.5, 1.23e8",
    "NaN, -",
    "Infinity, ∞"
  })
  void numbers_in_reports_are_short(double value, String text) {
    assertThat(Numbers.plain(value)).isEqualTo(text);
  }

  @Test
  void settings_are_read_from_a_line_and_written_the_same_on_every_machine() {
    Map<String, Object> read =
        SettingsText.read("rho: 0.5, method: soba, T: 5, delta: 1e-3, warm: true, growth: paper");
    assertThat(read)
        .isEqualTo(
            Map.of(
                "rho", 0.5, "method", "soba", "T", 5, "delta", 1e-3, "warm", true, "growth",
                "paper"));
    assertThat(SettingsText.of(read))
        .isEqualTo("{method: soba, T: 5, delta: 0.001, growth: paper, rho: 0.5, warm: true}");
    assertThat(SettingsText.of(Map.of("b", List.of(1, 2.5), "a", Map.of("d", 1, "c", 2))))
        .isEqualTo("{a: {c: 2, d: 1}, b: [1, 2.5]}");
  }

  @Test
  void quantiles_lie_between_neighbours_and_infinite_ones_win() {
    double[] values = {4, 1, Double.POSITIVE_INFINITY, 2};
    assertThat(Results.quantile(values, 0)).isEqualTo(1);
    assertThat(Results.quantile(values, 0.5)).isEqualTo(3);
    assertThat(Results.quantile(values, 0.8)).isInfinite();
    assertThat(Results.quantile(new double[] {7}, 0.2)).isEqualTo(7);
  }
}
