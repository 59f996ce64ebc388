package io.thalweg.app;

import io.thalweg.kafka.MissingRight;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** What the Kafka clients throw, in one line for people and one exit code for machines. */
final class KafkaErrors {
  private KafkaErrors() {}

  /**
   * The error to end with.
   *
   * @param failure what a client threw, bare or wrapped
   * @param bootstrap where the clients connect, for the message
   */
  static UserError userError(Throwable failure, String bootstrap) {
    for (Throwable t = failure; t != null; t = cause(t)) {
      if (t instanceof UserError already) {
        return already;
      }
      UserError known = known(t, bootstrap, failure);
      if (known != null) {
        return known;
      }
    }
    Throwable inner = unwrapped(failure);
    return new UserError(
        ExitCode.FAILURE, "the broker at " + bootstrap + " answered: " + words(inner), failure);
  }

  private static @Nullable UserError known(Throwable t, String bootstrap, Throwable failure) {
    if (t instanceof AuthenticationException) {
      return new UserError(
          ExitCode.BROKER,
          "the broker at "
              + bootstrap
              + " refused the login: "
              + words(t)
              + "; see kafka: in the job file",
          failure);
    }
    if (t instanceof AuthorizationException refusal) {
      return new UserError(
          ExitCode.BROKER,
          "the broker at "
              + bootstrap
              + " does not authorise this: "
              + MissingRight.words(refusal, null)
              + "; 'thalweg topics export --format acls' prints the rights of each role",
          failure);
    }
    if (t instanceof TimeoutException || t instanceof DisconnectException) {
      return unreachable(bootstrap, words(t), failure);
    }
    if (t instanceof ConfigException) {
      String words = words(t);
      return words.contains("No resolvable bootstrap")
          ? unreachable(bootstrap, "no such host", failure)
          : new UserError(ExitCode.CONFIGURATION, "kafka settings: " + words, failure);
    }
    if (t instanceof UnknownTopicOrPartitionException || t instanceof InvalidTopicException) {
      return new UserError(
          ExitCode.CONFIGURATION, "topic missing on " + bootstrap + ": " + words(t), failure);
    }
    if (t instanceof RecordTooLargeException) {
      return new UserError(ExitCode.DATA, words(t), failure);
    }
    if (t instanceof PolicyViolationException
        || t instanceof InvalidConfigurationException
        || t instanceof InvalidReplicationFactorException
        || t instanceof InvalidPartitionsException
        || t instanceof UnsupportedVersionException) {
      return new UserError(
          ExitCode.CONFIGURATION, "the broker at " + bootstrap + " refused: " + words(t), failure);
    }
    return null;
  }

  /** No broker answers. */
  static UserError unreachable(String bootstrap, String why, @Nullable Throwable failure) {
    return new UserError(
        ExitCode.BROKER,
        "no Kafka broker answers at "
            + bootstrap
            + " ("
            + why
            + "); is it running? 'thalweg broker' starts one on this machine",
        failure);
  }

  /** Somebody takes connections and does not answer as a broker does. */
  static UserError silent(String bootstrap, String why, @Nullable Throwable failure) {
    return new UserError(
        ExitCode.BROKER,
        "connections to "
            + bootstrap
            + " are taken, but no Kafka broker answers there ("
            + why
            + "); is it overloaded, is it another program, or does it want kafka.security.protocol?",
        failure);
  }

  /** A topic does not exist, and how to make it. */
  static UserError missingTopic(String topic, String bootstrap, String howToCreate) {
    return missingTopics(List.of(topic), bootstrap, howToCreate);
  }

  /** Topics that are not there, and what creates them. */
  static UserError missingTopics(Collection<String> topics, String bootstrap, String howToCreate) {
    boolean one = topics.size() == 1;
    return new UserError(
        ExitCode.CONFIGURATION,
        (one ? "topic " : "topics ")
            + String.join(", ", topics)
            + (one ? " does" : " do")
            + " not exist on "
            + bootstrap
            + "; create "
            + (one ? "it" : "them")
            + " with: "
            + howToCreate);
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable t = failure;
    while ((t instanceof ExecutionException
            || t instanceof CompletionException
            || t.getClass() == KafkaException.class)
        && t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  private static String words(Throwable t) {
    String message = t.getMessage();
    return message == null ? t.getClass().getSimpleName() : message;
  }

  private static @Nullable Throwable cause(Throwable t) {
    Throwable cause = t.getCause();
    return cause == t ? null : cause;
  }
}
