package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.Golden;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobFileException;
import io.thalweg.config.JobReader;
import io.thalweg.pipeline.Feed;
import io.thalweg.sample.Level;
import io.thalweg.stream.Snapshot;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicSpec;
import io.thalweg.wire.SnapshotCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job of one level: from its file through every command that needs no broker. */
class OneLevelJobTest {
  private static final double TOLERANCE = 1e-10;
  private static final String PCA =
      """
      job: pca
      problem: {type: online-pca, d: 4}
      solver: {method: msgd, eta: 5.0e-4, batch: {upper: 1}}
      snapshots: {every: {steps: 1}}
      """;

  @TempDir private Path dir;

  private static JobConfig job(String text, String... sets) {
    return new JobReader(Map.of(), List.of(sets)).read(text, "job.yaml");
  }

  private String file(String text) throws IOException {
    return Files.writeString(dir.resolve("job.yaml"), text).toString();
  }

  private String lines(String name, List<String> lines) throws IOException {
    return Files.write(dir.resolve(name), lines).toString();
  }

  private CommandRun backtest(String job, String... input) throws IOException {
    List<String> args = new ArrayList<>(List.of("backtest", "-c", file(job)));
    args.addAll(List.of("--snapshots", dir.resolve("out.jsonl").toString()));
    args.addAll(List.of(input));
    return CommandRun.of(args.toArray(new String[0]));
  }

  private List<JsonNode> snapshots() throws IOException {
    List<JsonNode> out = new ArrayList<>();
    for (String line : Files.readAllLines(dir.resolve("out.jsonl"))) {
      out.add(new ObjectMapper().readTree(line));
    }
    return out;
  }

