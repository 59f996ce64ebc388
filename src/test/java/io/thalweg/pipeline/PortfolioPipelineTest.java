package io.thalweg.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.Standardization;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.FeatureRange;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Member;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The members of a portfolio, from the solver into snapshots, over restarts and recomputed. */
class PortfolioPipelineTest {
  private static final Scheduler SOLVER = Schedulers.newSingle("test-solver");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final int FEATURES = 3;
  private static final int RECORDS = 300;

  @AfterAll
  static void dispose() {
    SOLVER.dispose();
  }

  private List<String> values(long seed) {
    SplitMix64 rng = new SplitMix64(seed);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      double a = rng.gaussian();
      double b = rng.gaussian();
      int label = a - 0.5 * b + 0.3 * rng.gaussian() > 0 ? 1 : 0;
      out.add(
          "{\"x\":["
              + a
              + ","
              + b
              + ","
              + rng.gaussian()
              + "],\"y\":"
              + label
              + ",\"source\":"
              + i % 2
              + "}");
    }
    out.set(40, "{\"x\":[1,2],\"y\":0,\"source\":0}");
    for (int i = 60; keys.containsKey("robust") && i < RECORDS; i += 31) {
      out.set(i, "{\"x\":[1000,-2000,1000],\"y\":0,\"source\":1}");
    }
    return out;
  }

  private final Problem problem =
      Problems.create(
          Settings.of(
              "problem",
              Map.of("type", "logistic-regression", "features", FEATURES, "sources", 2)));

  /** What the job asks of the portfolio. */
  private Map<String, Object> keys = PLAIN;

  private static final Map<String, Object> PLAIN = Map.of("method", "auto", "label-delay", 5);

  private static final Map<String, Map<String, Object>> JOBS =
      Map.of(
          "plain",
          PLAIN,
          "robust",
          Map.of("method", "auto", "robust", Map.of("contamination", 0.1)),
          "storm",
          Map.of("method", "auto", "estimator", "storm", "robust", Map.of("contamination", 0.1)),
          "weights",
          Map.of(
              "method",
              "auto",
              "class-weights",
              Map.of("scale", "simplex"),
              "source-weights",
              true,
              "frozen",
              List.of("step-size.1")),
          "robust-late",
          Map.of("method", "auto", "label-delay", 5, "robust", Map.of("contamination", 0.2)));

  private Map<String, Object> job(String name) {
    return java.util.Objects.requireNonNull(JOBS.get(name));
  }

  private Settings settings() {
    return Settings.of("solver", keys);
  }

  private Solver solver(String mode) {
    Solver solver =
        Methods.create(
            settings(),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraint.NONE,
            42);
    return mode.endsWith("standardised")
        ? Standardization.DEFAULTS.around(solver, problem)
        : solver;
  }

  private Assembly assembly(String mode) {
    boolean topics = mode.startsWith("topics");
    Map<Level, SampleSchema> schemas =
        Map.of(Level.LOWER, problem.schema(Level.LOWER), Level.UPPER, problem.schema(Level.UPPER));
    return new Assembly(
        topics
            ? List.of(new Feed("t", Level.LOWER), new Feed("v", Level.UPPER))
            : List.of(new Feed("t", null)),
        schemas,
        4,
        4,
        NEVER,
        new Roles(topics ? new Roles.Split.Topics() : new Roles.Split.Prequential()),
        () -> SampleDecoders.create(SampleOptions.of(SampleFormat.JSON), schemas));
  }

  private static List<Lane> lanes(String mode) {
    return mode.startsWith("topics")
        ? List.of(new Lane("t", 0), new Lane("v", 0))
        : List.of(new Lane("t", 0));
  }

  private ReplayTest.Lanes log(String mode, int perRead) {
    return new ReplayTest.Lanes(lanes(mode), List.of(values(1), values(2)), perRead);
  }

  private List<Cut> run(String mode, int perPoll, @Nullable Checkpoint from, int memberEntries) {
    Toy.Log log = new Toy.Log(perPoll);
    for (int i = 0; i < lanes(mode).size(); i++) {
      log.lane(lanes(mode).get(i).topic(), 0, values(1 + i));
    }
    List<Cut> cuts = new ArrayList<>();
    CutSink sink =
        new CutSink() {
          @Override
          public Mono<Void> accept(Cut cut) {
            return Mono.fromRunnable(() -> cuts.add(cut));
          }

          @Override
          public Mono<Void> flush() {
            return Mono.empty();
          }
        };
    UpperView view =
        new UpperView() {
          @Override
          public String name(int i) {
            return "x" + i;
          }

          @Override
          public double unit(int i, double[] x) {
            return x[i];
          }
        };
    Tuning tuning =
        new Tuning(
            "toy",
            "auto",
            "config",
            "test",
            problem,
            solver(mode),
            view,
            memberEntries,
            new Cadence(5, NEVER),
            () -> 0);
    new SolverPipeline(
            tuning,
            assembly(mode),
            log,
            sink,
            () -> Mono.justOrEmpty(from),
            SOLVER,
            null,
            List.of())
        .run(Flux.never())
        .block(LIMIT);
    return cuts;
  }

  private static List<Snapshot> snapshots(List<Cut> cuts) {
    List<Snapshot> out = new ArrayList<>();
    for (Cut cut : cuts) {
      if (cut.snapshot() != null) {
        out.add(cut.snapshot());
      }
    }
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"topics", "prequential"})
  void every_snapshot_holds_members_of_its_own_whose_weighted_sum_is_y(String mode) {
    List<Snapshot> all = snapshots(run(mode, 50, null, Integer.MAX_VALUE));
    assertThat(all).hasSizeGreaterThan(10);
    for (Snapshot snapshot : all) {
      assertThat(snapshot.members()).hasSize(Methods.members(settings()));
      double weights = 0;
      double[] sum = new double[FEATURES + 1];
      for (Member member : snapshot.members()) {
        weights += member.weight();
        for (int j = 0; j < sum.length; j++) {
          sum[j] += member.weight() * member.y()[j];
        }
        assertThat(snapshot.metrics()).containsEntry("share-" + member.name(), member.weight());
      }
      assertThat(weights).isCloseTo(1, within(1e-12));
      assertThat(sum).containsExactly(snapshot.y(), within(1e-12));
    }
    Member early = all.get(1).members().get(0);
    Member late = all.get(all.size() - 1).members().get(0);
    assertThat(late.y()).isNotEqualTo(early.y());
  }

  @ParameterizedTest(name = "{0}, {1} per poll, {2} after the restart, {3}")
  @CsvSource({
    "topics,1,50,plain",
    "topics,64,7,plain",
    "prequential,7,7,plain",
    "prequential,300,3,plain",
    "topics,64,7,robust",
    "prequential,7,7,robust",
    "prequential,7,7,storm",
    "topics,64,7,weights",
    "prequential,300,3,weights",
    "prequential,300,3,robust-late",
    "topics standardised,64,7,plain",
    "standardised,7,11,plain",
    "standardised,7,11,robust"
  })
  void a_run_cut_anywhere_equals_the_whole_run_bit_for_bit(
      String mode, int perPoll, int then, String job) {
    keys = job(job);
    List<Cut> whole = run(mode, perPoll, null, Integer.MAX_VALUE);
    for (int at = 0; at < whole.size() - 1; at += 3) {
      List<Snapshot> rest = snapshots(whole.subList(at + 1, whole.size()));
      List<Snapshot> again =
          snapshots(run(mode, then, whole.get(at).checkpoint(), Integer.MAX_VALUE));
      assertThat(rest).isNotEmpty();
      // how far a lane was read for the level it does not stand for hangs on the polls
      assertThat(again)
          .usingRecursiveComparison()
          .ignoringFields("epoch", "metrics", "positions", "ledger.from")
          .isEqualTo(rest);
      assertThat(again.stream().map(PortfolioPipelineTest::figures).toList())
          .isEqualTo(rest.stream().map(PortfolioPipelineTest::figures).toList());
    }
  }

  /** All figures but the one that says how far decoding is ahead of the steps. */
  private static Map<String, Double> figures(Snapshot snapshot) {
    Map<String, Double> out = new TreeMap<>(snapshot.metrics());
    out.remove("rejected-samples");
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"topics", "prequential"})
  void figures_of_order_regret_and_cost_are_published(String mode) {
    List<Snapshot> all = snapshots(run(mode, 50, null, Integer.MAX_VALUE));
    Map<String, Double> early = all.get(3).metrics();
    Map<String, Double> late = all.get(all.size() - 1).metrics();
    assertThat(late.get("prequential-auc")).isBetween(0.9, 0.999);
    assertThat(late.get("prequential-auc-window")).isEqualTo(late.get("prequential-auc"));
    assertThat(early.get("local-regret")).isPositive().isLessThan(late.get("local-regret"));
    assertThat(late.get("local-regret-window")).isPositive().isLessThan(late.get("local-regret"));
    assertThat(late).containsEntry("relative-cost", 32.0 / 3); // see PortfolioTest
  }

  @ParameterizedTest(name = "{0}, {1} per read, {2} entries of members, {3}")
  @CsvSource({
    "topics,1,2147483647,plain",
    "topics,500,2147483647,plain",
    "prequential,13,2147483647,plain",
    "topics,13,3,plain",
    "topics,500,2147483647,robust",
    "topics,500,2147483647,storm",
    "prequential,13,2147483647,weights",
    "prequential,13,2147483647,robust-late",
    "topics standardised,13,2147483647,plain",
    "standardised,500,2147483647,plain"
  })
  void the_ledgers_replay_to_the_same_bits_over_a_restart(
      String mode, int perRead, int memberEntries, String job) {
    keys = job(job);
    List<Cut> cuts = run(mode, 50, null, memberEntries);
    int half = cuts.size() / 2;
    List<Snapshot> chain = snapshots(cuts.subList(0, half));
    chain.addAll(snapshots(run(mode, 11, cuts.get(half - 1).checkpoint(), memberEntries)));
    assertThat(chain).hasSizeGreaterThan(half + 2);
    Replay replay = new Replay(assembly(mode), solver(mode), log(mode, perRead));
    for (Snapshot snapshot : chain) {
      assertThat(replay.recompute(snapshot)).as("version " + snapshot.version()).isNull();
    }
    assertThat(replay.jumps()).isEmpty();
  }

  @Test
  void the_range_of_the_features_is_published_and_recomputed() {
    List<Snapshot> all = snapshots(run("standardised", 50, null, Integer.MAX_VALUE));
    Snapshot last = all.get(all.size() - 1);
    assertThat(last.range().low()).hasSize(FEATURES).doesNotContain(0);
    for (int j = 0; j < FEATURES; j++) {
      assertThat(last.range().high()[j]).isGreaterThan(last.range().low()[j]);
    }
    assertThat(snapshots(run("prequential", 50, null, Integer.MAX_VALUE)))
        .allMatch(snapshot -> snapshot.range().isEmpty());
    assertThat(snapshots(run("standardised", 50, null, FEATURES)))
        .allMatch(snapshot -> snapshot.range().isEmpty());
    double[] high = all.get(0).range().high().clone();
    high[2] = Math.nextUp(high[2]);
    FeatureRange forged = new FeatureRange(all.get(0).range().low(), high);
    String difference =
        new Replay(assembly("standardised"), solver("standardised"), log("standardised", 10))
            .recompute(with(all.get(0), all.get(0).members(), forged));
    assertThat(difference).startsWith("range.high[2]: published ");
  }

  @Test
  void members_of_a_longer_model_have_no_vectors() {
    for (int entries : new int[] {FEATURES, FEATURES + 1}) {
      for (Snapshot snapshot : snapshots(run("topics", 50, null, entries))) {
        assertThat(snapshot.members())
            .hasSize(Methods.members(settings()))
            .allMatch(member -> member.y().length == (entries > FEATURES ? FEATURES + 1 : 0));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "weight | members.fixed-0.003.weight: published ",
        "y | members.fixed-0.003.y[2]: published ",
        "sign | members.fixed-0.003.y[3]: published ",
        "shorter | members.fixed-0.003.y: published 3 entries, recomputed 4",
        "name | members: published [reference, other, ",
        "order | members: published [fixed-0.003, reference, ",
        "fewer | members: published [reference, fixed-0.003], recomputed [",
        "none | members: published [], recomputed [reference, ",
      })
  void a_member_that_was_changed_differs(String what, String complaint) {
    Snapshot snapshot = snapshots(run("topics", 50, null, Integer.MAX_VALUE)).get(0);
    String difference =
        new Replay(assembly("topics"), solver("topics"), log("topics", 10))
            .recompute(with(snapshot, changed(snapshot.members(), what)));
    assertThat(difference).startsWith(complaint);
  }

  @Test
  void a_figure_that_was_changed_differs_unless_it_tells_of_reading() {
    Snapshot snapshot = snapshots(run("topics", 50, null, Integer.MAX_VALUE)).get(2);
    for (String figure : snapshot.metrics().keySet()) {
      Map<String, Double> metrics = new TreeMap<>(snapshot.metrics());
      metrics.computeIfPresent(figure, (name, value) -> Math.nextUp(value));
      List<Snapshot> chain = snapshots(run("topics", 50, null, Integer.MAX_VALUE)).subList(0, 2);
      Replay replay = new Replay(assembly("topics"), solver("topics"), log("topics", 10));
      chain.forEach(s -> assertThat(replay.recompute(s)).isNull());
      String difference = replay.recompute(with(snapshot, snapshot.members(), metrics));
      if (figure.equals("rejected-samples")) {
        assertThat(difference).isNull();
      } else {
        assertThat(difference).startsWith("metrics." + figure + ": published ");
      }
    }
  }

  @Test
  void a_figure_that_does_not_come_out_differs() {
    Snapshot snapshot = snapshots(run("topics", 50, null, Integer.MAX_VALUE)).get(0);
    Map<String, Double> metrics = new TreeMap<>(snapshot.metrics());
    metrics.put("of-another-name", 1.0);
    String difference =
        new Replay(assembly("topics"), solver("topics"), log("topics", 10))
            .recompute(with(snapshot, snapshot.members(), metrics));
    assertThat(difference).isEqualTo("metrics.of-another-name: published 1.0, recomputed none");
  }

  @Test
  void figures_of_another_version_of_the_program_are_not_compared() {
    List<Snapshot> chain = snapshots(run("topics", 50, null, Integer.MAX_VALUE));
    Map<String, Double> metrics = Map.of("prequential-auc", 0.5);
    Replay replay = new Replay(assembly("topics"), solver("topics"), log("topics", 10));
    assertThat(replay.recompute(chain.get(0))).isNull();
    Snapshot second = chain.get(1);
    assertThat(replay.recompute(with(second, second.members(), metrics, "later"))).isNull();
    Snapshot third = chain.get(2);
    assertThat(replay.recompute(with(third, third.members(), metrics)))
        .startsWith("metrics.prequential-auc: published 0.5, recomputed ");
  }

  private static List<Member> changed(List<Member> members, String what) {
    List<Member> out = new ArrayList<>(members);
    Member second = members.get(1);
    double[] y = second.y().clone();
    switch (what) {
      case "weight" ->
          out.set(1, new Member(second.name(), Math.nextUp(second.weight()), second.y()));
      case "y" -> {
        y[2] = Math.nextUp(y[2]);
        out.set(1, new Member(second.name(), second.weight(), y));
      }
      case "sign" -> {
        y[3] = -y[3];
        out.set(1, new Member(second.name(), second.weight(), y));
      }
      case "shorter" ->
          out.set(
              1, new Member(second.name(), second.weight(), java.util.Arrays.copyOf(y, FEATURES)));
      case "name" -> out.set(1, new Member("other", second.weight(), y));
      case "order" -> java.util.Collections.swap(out, 0, 1);
      case "fewer" -> out.subList(2, out.size()).clear();
      default -> out.clear();
    }
    return out;
  }

  private static Snapshot with(Snapshot s, List<Member> members) {
    return with(s, members, s.metrics());
  }

  private static Snapshot with(Snapshot s, List<Member> members, FeatureRange range) {
    return with(s, members, range, s.metrics(), s.software());
  }

  private static Snapshot with(Snapshot s, List<Member> members, Map<String, Double> metrics) {
    return with(s, members, metrics, s.software());
  }

  private static Snapshot with(
      Snapshot s, List<Member> members, Map<String, Double> metrics, String software) {
    return with(s, members, s.range(), metrics, software);
  }

  private static Snapshot with(
      Snapshot s,
      List<Member> members,
      FeatureRange range,
      Map<String, Double> metrics,
      String software) {
    return new Snapshot(
        s.job(),
        s.epoch(),
        s.version(),
        s.step(),
        s.timeMillis(),
        s.method(),
        s.config(),
        s.upper(),
        s.x(),
        s.y(),
        members,
        range,
        metrics,
        s.positions(),
        s.ledger(),
        s.eventTimeMillis(),
        software,
        s.events());
  }
}
