package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.wire.NonFiniteException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(new ProducerFencedException("x"), Category.FENCED),
        Arguments.of(new InvalidProducerEpochException("x"), Category.RESTARTABLE),
        Arguments.of(new SaslAuthenticationException("x"), Category.UNAUTHORISED),
        Arguments.of(new TopicAuthorizationException("x"), Category.UNAUTHORISED),
        Arguments.of(new TimeoutException("x"), Category.UNREACHABLE),
        Arguments.of(new DisconnectException("x"), Category.UNREACHABLE),
        Arguments.of(new UnknownTopicOrPartitionException("x"), Category.MISSING_TOPIC),
        Arguments.of(new RecordTooLargeException("x"), Category.TOO_LARGE),
        Arguments.of(new ConfigException("x"), Category.CONFIGURATION),
        Arguments.of(new InvalidTxnTimeoutException("x"), Category.CONFIGURATION),
        Arguments.of(new InvalidConfigurationException("x"), Category.CONFIGURATION),
        Arguments.of(new UnsupportedVersionException("x"), Category.CONFIGURATION),
        Arguments.of(
            new ConfigException("No resolvable bootstrap urls given"), Category.UNREACHABLE),
        Arguments.of(new InvalidTxnStateException("x"), Category.RESTARTABLE),
        Arguments.of(new KafkaException("x"), Category.RESTARTABLE));
  }

  @ParameterizedTest(name = "{0} is {1}")
  @MethodSource("kinds")
  void each_failure_of_the_clients_is_of_one_kind_however_deep_it_lies(
      Exception thrown, Category category) {
    Exception wrapped = new KafkaException("outer", new ExecutionException(thrown));
    assertThat(category(Failures.of(thrown, "reading t"))).isEqualTo(category);
    assertThat(category(Failures.of(wrapped, "reading t"))).isEqualTo(category);
    assertThat(Failures.of(wrapped, "reading t"))
        .hasMessageStartingWith("reading t")
        .hasCause(wrapped);
  }

  @Test
  void a_failure_already_told_is_not_told_again() {
    KafkaFailure told = new KafkaFailure(Category.DATA_LOSS, "told");
    assertThat(Failures.of(new ExecutionException(told), "reading")).isSameAs(told);
  }

  @Test
  void a_broker_away_during_a_commit_is_waited_for_by_starting_anew() {
    assertThat(category(Failures.ofCommit(new TimeoutException("x"), "committing")))
        .isEqualTo(Category.RESTARTABLE);
    assertThat(category(Failures.ofCommit(new ProducerFencedException("x"), "committing")))
        .isEqualTo(Category.FENCED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void what_the_clients_did_not_throw_passes_unchanged_and_is_not_healed_by_starting_anew(
      RuntimeException mistake) {
    assertThat(Failures.of(mistake, "reading")).isSameAs(mistake);
    assertThat(Failures.of(new ExecutionException(mistake), "reading")).isSameAs(mistake);
    assertThat(Failures.ofCommit(mistake, "committing")).isSameAs(mistake);
  }

  static Stream<RuntimeException> mistakes() {
    return Stream.of(
        new NullPointerException("x"),
        new IllegalArgumentException("x"),
        new NonFiniteException("x", Double.NaN),
        new IllegalStateException("x", new java.io.IOException("y")));
  }

  private static Category category(RuntimeException failure) {
    return ((KafkaFailure) failure).category();
  }
}
