package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MissingRightTest {
  private static final MissingRight WRITE = MissingRight.write("a.snapshots");

  static Stream<Arguments> refusals() {
    return Stream.of(
        arguments(
            new ClusterAuthorizationException("Cluster authorization failed."),
            WRITE,
            "the right Write on topic a.snapshots is missing"),
        arguments(
            new ClusterAuthorizationException("Cluster authorization failed."),
            null,
            "Cluster authorization failed."),
        arguments(
            new TopicAuthorizationException("Topic authorization failed."),
            WRITE,
            "the right Write on topic a.snapshots is missing"),
        arguments(
            new TopicAuthorizationException(Set.of("b", "c")),
            WRITE,
            "the right Write on topics b, c is missing"),
        arguments(
            new TopicAuthorizationException(Set.of("b")),
            null,
            "the right Read or Write on topic b is missing"),
        arguments(
            GroupAuthorizationException.forGroupId("g"),
            MissingRight.read("t"),
            "the right Read on group g is missing"),
        arguments(
            new TransactionalIdAuthorizationException("no"),
            WRITE,
            "the right Write on the transactional id, which is the name of the job, is missing"),
        arguments(new AuthorizationException("words of ours"), null, "words of ours"));
  }

  @ParameterizedTest(name = "{0} when asked for {1}")
  @MethodSource("refusals")
  void the_right_is_named_with_what_it_is_on(
      AuthorizationException refusal, @Nullable MissingRight asked, String words) {
    assertThat(MissingRight.words(refusal, asked)).isEqualTo(words);
  }
}
