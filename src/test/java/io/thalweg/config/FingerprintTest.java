package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
  private static final String JOB =
      """
      job: churn
      problem: {type: logistic-regression, features: 3}
      solver: {method: msgbio, gamma: 1}
      samples: {topic: t, split: {upper: 0.1}}
      """;

  private static String fingerprint(String text, String... sets) {
    return new JobReader(Map.of(), List.of(sets)).read(text, "f").fingerprint();
  }

  @Test
  void it_is_a_sha_256() {
    assertThat(fingerprint(JOB)).matches("[0-9a-f]{64}");
  }

  @Test
  void writing_it_differently_changes_nothing() {
    String other =
        """
        samples:
          split: {upper: 1.0e-1}
          topic: t
        seed: 42
        solver: {gamma: 1.0, batch: {lower: 64}, method: msgbio}
        problem: {features: 3, bias: true, type: logistic-regression}
        job: churn
        """;
    assertThat(fingerprint(other)).isEqualTo(fingerprint(JOB));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "seed=43",
        "problem.features=4",
        "problem.bias=false",
        "solver.method=mgbio",
        "solver.gamma=1.0000000001",
        "solver.batch.upper=63",
        "upper.init=1",
        "upper.constraint={type: box, lower: -5}",
        "lower.init=1",
        "samples.split.upper=0.2",
        "samples.split=prequential",
        "samples.format=csv",
        "samples.separator=;",
        "samples.classes=[\"no\", \"yes\"]",
        "samples.missing=zero",
        "samples.standardize=true",
        "samples.standardize={clip: 6}",
        "samples.unwrap=/a"
      })
  void what_determines_the_arithmetic_changes_it(String set) {
    assertThat(fingerprint(JOB, set)).isNotEqualTo(fingerprint(JOB));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "job=other",
        "kafka.bootstrap.servers=elsewhere:9092",
        "snapshots.every.steps=7",
        "solver.batch.linger=1s",
        "solver.lower-only-steps=7",
        "samples.topic=u",
        "topics.snapshots=s",
        "delivery=at-least-once"
      })
  void the_rest_does_not(String set) {
    assertThat(fingerprint(JOB, set)).isEqualTo(fingerprint(JOB));
  }

  @Test
  void the_forms_of_an_option_with_keys_are_one() {
    String flat = fingerprint(JOB, "solver.hypergradient=lanczos", "solver.krylov=2");
    assertThat(fingerprint(JOB, "solver.hypergradient={lanczos: {krylov: 2}}")).isEqualTo(flat);
    assertThat(fingerprint(JOB, "solver.hypergradient={type: lanczos, krylov: 2}")).isEqualTo(flat);
  }

  @Test
  void the_text_behind_it_is_unambiguous() {
    assertThat(
            Canonical.text(
                Map.of("b", List.of(1L, 2.5, "1", true), "a", Map.of("q\"", "back\\slash"))))
        .isEqualTo("{\"a\":{\"q\\\"\":\"back\\\\slash\"},\"b\":[1.0,2.5,\"1\",true]}");
    assertThat(Canonical.text(Map.of())).isEqualTo("{}");
    assertThat(Canonical.text(-0.0)).isEqualTo(Canonical.text(0L));
    assertThat(Canonical.text(Long.MAX_VALUE)).isNotEqualTo(Canonical.text(Long.MAX_VALUE - 1));
  }
}
