package io.thalweg.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The figures that a right implementation reaches, by the experiments' own acceptance tables. */
class PublishedFiguresTest {
  private static Results run(String name, int seeds, String... arms) {
    return run(Experiments.named(name).orElseThrow().horizon(false).withSeeds(seeds), name, arms);
  }

  private static Results run(Horizon horizon, String name, String... arms) {
    Experiment experiment = Experiments.named(name).orElseThrow();
    List<Arm> chosen =
        experiment.arms().stream().filter(arm -> List.of(arms).contains(arm.name())).toList();
    assertThat(chosen).hasSize(arms.length);
    try {
      return new ExperimentRunner(
              experiment,
              horizon,
              null,
              () -> 0,
              new ExperimentRunner.Listener() {
                @Override
                public void advanced(double share) {}

                @Override
                public void ended(Run run, boolean resumed) {}
              })
          .run(chosen, 2);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Every figure that could be judged is met; as many as said could be. */
  private static void assertMet(Results results, int judged) {
    List<Expectation.Judged> ran =
        new Report(results)
            .judged().stream().filter(j -> j.verdict() != Expectation.Verdict.NOT_RUN).toList();
    assertThat(ran).hasSize(judged);
    assertThat(ran)
        .allSatisfy(
            j ->
                assertThat(j.verdict())
                    .as(
                        "%s: %s, wanted %s",
                        j.expectation().what(), j.seen(), j.expectation().wanted())
                    .isEqualTo(Expectation.Verdict.MET));
    assertThat(results.arms())
        .allSatisfy(arm -> assertThat(results.runs(arm.name())).noneMatch(Run::failed));
  }

  @Test
  void msgbio_needs_about_eps_to_the_minus_4_samples_and_vr_msgbio_about_eps_to_the_minus_3() {
    Results results =
        run("pl-game-rates", 8, "msgbio-linear-system-weak", "vr-msgbio-linear-system-weak");
    assertMet(results, 2);
    Rates vr = new Rates(results, "vr-msgbio-linear-system-weak", "gradient-rms");
    Rates msgbio = new Rates(results, "msgbio-linear-system-weak", "gradient-rms");
    assertThat(vr.largestRatio(msgbio, 0.07)).isLessThan(1);
  }

  /** All but the first of msgbio, which is known to come later than published. */
  @Test
  void runs_on_noise_first_fall_to_levels_about_when_published_ones_do() {
    Horizon whole = Experiments.named("pl-game-rates").orElseThrow().horizon(false);
    Horizon shorter =
        new Horizon(whole.unit(), 2 * 4450, whole.first(), whole.ratio(), 8, whole.stopBelow());
    Results results = run(shorter, "pl-game-rates", "msgbio-dense-weak", "vr-msgbio-dense-weak");
    List<Expectation.Judged> judged =
        new Report(results)
            .judged().stream().filter(j -> j.verdict() != Expectation.Verdict.NOT_RUN).toList();
    assertThat(judged).hasSize(5);
    assertThat(judged)
        .filteredOn(j -> j.verdict() == Expectation.Verdict.MISSED)
        .singleElement()
        .satisfies(
            j -> {
              assertThat(j.expectation().what()).startsWith("msgbio-dense").endsWith(" 0.1");
              assertThat(j.seen()).isBetween(164.0, 3.0 * 164);
            });
  }

  @Test
  void mgbio_converges_linearly_and_without_a_floor() {
    assertMet(run("pl-game", 8, "mgbio-dense", "mgbio-dense-small-steps"), 6);
  }

  @Test
  void vr_msgbio_recovers_the_sensed_matrix() {
    assertMet(run("matrix-sensing", 5, "vr-msgbio-dense", "v-pbsgd"), 3);
  }

  @Test
  void a_perturbation_leaves_the_saddle_and_plain_descent_does_not() {
    assertMet(run("saddle-escape", 50, "plain", "shift", "folded"), 5);
  }

  @Test
  void ineon_finds_the_way_out_in_noise() {
    assertMet(run("saddle-escape", 20, "stocbio-ineon-noise", "stocbio-noise"), 2);
  }

  @Test
  void perturbed_descent_with_ascent_leaves_saddles_of_minimax_problems() {
    assertMet(
        run("minimax", 10, "saddle-plain", "saddle-shift", "valley-plain", "valley-shift"), 4);
  }

  @Test
  void methods_for_strongly_convex_lower_levels_end_where_their_bias_says() {
    assertMet(
        run(
            "fd-finite-sum",
            10,
            "soba",
            "saba",
            "stocbio",
            "ttsa",
            "mrbo",
            "sustain",
            "vrbo",
            "fdehbo",
            "f2sa",
            "soba-full",
            "fdehbo-full",
            "fmbo-full"),
        12);
  }

  @Test
  void relaxed_flows_end_at_their_published_values() {
    assertMet(
        run(
            "rxgf-toy",
            1,
            "rxgf-qp1-convex",
            "rxgf-qp2-convex",
            "sgf-convex",
            "rxgf-qp1-nonconvex",
            "rxgf-qp2-nonconvex",
            "sgf-nonconvex",
            "sequential-qcqp-nonconvex"),
        10);
  }

  @Test
  void unrolling_and_an_interior_point_method_end_where_they_are_known_to() {
    assertMet(run("strict-saddle", 1, "bgs-opt", "bvfim", "galet"), 3);
  }

  /** What is cut off by unrolling alone is more than what the implicit part leaves. */
  @Test
  void the_implicit_part_of_bgs_opt_lowers_its_bias() {
    Results results = run("strict-saddle", 1, "bgs-opt", "bgs-opt-unrolled");
    int last = results.lastMark();
    assertThat(results.quantile("bgs-opt", "upper-gap", last, 0.5))
        .isLessThan(results.quantile("bgs-opt-unrolled", "upper-gap", last, 0.5) / 5);
  }

  @Test
  void weights_of_a_coreset_come_as_near_a_limit_that_is_not_attained_as_published() {
    assertMet(run("coreset", 1, "rxgf-qp1", "soba", "bgs-opt"), 4);
  }

  @Test
  void momentum_leaves_a_saddle_sooner_and_annealing_takes_its_noise_away() {
    Results results =
        run("online-pca", 20, "no-momentum", "momentum", "annealed-step", "annealed-momentum");
    List<Expectation.Judged> judged = new Report(results).judged();
    assertThat(judged).hasSize(5);
    assertThat(judged)
        .filteredOn(j -> !j.expectation().what().startsWith("no-momentum"))
        .hasSize(4)
        .allMatch(j -> j.verdict() == Expectation.Verdict.MET);
    // the range published of a few runs ends at 8416; the diffusion that describes the escape has
    // its
    // median at 8790
    assertThat(Statistic.medianTo("no-momentum", "share-of-other-directions", 0.1).of(results))
        .isBetween(6907.0, 9000.0);
  }

  @Test
  void geometric_step_decay_finds_the_factors_of_products() {
    assertMet(
        run("blind-deconvolution", 10, "subgradient", "prox-linear", "proximal", "constant-step"),
        4);
  }

  @Test
  void a_tuned_representation_serves_tasks_it_was_not_tuned_on() {
    assertMet(run("few-shot", 5, "initial-representation", "true-representation", "soba"), 3);
  }

  @Test
  void geometric_step_decay_converges_where_a_constant_step_stops() {
    assertMet(
        run("phase-retrieval", 10, "subgradient", "prox-linear", "proximal", "constant-step"), 4);
  }

  @Test
  void the_portfolio_is_better_than_its_reference_and_than_any_fixed_step_size() {
    assertMet(
        run(
            "streams",
            1,
            "bank-0-from-0.003",
            "bank-0-from-0.1",
            "bank-0-from-1",
            "sea-10-from-0.003",
            "sea-10-from-0.1",
            "sea-10-from-1",
            "sea-10-fixed",
            "sea-10-fixed-without-l2",
            "bank-1000-best-reference"),
        8);
  }

  @Test
  void robust_means_of_gradients_do_not_follow_bad_records() {
    assertMet(run("robust-mean", 10, "mean", "filter"), 2);
  }

  @Test
  void the_minimum_of_the_finite_sum_is_one() {
    FiniteSums.Terms terms = new FiniteSums.Terms();
    double[] gradient = new double[3];
    double f = terms.truth().gradient(FiniteSums.MINIMISER, gradient);
    assertThat(gradient).containsExactly(new double[3], within(1e-14));
    assertThat(f).isCloseTo(3.6073957992524175, within(1e-14));
  }

  static Stream<Experiment> experiments() {
    return Experiments.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("experiments")
  void an_experiment_names_arms_and_measures_that_exist_and_starts_every_arm(Experiment e) {
    Set<String> arms = e.arms().stream().map(Arm::name).collect(Collectors.toSet());
    assertThat(arms).hasSameSizeAs(e.arms());
    Set<String> measures = e.measures().stream().map(Measure::name).collect(Collectors.toSet());
    assertThat(measures).containsAll(e.targets().stream().map(Target::measure).toList());
    for (Expectation expectation : e.expectations()) {
      assertThat(arms).containsAll(expectation.arms());
      assertThat(expectation.end()).isLessThanOrEqualTo(e.horizon(false).end());
      assertThat(expectation.seeds()).isLessThanOrEqualTo(e.horizon(false).seeds());
    }
    assertThat(e.arms(SHELF)).isEqualTo(e.arms());
    Trials trials = e.open(SHELF);
    for (Arm arm : e.arms()) {
      Trial trial = trials.start(arm, 1);
      double[] values = new double[e.measures().size()];
      for (int step = 0; step < 2; step++) {
        trial.draw();
        assertThat(trial.step()).as(arm.name()).isInstanceOf(Verdict.Advanced.class);
      }
      trial.measure(values);
      for (double value : values) {
        assertThat(value).as(arm.name()).isFinite();
      }
      assertThat(trial.samples()).isPositive();
      assertThat(trial.evaluations()).isPositive();
    }
  }

  /** Optima of 0 in place of costly ones, and some images. */
  private static final Shelf SHELF =
      new Shelf() {
        @Override
        public double[] numbers(String name, String key, Supplier<double[]> compute) {
          return new double[100];
        }

        @Override
        public Optional<Path> data() {
          return Optional.of(images);
        }
      };

  @TempDir static Path images;

  /** Images of 4 x 3 pixels, of which the brightest says the class. */
  @BeforeAll
  static void draw() throws IOException {
    DigitFiles.write(images, "train", 800);
    DigitFiles.write(images, "t10k", 200);
    StringBuilder letters = new StringBuilder("\"lettr\",\"width\",\"high\"\n");
    StringBuilder shuttle = new StringBuilder("\"V1\",\"V2\",\"Class\"\n");
    for (int i = 0; i < 200; i++) {
      letters.append('"').append((char) ('A' + i % 26)).append("\",").append(i % 26).append(",1\n");
      shuttle.append(200 - i).append(",3,").append(i < 20 ? "\"High\"\n" : "\"Rad.Flow\"\n");
    }
    Files.writeString(images.resolve("letters.csv"), letters);
    Files.writeString(images.resolve("shuttle.csv"), shuttle);
  }

  @Test
  void weights_of_wrong_labels_fall_below_those_of_right_ones() {
    double[] equal = cleaned("equal", 1e-12);
    double[] tuned = cleaned("half", 200);
    assertThat(equal[0]).as("error with equal weights").isGreaterThan(0.25);
    assertThat(tuned[0]).as("error with tuned weights").isLessThan(0.05);
    assertThat(tuned[1]).as("weight of wrong labels").isLessThan(0.1);
    assertThat(tuned[2]).as("weight of right labels").isGreaterThan(0.9);
  }

  /** Test error, weight of wrong and of right labels after 1000 steps. */
  private static double[] cleaned(String start, double gamma) {
    Arm arm =
        new Arm(
            "soba",
            Map.of("method", "soba", "rho", 3, "gamma", gamma, "decay", 0.5),
            Map.of("start", start));
    Trial trial = Experiments.named("data-cleaning").orElseThrow().open(SHELF).start(arm, 1);
    for (int step = 0; step < 1000; step++) {
      trial.draw();
      assertThat(trial.step()).isInstanceOf(Verdict.Advanced.class);
    }
    double[] values = new double[3];
    trial.measure(values);
    return values;
  }

  @Test
  void the_exact_gradient_is_the_one_mgbio_sees_when_the_lower_level_is_solved() {
    CompatibleGame game =
        new CompatibleGame(new CompatibleGame.Spec(10, 5, 1000, 0.1, 0.1, 0.3, 0), 3);
    double[] x = {0.3, -0.2, 0.5, 1, -1, 0.1, 0.7, 0, -0.4, 0.2};
    Solver solver =
        Methods.create(
            Settings.of(
                "solver",
                Map.of("method", "mgbio", "gamma", 1e-300, "lambda", 0.9, "eta", 1, "mu", 0.2)),
            game.problem(),
            x,
            new double[10],
            Constraint.NONE,
            1);
    StepInput all = StepInput.of(game.all(Level.LOWER), game.all(Level.UPPER));
    for (int t = 0; t < 300; t++) {
      solver.step(all);
    }
    double[] norm = new double[1];
    solver.report(
        (name, value) -> {
          if (name.equals("hypergradient-norm")) {
            norm[0] = value;
          }
        });
    assertThat(norm[0]).isCloseTo(game.gradientNorm(x, new double[10]), within(1e-10));
  }

  /** Along a line the gap grows as its derivative, the gradient, says. */
  @Test
  void the_gap_of_the_game_is_the_integral_of_its_gradient() {
    CompatibleGame game =
        new CompatibleGame(new CompatibleGame.Spec(10, 5, 1000, 0.1, 0.1, 0.3, 0), 3);
    double[] x = {0.3, -0.2, 0.5, 1, -1, 0.1, 0.7, 0, -0.4, 0.2};
    double[] gradient = new double[10];
    double norm = game.gradientNorm(x, gradient);
    double h = 1e-5;
    double[] ahead = new double[10];
    double[] behind = new double[10];
    for (int i = 0; i < 10; i++) {
      ahead[i] = x[i] + h * gradient[i] / norm;
      behind[i] = x[i] - h * gradient[i] / norm;
    }
    assertThat((game.gap(ahead) - game.gap(behind)) / (2 * h)).isCloseTo(norm, within(1e-8));
    assertThat(game.gap(x)).isPositive();
  }

  @Test
  void a_game_without_a_minimum_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new CompatibleGame(new CompatibleGame.Spec(10, 5, 100, 5, 0.1, 0.3, 0), 1))
        .withMessageContaining("must have a minimum");
  }
}
