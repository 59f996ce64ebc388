package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final String CANARY = "canary-9f2c71";
  private static final String JOB =
      """
      job: churn
      problem: {type: logistic-regression, features: 3}
      solver: {method: msgbio}
      """;

  private static JobConfig read(Map<String, String> env, String text, String... sets) {
    return new JobReader(env, List.of(sets)).read(text, "job.yaml");
  }

  private static JobFileException refusal(Map<String, String> env, String text) {
    JobFileException e = catchThrowableOfType(JobFileException.class, () -> read(env, text));
    assertThat(e).isNotNull();
    return e;
  }

  private static String jaas(String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\\\"u\\\""
        + " password=\\\""
        + password
        + "\\\";";
  }

  @Test
  void references_are_resolved_for_the_clients_and_shown_as_references(@TempDir Path dir)
      throws Exception {
    Path file = Files.writeString(dir.resolve("key"), CANARY + "-file\n");
    JobConfig job =
        read(
            Map.of("P", CANARY),
            JOB
                + "kafka:\n  ssl.key.password: ${env:P}\n  client.id: a-${env:P}-b\n"
                + "  ssl.truststore.password: ${file:"
                + file
                + "}\n");
    assertThat(job.kafka().values())
        .containsEntry("ssl.key.password", CANARY)
        .containsEntry("client.id", "a-" + CANARY + "-b")
        .containsEntry("ssl.truststore.password", CANARY + "-file");
    assertThat(job.effective())
        .contains("${env:P}", "a-${env:P}-b", "${file:" + file + "}")
        .doesNotContain(CANARY);
    assertThat(job.kafka().toString() + job).doesNotContain(CANARY);
  }

  @Test
  void a_secret_written_out_is_masked() {
    JobConfig job =
        read(
            Map.of(),
            JOB
                + "kafka:\n  ssl.key.password: "
                + CANARY
                + "\n  sasl.jaas.config: \""
                + jaas(CANARY)
                + "\"\n");
    assertThat(job.kafka().values().get("sasl.jaas.config")).contains(CANARY);
    assertThat(job.effective()).contains(Secrets.MASK).doesNotContain(CANARY);
    assertThat(job.kafka().toString() + job).doesNotContain(CANARY);
  }

  @Test
  void a_secret_within_a_longer_text_is_masked_with_it() {
    JobConfig job =
        read(
            Map.of("P", CANARY),
            JOB + "kafka:\n  sasl.jaas.config: \"" + jaas("${env:P}") + "\"\n");
    assertThat(job.kafka().values().get("sasl.jaas.config")).contains("password=\"" + CANARY);
    assertThat(job.effective()).contains(Secrets.MASK).doesNotContain(CANARY, "username");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "upper: {init: \"${env:P}\"}",
        "delivery: \"${env:P}\"",
        "seed: \"${env:P}\"",
        "samples: {topic: \"${env:P}!\"}",
        "topics: {control: \"${env:P}\", snapshots: \"${env:P}\"}",
        "kafka: {sasl.jaas.config: \"${env:P} required;\"}",
        "kafka: {ssl.key.password: [canary-9f2c71]}",
        "on-data-loss: \"${env:P}\"",
        "snapshots: {every: {time: \"${env:P}\"}}"
      })
  void no_refusal_repeats_a_secret(String line) {
    assertThat(refusal(Map.of("P", CANARY), JOB + line + "\n").getMessage()).doesNotContain(CANARY);
  }

  @Test
  void what_the_solver_says_about_a_secret_is_scrubbed() {
    String text = JOB.replace("type: logistic-regression", "type: \"a.${env:P}\"");
    assertThat(refusal(Map.of("P", CANARY), text).getMessage())
        .contains("problem.type", Secrets.MASK)
        .doesNotContain(CANARY);
  }

  @Test
  void a_number_from_the_environment_is_a_number() {
    assertThat(read(Map.of("S", "17"), JOB + "seed: ${env:S}\n").seed()).isEqualTo(17);
  }

  @Test
  void a_reference_that_leads_nowhere_is_named_with_its_line(@TempDir Path dir) {
    JobFileException e =
        refusal(
            Map.of(),
            JOB
                + "kafka:\n  ssl.key.password: ${env:NO_SUCH}\n  client.id: ${file:"
                + dir.resolve("none")
                + "}\n");
    assertThat(e.mistakes().stream().map(Mistake::toString))
        .containsExactly(
            "job.yaml:5:21: kafka.ssl.key.password: environment variable NO_SUCH is not set",
            "job.yaml:6:14: kafka.client.id: file " + dir.resolve("none") + " does not exist");
  }

  @Test
  void overrides_may_hold_references_too() {
    JobConfig job = read(Map.of("P", CANARY), JOB, "kafka.ssl.key.password=${env:P}");
    assertThat(job.kafka().values()).containsEntry("ssl.key.password", CANARY);
    assertThat(job.effective()).doesNotContain(CANARY);
  }

  @Test
  void a_token_is_read_from_outside_compared_and_never_shown(@TempDir Path dir) throws Exception {
    String secret = CANARY + "-token-of-24";
    Path file = Files.writeString(dir.resolve("token"), secret + "\n");
    List<JobConfig> jobs =
        List.of(
            read(Map.of("T", secret), JOB + "http: {token: \"${env:T}\"}\n"),
            read(Map.of(), JOB + "http: {token: \"${file:" + file + "}\"}\n"),
            read(Map.of("THALWEG_HTTP_TOKEN", secret), JOB),
            read(Map.of(), JOB, "http.token=" + secret));
    for (JobConfig job : jobs) {
      Token token = job.http().token();
      assertThat(token).isNotNull();
      assertThat(token.matches(secret)).isTrue();
      assertThat(token.matches(secret + "x")).isFalse();
      assertThat(token.matches("")).isFalse();
      assertThat(job.effective() + job.http() + job + token).doesNotContain(CANARY);
    }
    assertThat(read(Map.of(), JOB).http().token()).isNull();
    assertThat(read(Map.of("THALWEG_HTTP_TOKEN", " "), JOB).http().token()).isNull();
  }

  @Test
  void a_token_of_digits_is_a_text_wherever_it_comes_from() {
    String digits = "0123456789012345";
    for (JobConfig job :
        List.of(
            read(Map.of("T", digits), JOB + "http: {token: \"${env:T}\"}\n"),
            read(Map.of("THALWEG_HTTP_TOKEN", digits), JOB),
            read(Map.of(), JOB, "http.token=" + digits))) {
      assertThat(job.http().token()).isEqualTo(new Token(digits));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"", "canary9", "canary-9f2c71-a", "canary 9f2c71 with blanks"})
  void a_token_that_can_be_guessed_is_refused_by_its_length_alone(String token) {
    JobFileException e = refusal(Map.of("T", token), JOB + "http: {token: \"${env:T}\"}\n");
    assertThat(e.mistakes())
        .singleElement()
        .satisfies(
            m -> {
              assertThat(m.key()).isEqualTo("http.token");
              assertThat(m.message())
                  .contains("16 to 256", "found " + token.length() + " characters")
                  .doesNotContain("canary");
            });
  }

  @Test
  void what_leads_nowhere_is_said_once_and_not_taken_for_an_empty_value() {
    JobFileException e =
        refusal(
            Map.of(),
            JOB.replace("job: churn", "job: ${env:NO_JOB}")
                + "kafka:\n  sasl.jaas.config: ${env:NO_LOGIN}\n  bootstrap.servers: ${env:NO_HOST}\n");
    assertThat(e.mistakes())
        .extracting(Mistake::message)
        .containsExactlyInAnyOrder(
            "environment variable NO_JOB is not set",
            "environment variable NO_LOGIN is not set",
            "environment variable NO_HOST is not set");
  }

  @Test
  void a_job_that_runs_elsewhere_is_read_without_its_secrets() {
    String text =
        JOB
            + "http: {token: '${file:/nowhere/token}'}\n"
            + "kafka:\n  sasl.jaas.config: ${env:NO_LOGIN}\n  bootstrap.servers: a:1\n";
    JobConfig job = new JobReader(Map.of(), List.of()).elsewhere().read(text, "job.yaml");
    assertThat(job.kafka().values())
        .containsEntry("bootstrap.servers", "a:1")
        .doesNotContainKey("sasl.jaas.config");
    assertThat(job.http().token()).isNull();
    assertThat(job.warnings())
        .containsExactlyInAnyOrder(
            "http.token: file /nowhere/token does not exist on this machine: not looked at",
            "kafka.sasl.jaas.config: environment variable NO_LOGIN is not set on this machine:"
                + " not looked at");
    assertThat(
            catchThrowableOfType(
                    JobFileException.class,
                    () ->
                        new JobReader(Map.of(), List.of())
                            .elsewhere()
                            .read(JOB.replace("churn", "${env:NO_JOB}"), "job.yaml"))
                .mistakes())
        .extracting(Mistake::message)
        .containsExactly("environment variable NO_JOB is not set");
  }
}
