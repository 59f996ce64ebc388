package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.thalweg.problem.Problem;
import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Level;
import io.thalweg.solver.Solver;
import io.thalweg.solver.Standardization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobReaderTest {
  private static final String MINIMAL =
      """
      job: churn
      problem: {type: logistic-regression, features: 3}
      solver: {method: msgbio}
      """;

  private static final String PROBLEMS =
      String.join(", ", Problems.all().stream().map(ProblemInfo::id).toList());

  private static JobConfig read(String text, String... sets) {
    return new JobReader(Map.of(), List.of(sets)).read(text, "job.yaml");
  }

  private static JobConfig job(String name) {
    return new JobReader(Map.of(), List.of())
        .read(Path.of("src/test/resources/jobs", name + ".yaml"));
  }

  private static List<String> mistakes(String text, String... sets) {
    return mistakes(Map.of(), text, sets);
  }

  private static List<String> mistakes(Map<String, String> env, String text, String... sets) {
    JobFileException refusal =
        catchThrowableOfType(
            JobFileException.class, () -> new JobReader(env, List.of(sets)).read(text, "job.yaml"));
    assertThat(refusal).as("the job should be refused").isNotNull();
    return refusal.mistakes().stream().map(Mistake::toString).toList();
  }

  @Test
  void a_newcomer_needs_three_keys() {
    JobConfig job = job("minimal");
    assertThat(job.job()).isEqualTo("churn-l2");
    assertThat(job.seed()).isEqualTo(42);
    assertThat(job.method()).isEqualTo("vr-msgbio");
    assertThat(job.batching())
        .isEqualTo(new Batching(64, 64, Duration.ofMillis(50), Batching.IdleUpper.WAIT, 100));
    assertThat(job.cadence())
        .isEqualTo(new Cadence(100, Duration.ofSeconds(1), Duration.ofSeconds(1), 0.2));
    assertThat(job.topics()).isEqualTo(TopicNames.of("churn-l2"));
    assertThat(job.topics().deadLetters()).isEqualTo("churn-l2.dead-letters");
    assertThat(job.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
    assertThat(job.onDataLoss()).isEqualTo(OnTrouble.STOP);
    assertThat(job.kafka().bootstrap()).isEqualTo("localhost:9092");
    assertThat(job.samples().split().kind()).isEqualTo(Samples.Split.Kind.BY_ROLE);
    assertThat(job.warnings()).isEmpty();
  }

  @Test
  void every_key_is_read() {
    JobConfig job = job("full");
    assertThat(job.seed()).isEqualTo(7);
    assertThat(job.batching())
        .isEqualTo(new Batching(128, 32, Duration.ofMillis(200), Batching.IdleUpper.WAIT, 10));
    assertThat(job.cadence())
        .isEqualTo(new Cadence(10, Duration.ofMillis(250), Duration.ofMillis(250), 0.2));
    assertThat(job.samples())
        .isEqualTo(
            new Samples(
                "bank",
                new Samples.Split(Samples.Split.Kind.BY_SHARE, 0.1),
                Samples.Format.CSV,
                Map.of(Level.LOWER, List.of("x", "y"), Level.UPPER, List.of("x", "y")),
                "/payload/after",
                Samples.Decode.AUTO,
                new Preparation(
                    ';',
                    List.of("no", "yes"),
                    Preparation.Missing.MEAN,
                    new Standardization(4, 20_000)),
                null));
    assertThat(job.topics().snapshots()).isEqualTo("churn.models");
    assertThat(job.topics().partitions()).isEqualTo(6);
    assertThat(job.topics().replication()).isEqualTo(3);
    assertThat(job.delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
    assertThat(job.onDataLoss()).isEqualTo(OnTrouble.CONTINUE);
    assertThat(job.onConfigChange()).isEqualTo(OnTrouble.CONTINUE);
    assertThat(job.kafka().values())
        .containsEntry("fetch.max.bytes", "1048576")
        .containsEntry("check.crcs", "true");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "samples.missing=mean | samples.missing | mean needs samples.standardize",
        "samples.missing=mode | samples.missing | expected one of reject, mean, zero",
        "samples.standardize=yes please | samples.standardize | expected true, false or {clip,"
            + " half-life}",
        "samples.standardize={clip: 0.5} | samples.standardize.clip | [1, 1000000]",
        "samples.standardize={half-life: 2} | samples.standardize.half-life | [10, inf)",
        "samples.standardize={window: 2} | samples.standardize.window | clip, half-life",
        "samples.separator=/ | samples.separator | expected one of",
        "samples.classes=[\"no\", \"no\"] | samples.classes | expected 2 different texts",
        "samples.classes=[a, b, c] | samples.classes | expected 2 different texts",
      })
  void what_becomes_of_samples_is_checked(String set, String key, String message) {
    assertThat(mistakes(MINIMAL, set))
        .anySatisfy(mistake -> assertThat(mistake).contains(key, message));
  }

  @Test
  void what_becomes_of_samples_must_suit_the_problem() {
    String game = "job: g\nproblem: {type: pl-game, dx: 2, dy: 2}\nsolver: {method: soba}\n";
    assertThat(mistakes(game, "samples.standardize=true"))
        .singleElement()
        .asString()
        .contains("samples.standardize", "linear in its features");
    assertThat(mistakes(game, "samples.classes=[a, b]"))
        .singleElement()
        .asString()
        .contains("samples.classes", "where the label y is a class");
    String softmax =
        "job: s\nproblem: {type: softmax-regression, features: 2, classes: 3}\n"
            + "solver: {method: auto}\n";
    assertThat(read(softmax, "samples.classes=[a, b, c]").samples().preparation().classes())
        .containsExactly("a", "b", "c");
    assertThat(read(MINIMAL, "samples.standardize=false").samples().preparation().standardization())
        .isNull();
  }

  @Test
  void problem_and_solver_are_built_at_the_starting_point_of_the_file() {
    JobConfig job = job("pl-game");
    Problem problem = job.problem();
    Solver solver = job.solver(problem);
    double[] x = new double[3];
    solver.upper(x);
    assertThat(x).containsExactly(0.00123, 0.29875, -0.27414);
    assertThat(solver.lowerDim()).isEqualTo(4);
  }

  @Test
  void a_number_as_starting_point_fills_the_vector() {
    JobConfig job = read(MINIMAL, "upper.init=-2.5", "lower.init=zeros");
    double[] x = new double[3];
    job.solver(job.problem()).upper(x);
    assertThat(x).containsExactly(-2.5, -2.5, -2.5);
  }

  @Test
  void eight_mistakes_are_reported_at_once_each_where_it_stands() {
    String text =
        """
        job: Churn
        seed: many
        problem: {type: logistic-regresion, features: 3}
        solver:
          method: vr-msgbio
          gama: 0.4
          mu: -1
          batch: {lower: 64, linger: 5 parsecs}
        snapshots:
          evry: {steps: 5}
        delivery: exactly-onse
        kafka:
          group.id: mine
        """;
    assertThat(mistakes(text))
        .containsExactly(
            "job.yaml:1:6: job: expected a name of lower-case letters, digits and dashes that"
                + " starts with a letter (at most 200 characters), found \"Churn\"",
            "job.yaml:2:7: seed: expected a whole number of at most 64 bits, found \"many\" (a"
                + " text)",
            "job.yaml:3:17: problem.type: expected one of "
                + PROBLEMS
                + " or a class name, found \"logistic-regresion\"; did you"
                + " mean \"logistic-regression\"?",
            "job.yaml:6:3: solver.gama: unknown key; did you mean \"gamma\"?",
            "job.yaml:7:7: solver.mu: expected a number in (0, inf), found -1",
            "job.yaml:8:30: solver.batch.linger: expected a duration such as 50ms, 1s or 2m,"
                + " found \"5 parsecs\"",
            "job.yaml:10:3: snapshots.evry: unknown key; did you mean \"every\"?",
            "job.yaml:11:11: delivery: expected one of exactly-once, at-least-once, found"
                + " \"exactly-onse\"; did you mean \"exactly-once\"?",
            "job.yaml:13:3: kafka.group.id: is set by Thalweg and cannot be changed: it is the"
                + " job's name");
  }

  @Test
  void a_missing_key_is_reported_where_it_is_missing_from() {
    assertThat(mistakes("job: a\nproblem:\n  features: 3\n"))
        .containsExactly(
            "job.yaml:1:1: solver: is required: expected a map",
            "job.yaml:2:1: problem.type: is required: expected one of "
                + PROBLEMS
                + " or a class name");
  }

  @Test
  void batches_too_small_for_an_aggregator_are_told_where_they_stand() {
    String job =
        "job: a\nproblem: {type: pl-game, dx: 1, dy: 1}\nsolver:\n  method: msgbio\n"
            + "  batch: {lower: 8, upper: 64}\nrobust: {contamination: 0.1}\n";
    assertThat(mistakes(job))
        .singleElement()
        .asString()
        .startsWith("job.yaml:5:")
        .contains("solver.batch.lower: must be at least 2 / robust.contamination = 20 records")
        .endsWith("but was 8");
    assertThat(mistakes(job, "solver.batch.lower=20", "robust.contaminated=0.2"))
        .singleElement()
        .asString()
        .contains("robust.contaminated: unknown key; did you mean \"contamination\"?");
  }

  @Test
  void a_parameter_the_problem_needs_is_reported() {
    assertThat(mistakes("job: a\nproblem: {type: pl-game, dx: 2}\nsolver: {method: mgbio}\n"))
        .containsExactly(
            "job.yaml:2:1: problem.dy: is required: expected a whole number in [1, 1000000]");
  }

  @Test
  void what_only_the_problem_knows_points_at_the_key() {
    String text =
        """
        job: a
        problem:
          type: logistic-regression
          features: 3
          hyperparameters:
            l2: {per: featur}
        solver: {method: msgbio}
        """;
    assertThat(mistakes(text))
        .singleElement()
        .asString()
        .startsWith("job.yaml:6:15: problem.hyperparameters.l2.per: ")
        .contains("feature");
  }

  @Test
  void what_only_the_solver_knows_points_at_the_key() {
    assertThat(mistakes(MINIMAL + "upper:\n  init: [1, 2]\n"))
        .containsExactly("job.yaml:5:3: upper.init: must have length 3, but had 2");
    assertThat(mistakes(MINIMAL, "solver.mu=2", "solver.lg=1"))
        .singleElement()
        .asString()
        .startsWith("--set solver.lg: must be at least mu");
  }

  @Test
  void an_entry_of_a_list_is_named() {
    assertThat(mistakes(MINIMAL + "lower: {init: [0, one, 0]}\n"))
        .containsExactly("job.yaml:4:19: lower.init[1]: expected a number, found \"one\" (a text)");
  }

  @Test
  void a_key_written_twice_is_refused() {
    assertThat(mistakes(MINIMAL + "seed: 1\nseed: 2\n"))
        .containsExactly("job.yaml:5:1: seed: written twice, first in line 4");
  }

  @Test
  void a_syntax_error_says_where() {
    assertThat(mistakes("job: a\nproblem: {type: pl-game\nsolver: x\n"))
        .singleElement()
        .asString()
        .startsWith("job.yaml:3:")
        .contains("not readable as YAML");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"", "# only a comment\n", "- a\n- b\n", "text\n", "42\n"})
  void anything_but_a_map_is_refused(String text) {
    assertThat(mistakes(text))
        .singleElement()
        .asString()
        .contains("job.yaml:1:1")
        .contains("expected a job (a map of settings)");
  }

  @Test
  void a_job_may_be_json_with_tabs() {
    String json =
        "{\n\t\"job\": \"a\",\n\t\"problem\": {\"type\": \"pl-game\", \"dx\": 1, \"dy\": 1},\n"
            + "\t\"solver\": {\"method\": \"mgbio\", \"gamma\": 1e-1}\n}\n";
    JobReader reader = new JobReader(Map.of(), List.of());
    assertThat(reader.read(json, "job.json").solverSettings().number("gamma")).isEqualTo(0.1);
    JobFileException wrong =
        catchThrowableOfType(
            JobFileException.class, () -> reader.read(json.replace("gamma", "gama"), "job.json"));
    assertThat(wrong).hasMessageStartingWith("job.json:4:").hasMessageContaining("solver.gama");
    JobFileException broken =
        catchThrowableOfType(
            JobFileException.class, () -> reader.read(json.replace("},", "}"), "job.json"));
    assertThat(broken).hasMessageContaining("not readable as JSON");
  }

  @Test
  void a_second_document_is_refused() {
    assertThat(mistakes(MINIMAL + "---\njob: b\n"))
        .singleElement()
        .asString()
        .contains("expected one document");
  }

  @Test
  void aliases_cannot_blow_up_a_file() {
    StringBuilder bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (char c = 'b'; c <= 'i'; c++) {
      String alias = "*" + (char) (c - 1);
      bomb.append(c).append(": &").append(c).append(" [").append((alias + ", ").repeat(8));
      bomb.append(alias).append("]\n");
    }
    assertThat(mistakes(MINIMAL + bomb))
        .anyMatch(m -> m.contains("aliases (*a) are not supported"));
  }

  @Test
  void a_tag_builds_nothing() {
    assertThat(
            mistakes(
                MINIMAL
                    + "seed: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader"
                    + " [[!!java.net.URL [\"http://127.0.0.1:1/\"]]]]\n"))
        .anyMatch(m -> m.startsWith("job.yaml:4:") && m.contains("tags"));
  }

  @ParameterizedTest(name = "{0} characters")
  @ValueSource(ints = {100, 100_000})
  void deep_nesting_is_refused(int depth) {
    assertThat(mistakes(MINIMAL + "upper: " + "[".repeat(depth) + "]".repeat(depth)))
        .anyMatch(m -> m.contains("not readable as YAML"));
  }

  @ParameterizedTest(name = "seed: {0}")
  @ValueSource(strings = {"1e999", ".inf", ".nan"})
  void numbers_are_finite(String number) {
    assertThat(mistakes(MINIMAL + "upper: {init: " + number + "}\n"))
        .anyMatch(m -> m.startsWith("job.yaml:4:15: upper.init: expected a") && m.contains(number));
  }

  @Test
  void drift_and_guard_are_read_with_the_solver_and_change_the_fingerprint() {
    JobConfig plain = read(MINIMAL);
    JobConfig watched = read(MINIMAL + "drift: {detector: adwin}\nguard: {patience: 20}\n");
    assertThat(watched.fingerprint()).isNotEqualTo(plain.fingerprint());
    assertThat(watched.solverSettings().child("watch").child("drift").text("detector"))
        .isEqualTo("adwin");
    assertThat(watched.effective()).contains("worsening: 0.2").contains("confidence: 0.002");
    assertThat(plain.solverSettings().has("watch")).isFalse();
    assertThat(read(MINIMAL + "guard: {}\n").solverSettings().child("watch").has("guard")).isTrue();
  }

  @Test
  void mistakes_in_drift_and_guard_are_named_where_they_stand() {
    assertThat(mistakes(MINIMAL + "drift: {a: 1}\n"))
        .singleElement()
        .asString()
        .startsWith("job.yaml:4:9: drift.a: ");
    assertThat(mistakes(MINIMAL + "drift: {detector: adwim}\n"))
        .singleElement()
        .asString()
        .startsWith("job.yaml:4:19: drift.detector: ")
        .contains("page-hinkley, adwin, none", "adwim");
    assertThat(mistakes(MINIMAL + "guard: {worsening: 0}\n"))
        .singleElement()
        .asString()
        .startsWith("job.yaml:4:20: guard.worsening: ")
        .contains("(0, inf)");
    assertThat(mistakes(MINIMAL.replaceFirst("method: [a-z-]+", "method: auto") + "guard: {}\n"))
        .anyMatch(m -> m.contains("guard: has no meaning for auto"));
  }

  @Test
  void a_choice_that_is_not_there_yet_says_so() {
    assertThat(mistakes(MINIMAL, "solver.on-idle-upper=lower-only"))
        .containsExactly(
            "--set solver.on-idle-upper: lower-only is not available in this"
                + " version: expected wait");
  }

  @Test
  void the_command_line_wins_over_the_environment_and_that_over_the_file() {
    String text = MINIMAL + "seed: 1\n";
    assertThat(read(text).seed()).isEqualTo(1);
    JobReader env = new JobReader(Map.of("THALWEG_SEED", "2"), List.of());
    assertThat(env.read(text, "f").seed()).isEqualTo(2);
    JobReader both = new JobReader(Map.of("THALWEG_SEED", "2"), List.of("seed=3", "seed=4"));
    assertThat(both.read(text, "f").seed()).isEqualTo(4);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "THALWEG_SOLVER_C_FY, solver.c-fy",
    "THALWEG_SOLVER_BATCH_LOWER, solver.batch.lower",
    "THALWEG_SOLVER_ON_IDLE_UPPER, solver.on-idle-upper",
    "THALWEG_SNAPSHOTS_EVERY_STEPS, snapshots.every.steps",
    "THALWEG_TOPICS_DEAD_LETTERS, topics.dead-letters",
    "THALWEG_UPPER_CONSTRAINT_TYPE, upper.constraint.type",
    "THALWEG_SAMPLES_SPLIT_UPPER, samples.split.upper",
    "THALWEG_PROBLEM_FEATURES, problem.features",
    "THALWEG_SOLVER_ETA_FLOOR, solver.eta.floor",
    "THALWEG_PROBLEM_HYPERPARAMETERS_L2_INIT, problem.hyperparameters.l2.init",
    "THALWEG_KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrap.servers",
    "THALWEG_KAFKA_SASL_JAAS_CONFIG, kafka.sasl.jaas.config",
    "THALWEG_ON_DATA_LOSS, on-data-loss"
  })
  void a_variable_finds_its_key(String variable, String key) {
    assertThat(JobSchema.builtIn().keys().matching(variable.substring("THALWEG_".length())))
        .containsExactly(key);
  }

  @Test
  void a_blank_variable_is_as_if_it_were_not_set() {
    JobReader reader = new JobReader(Map.of("THALWEG_SEED", " "), List.of());
    assertThat(reader.read(MINIMAL + "seed: 5\n", "f").seed()).isEqualTo(5);
  }

  @Test
  void a_reference_without_quotes_within_braces_is_explained() {
    assertThat(mistakes(MINIMAL + "kafka: {ssl.key.password: ${env:P}, client.id: x}\n"))
        .singleElement()
        .asString()
        .startsWith("job.yaml:4:28: not readable as YAML")
        .endsWith("within { } a reference needs quotes: \"${env:NAME}\"");
  }

  @Test
  void a_variable_that_is_wrong_is_named() {
    assertThat(mistakes(Map.of("THALWEG_SOLVER_MU", "-1"), MINIMAL))
        .containsExactly(
            "environment THALWEG_SOLVER_MU: solver.mu: expected a number in (0, inf), found -1");
  }

  @Test
  void a_variable_without_a_key_is_a_warning_and_service_links_are_not_settings() {
    Map<String, String> env =
        Map.of(
            "THALWEG_SOLVR_MU", "1",
            "THALWEG_HTTP_PORT", "tcp://10.0.0.1:8080",
            "THALWEG_HTTP_SERVICE_PORT_WEB", "8080",
            "THALWEG_KAFKA_PORT_9092_TCP_ADDR", "10.0.0.1",
            "THALWEG_INSTANCE", "1",
            "THALWEG_LOG_FORMAT", "json");
    JobConfig job = new JobReader(env, List.of()).read(MINIMAL, "f");
    assertThat(job.warnings()).singleElement().asString().contains("THALWEG_SOLVR_MU");
    assertThat(job.kafka().values()).containsOnlyKeys("bootstrap.servers");
  }

  @Test
  void a_variable_that_fits_two_letters_is_refused_with_both_and_the_way_out() {
    assertThat(mistakes(Map.of("THALWEG_SOLVER_C_H", "1.1"), MINIMAL))
        .containsExactly(
            "environment THALWEG_SOLVER_C_H: stands for more than one key (solver.c.h,"
                + " solver.c.H): use --set solver.c.h=... or --set solver.c.H=... instead");
    assertThat(read(MINIMAL, "solver.c.H=1.1").solverSettings().child("c").number("H"))
        .isEqualTo(1.1);
  }

  @Test
  void a_variable_finds_a_capital_letter() {
    JobConfig job = new JobReader(Map.of("THALWEG_SOLVER_C_G", "1.1"), List.of()).read(MINIMAL, "");
    assertThat(job.solverSettings().child("c").number("G")).isEqualTo(1.1);
    assertThat(job.warnings()).isEmpty();
  }

  @Test
  void the_page_is_on_and_for_this_machine_alone_unless_the_job_says_otherwise() {
    JobReader reader = new JobReader(Map.of(), List.of());
    assertThat(reader.read(MINIMAL, "job.yaml").http())
        .isEqualTo(new Http(true, "127.0.0.1", 8080, null));
    JobConfig other =
        reader.read(MINIMAL + "http: {enabled: false, bind: 0.0.0.0, port: 0}\n", "job.yaml");
    assertThat(other.http()).isEqualTo(new Http(false, "0.0.0.0", 0, null));
    assertThat(other.fingerprint()).isEqualTo(reader.read(MINIMAL, "job.yaml").fingerprint());
  }

  @Test
  void a_port_that_cannot_be_is_refused() {
    assertThat(mistakes(MINIMAL, "http.port=65536"))
        .singleElement()
        .asString()
        .contains("http.port", "65535", "65536");
  }

  @Test
  void the_power_of_a_schedule_is_required_where_it_counts_and_refused_elsewhere() {
    assertThat(mistakes(MINIMAL, "solver.eta={schedule: power, k: 1, m: 8}"))
        .singleElement()
        .asString()
        .contains("solver.eta.power: is required with schedule: power");
    assertThat(mistakes(MINIMAL, "solver.eta={power: 0.6}"))
        .singleElement()
        .asString()
        .contains("solver.eta.power: has a meaning only with schedule: power");
    assertThat(read(MINIMAL, "solver.eta={schedule: power, k: 1, m: 8, power: 0.6}").warnings())
        .isEmpty();
  }

  @Test
  void a_filter_behind_the_scaling_of_features_is_warned_of() {
    String job =
        """
        job: calls
        problem: {type: logistic-regression, features: 3}
        solver: {method: %s}
        samples: {topic: calls, split: prequential, standardize: %s}
        robust: {contamination: 0.1}
        kafka: {bootstrap.servers: "b:1"}
        """;
    assertThat(read(job.formatted("soba", "true")).warnings())
        .singleElement()
        .asString()
        .contains("robust judges records that samples.standardize has standardised");
    assertThat(read(job.formatted("soba", "false")).warnings()).isEmpty();
    assertThat(read(job.formatted("auto", "true")).warnings())
        .as("it looks at the rows as they come")
        .isEmpty();
  }

  @Test
  void an_override_with_a_misspelt_key_is_refused() {
    assertThat(mistakes(MINIMAL, "solver.gama=1"))
        .containsExactly("--set solver.gama: unknown key; did you mean \"gamma\"?");
    assertThat(mistakes(MINIMAL, "gamma"))
        .containsExactly("--set gamma: expected key=value, found \"gamma\"");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "perturbed-gdmax | escape={} | which leaves saddles by itself: see perturbation",
        "stocbio-ineon | escape={} | which leaves saddles by itself: see ineon",
        "geometric-step-decay | escape={} | whose sharp losses have no small slopes by which a"
            + " saddle could be told",
        "geometric-step-decay | upper-step=rms | whose steps are a schedule of lengths"
      })
  void a_key_that_other_methods_have_is_refused_with_the_reason(
      String method, String set, String reason) {
    String key = set.substring(0, set.indexOf('='));
    assertThat(
            mistakes(MINIMAL, "solver.method=" + method, "solver." + set.replace("{}", "{eps: 1}")))
        .contains("--set solver." + key + ": has no meaning for " + method + ", " + reason);
  }

  @Test
  void an_override_may_hold_lists_and_maps_and_may_take_a_key_back() {
    JobConfig job =
        read(
            MINIMAL + "seed: 7\n",
            "upper.init=[1, 2, 3]",
            "solver.eta={schedule: sqrt, k: 2}",
            "kafka.client.id=a: b # c",
            "seed=");
    assertThat(job.upperSettings().numbers("init")).containsExactly(1, 2, 3);
    assertThat(job.solverSettings().child("eta").number("k")).isEqualTo(2);
    assertThat(job.kafka().values()).containsEntry("client.id", "a: b # c");
    assertThat(job.seed()).isEqualTo(42);
  }

  @Test
  void a_topic_is_not_used_twice() {
    assertThat(mistakes(MINIMAL + "topics: {snapshots: a, control: a}\n"))
        .containsExactly(
            "job.yaml:4:33: topics.control: expected a topic of its own, found \"a\", which is"
                + " also topics.snapshots");
  }

  @Test
  void a_split_needs_its_topic() {
    assertThat(mistakes(MINIMAL + "samples: {split: prequential}\n"))
        .singleElement()
        .asString()
        .startsWith("job.yaml:4:18: samples.split: shares out one topic");
  }

  @Test
  void a_batch_serves_both_levels_only_where_samples_of_both_hold_the_same() {
    String samples = "samples: {topic: t, split: prequential}\n";
    assertThat(read(MINIMAL + samples).samples().split().kind())
        .isEqualTo(Samples.Split.Kind.PREQUENTIAL);
    String saddle = MINIMAL.replaceFirst("problem:.*", "problem: {type: strict-saddle}");
    assertThat(mistakes(saddle + samples))
        .containsExactly(
            "job.yaml:4:28: samples.split: prequential lets every batch serve both levels, but"
                + " samples of strict-saddle hold z[6] for the train level and z[4] for the"
                + " validation level: expected {upper: share}, or a topic for each level");
  }

  @Test
  void a_misspelt_required_key_is_one_mistake() {
    assertThat(mistakes(MINIMAL + "samples: {topic: t, split: {uper: 0.1}}\n"))
        .containsExactly("job.yaml:4:29: samples.split.uper: unknown key; did you mean \"upper\"?");
  }

  @Test
  void a_file_that_is_not_there_is_named(@TempDir Path dir) {
    JobFileException refusal =
        catchThrowableOfType(
            JobFileException.class,
            () -> new JobReader(Map.of(), List.of()).read(dir.resolve("no.yaml")));
    assertThat(refusal).hasMessage(dir.resolve("no.yaml") + ": there is no such file");
  }

  @Test
  void bytes_that_are_no_text_are_refused(@TempDir Path dir) throws Exception {
    Path file = Files.write(dir.resolve("a.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    JobFileException refusal =
        catchThrowableOfType(
            JobFileException.class, () -> new JobReader(Map.of(), List.of()).read(file));
    assertThat(refusal).hasMessageContaining("expected UTF-8");
  }

  @Test
  void a_long_model_whose_steps_read_all_of_it_is_warned_about() {
    String job =
        """
        job: long
        problem: {type: logistic-regression, features: 5000, hyperparameters: {l2: {per: %s}}}
        solver: {method: msgbio, hypergradient: linear-system}
        """;
    assertThat(read(job.formatted("feature")).warnings())
        .singleElement()
        .asString()
        .contains("5001 entries")
        .contains("l2.per: global");
    assertThat(read(job.formatted("global")).warnings()).isEmpty();
  }

  @Test
  void a_cadence_adapts_between_two_times() {
    String every = "snapshots.every=";
    assertThat(read(MINIMAL, every + "{min-time: 5ms, time: 2s, share: 0.5}").cadence())
        .isEqualTo(new Cadence(100, Duration.ofMillis(5), Duration.ofSeconds(2), 0.5));
    assertThat(read(MINIMAL, every + "{min-time: 5ms}").fingerprint())
        .isEqualTo(read(MINIMAL).fingerprint());
    assertThat(mistakes(MINIMAL, every + "{min-time: 2s, time: 1s}"))
        .singleElement()
        .asString()
        .contains("snapshots.every.min-time")
        .contains("expected at most snapshots.every.time, 1s, found 2s");
  }

  @Test
  void texts_are_decoded_ahead_where_a_processor_is_free_and_as_the_job_says() {
    assertThat(read(MINIMAL).samples().decodesAhead(4)).isTrue();
    assertThat(read(MINIMAL).samples().decodesAhead(3)).isFalse();
    assertThat(read(MINIMAL, "samples.format=binary").samples().decodesAhead(64)).isFalse();
    assertThat(read(MINIMAL, "samples.decode=ahead").samples().decodesAhead(1)).isTrue();
    assertThat(read(MINIMAL, "samples.decode=inline").samples().decodesAhead(64)).isFalse();
    assertThat(read(MINIMAL, "samples.decode=ahead").fingerprint())
        .isEqualTo(read(MINIMAL).fingerprint());
  }
}
