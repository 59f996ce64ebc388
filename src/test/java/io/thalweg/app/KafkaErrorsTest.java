package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaErrorsTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        arguments(
            new TimeoutException("waited"), ExitCode.BROKER, "no Kafka broker answers at b:1"),
        arguments(new DisconnectException(), ExitCode.BROKER, "no Kafka broker answers at b:1"),
        arguments(
            new KafkaException("no", new ConfigException("No resolvable bootstrap urls given")),
            ExitCode.BROKER,
            "no such host"),
        arguments(
            new KafkaException("no", new ConfigException("linger.ms", "x", "not a number")),
            ExitCode.CONFIGURATION,
            "linger.ms"),
        arguments(
            new SaslAuthenticationException("bad"), ExitCode.BROKER, "refused the login: bad"),
        arguments(
            new TopicAuthorizationException("t"),
            ExitCode.BROKER,
            "thalweg topics export --format acls"),
        arguments(new ClusterAuthorizationException("c"), ExitCode.BROKER, "does not authorise"),
        arguments(
            new UnknownTopicOrPartitionException("t"),
            ExitCode.CONFIGURATION,
            "topic missing on b:1"),
        arguments(new PolicyViolationException("names"), ExitCode.CONFIGURATION, "refused: names"),
        arguments(new RecordTooLargeException("2 MB"), ExitCode.DATA, "2 MB"),
        arguments(new CorruptRecordException("crc"), ExitCode.FAILURE, "answered: crc"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void each_failure_has_a_code_and_one_line(Exception failure, int code, String part) {
    for (Throwable wrapped : new Throwable[] {failure, new ExecutionException(failure)}) {
      UserError error = KafkaErrors.userError(wrapped, "b:1");
      assertThat(error.code()).isEqualTo(code);
      assertThat(error.getMessage()).contains(part).doesNotContain("\n", "ExecutionException");
      assertThat(error.getCause()).isSameAs(wrapped);
    }
  }

  @Test
  void an_error_already_translated_stays_as_it_is() {
    UserError error = new UserError(ExitCode.DATA, "x");
    assertThat(KafkaErrors.userError(new ExecutionException(error), "b:1")).isSameAs(error);
  }
}