  private static List<String> pcaSamples() {
    List<String> out = new ArrayList<>();
    Golden.read("msgd_pca").get("samples").forEach(x -> out.add("{\"x\":" + x + "}"));
    return out;
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"--samples", "--validation"})
  void iterates_of_momentum_come_out_as_json_lines(String option) throws IOException {
    CommandRun run = backtest(PCA, option, lines("x.jsonl", pcaSamples()));
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode iterates = Golden.read("msgd_pca").get("iterates");
    List<JsonNode> out = snapshots();
    assertThat(out).hasSize(51);
    for (int k = 0; k <= 50; k++) {
      JsonNode snapshot = out.get(k);
      assertThat(snapshot.get("step").longValue()).isEqualTo(k + 1);
      assertThat(snapshot.get("y").toString()).isEqualTo("[]");
      Golden.assertClose(
          "w after " + k,
          Golden.numbers(snapshot.get("x")),
          Golden.numbers(iterates.get(k)),
          TOLERANCE);
    }
    assertThat(out.get(50).get("upper").has("w.3")).isTrue();
    assertThat(out.get(50).get("metrics").has("lower-loss")).isFalse();
    Snapshot read =
        new SnapshotCodec(SnapshotCodec.Vectors.PLAIN)
            .decode(out.get(50).toString().getBytes(StandardCharsets.UTF_8))
            .snapshot();
    assertThat(read.y()).isEmpty();
    assertThat(run.err()).contains("50 samples, 51 steps (0 refused)");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"subgradient,subgradient", "proximal,proximal", "prox-linear,proxlinear"})
  void iterates_of_sharp_steps_come_out_as_json_lines(String model, String name)
      throws IOException {
    JsonNode golden = Golden.read("gsd_phase");
    List<String> samples = new ArrayList<>();
    for (int k = 0; k < 50; k++) {
      samples.add("{\"a\":" + golden.get("a").get(k) + ",\"b\":" + golden.get("b").get(k) + "}");
    }
    String job =
        """
        job: phase
        problem: {type: phase-retrieval, d: 10}
        solver: {method: geometric-step-decay, model: %s, alpha0: %s, K: 50, T: 1, batch: {upper: 1}}
        upper: {init: %s}
        snapshots: {every: {steps: 1}}
        """
            .formatted(model, golden.get("lam"), golden.get("x0"));
    CommandRun run = backtest(job, "--samples", lines("a.jsonl", samples));
    assertThat(run.code()).as(run.err()).isZero();
    List<JsonNode> out = snapshots();
    assertThat(out).hasSize(51);
    for (int k = 0; k < 50; k++) {
      Golden.assertClose(
          "x after " + (k + 1),
          Golden.numbers(out.get(k + 1).get("x")),
          Golden.numbers(golden.get("runs").get(name).get(k)),
          TOLERANCE);
    }
    assertThat(out.get(50).get("metrics").has("median-residual")).isTrue();
  }

  @Test
  void samples_that_name_the_other_role_are_left_out_and_told() throws IOException {
    List<String> samples = new ArrayList<>(pcaSamples().subList(0, 3));
    samples.add(1, "{\"x\":[9,9,9,9],\"role\":\"train\"}");
    CommandRun run = backtest(PCA, "--samples", lines("x.jsonl", samples));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains("3 samples, 4 steps")
        .contains("1 samples that name the other role were left out");
    Golden.assertClose(
        "w",
        Golden.numbers(snapshots().get(3).get("x")),
        Golden.numbers(Golden.read("msgd_pca").get("iterates").get(3)),
        TOLERANCE);
    assertThat(snapshots().get(3).at("/metrics/left-out-samples").intValue()).isEqualTo(1);
  }

  @Test
  void nothing_but_the_other_role_is_told_as_such() throws IOException {
    CommandRun run =
        backtest(
            PCA, "--samples", lines("x.jsonl", List.of("{\"x\":[1,2,3,4],\"role\":\"train\"}")));
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err())
        .contains(
            "expected samples of the validation level, found none but 1 that name the other role");
  }

  @Test
  void a_file_of_the_other_level_is_not_opened() throws IOException {
    CommandRun run =
        backtest(
            PCA,
            "--train",
            dir.resolve("missing.jsonl").toString(),
            "--validation",
            lines("x.jsonl", pcaSamples()));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(snapshots()).hasSize(51);
  }

  @Test
  void a_job_of_two_levels_still_needs_the_file_of_either() throws IOException {
    CommandRun run =
        backtest(
            """
            job: game
            problem: {type: pl-game, dx: 1, dy: 1}
            solver: {method: msgbio}
            """,
            "--validation",
            lines("v.jsonl", List.of()));
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("Missing required option: '--train=F'");
  }

  @Test
  void only_the_topic_of_the_level_is_read_and_wanted() {
    JobConfig own = job(PCA);
    assertThat(Wiring.feeds(own)).containsExactly(new Feed("pca.validation", Level.UPPER));
    assertThat(WantedTopics.of(own, TopicCatalog.builtIn()))
        .extracting(TopicSpec::name)
        .containsExactly(
            "pca.validation",
            "pca.snapshots",
            "pca.checkpoints",
            "pca.control",
            "pca.dead-letters");
    assertThat(own.effective()).contains("pca.validation").doesNotContain("pca.train");
    JobConfig named = job(PCA, "samples.topic=measurements");
    assertThat(Wiring.feeds(named)).containsExactly(new Feed("measurements", Level.UPPER));
    assertThat(WantedTopics.of(named, TopicCatalog.builtIn()))
        .extracting(TopicSpec::name)
        .startsWith("measurements", "pca.snapshots");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"samples.split=prequential", "samples.split.upper=0.5"})
  void one_level_is_not_shared_out(String split) {
    assertThatExceptionOfType(JobFileException.class)
        .isThrownBy(() -> job(PCA, "samples.topic=all", split))
        .withMessageContaining(
            "samples.split: shares samples out between two levels, but msgd reads one: leave the"
                + " split out, and every sample of the topic is its own");
  }

  @Test
  void a_topic_that_is_not_read_is_a_warning() {
    assertThat(job(PCA, "topics.train=old").warnings())
        .containsExactly("topics.train is not read: msgd has the validation level alone");
  }

  @Test
  void a_sphere_is_where_principal_components_live_unless_the_job_says_otherwise() {
    JobConfig usual = job(PCA);
    double[] w = {0, 3, 0, 4};
    usual.constraint(usual.problem()).project(w);
    assertThat(w).containsExactly(0, 0.6, 0, 0.8);
    JobConfig free = job(PCA, "upper.constraint=none");
    assertThat(free.constraint(free.problem()).bounded()).isFalse();
    JobConfig wide =
        job(PCA, "upper.constraint.type=sphere", "upper.constraint.radius=10", "upper.init=5");
    wide.constraint(wide.problem()).project(w);
    assertThat(w).containsExactly(0, 6, 0, 8);
  }

  @Test
  void a_start_off_the_sphere_is_a_mistake_of_the_file() {
    for (String init : List.of("upper.init=1", "upper.init=0")) {
      assertThatExceptionOfType(JobFileException.class)
          .isThrownBy(() -> job(PCA, init))
          .withMessageContaining("upper.init: must lie within upper.constraint");
    }
  }

  @Test
  void the_change_of_phase_is_read_from_text_map_and_variable() {
    assertThat(job(PCA, "solver.anneal=none").warnings()).isEmpty();
    assertThat(job(PCA, "solver.anneal.kind=step", "solver.anneal.at=10").warnings()).isEmpty();
    JobConfig env =
        new JobReader(
                Map.of("THALWEG_SOLVER_ANNEAL_KIND", "step", "THALWEG_SOLVER_ANNEAL_AT", "9"),
                List.of())
            .read(PCA, "job.yaml");
    assertThat(env.warnings()).isEmpty();
    assertThat(env.effective()).contains("kind: step");
    assertThatExceptionOfType(JobFileException.class)
        .isThrownBy(() -> job(PCA, "solver.anneal=step"))
        .withMessageContaining("none or {kind, at, length}");
    assertThatExceptionOfType(JobFileException.class)
        .isThrownBy(() -> job(PCA, "solver.anneal.knd=step"))
        .withMessageContaining("did you mean \"kind\"?");
  }

  @Test
  void validate_speaks_of_one_level() throws IOException {
    CommandRun run = CommandRun.of("validate", "-c", file(PCA), "--offline");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("msgd minimises over 4 coordinates of online-pca");
  }

  @Test
  void what_is_produced_goes_to_the_one_level() throws IOException {
    String samples = lines("x.jsonl", pcaSamples());
    CommandRun other =
        CommandRun.of("produce", "-c", file(PCA), "--file", samples, "--role", "train");
    assertThat(other.code()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("--role must be validation, the one level that msgd reads");
    CommandRun unsaid =
        CommandRun.of(
            "produce",
            "-c",
            file(PCA),
            "--file",
            samples,
            "--set",
            "kafka.bootstrap.servers=127.0.0.1:1",
            "--set",
            "kafka.default.api.timeout.ms=1500",
            "--set",
            "kafka.request.timeout.ms=1000");
    assertThat(unsaid.code()).as(unsaid.err()).isEqualTo(ExitCode.BROKER);
  }

  @Test
  void what_is_shown_of_a_problem_of_one_level_has_one_sample() {
    CommandRun run = CommandRun.of("problems", "online-pca");
    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("A validation sample (upper level)")
        .doesNotContain("A training sample");
  }

  @Test
  void heap_is_reckoned_without_a_lower_variable() {
    HeapNeed need = HeapNeed.of(job(PCA));
    assertThat(need.state()).isPositive();
    assertThat(need.isLarge()).isFalse();
  }
}
