package io.thalweg.kafka;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * The right without which a broker refuses, in the words of Kafka's own tools. A broker says what
 * kind of thing it guards and seldom which right is missing; who asked knows what it asked for.
 *
 * @param operation {@code Read}, {@code Write} and so on; the first two include {@code Describe}
 * @param topics on which; what the broker names is believed before this
 */
public record MissingRight(String operation, Collection<String> topics) {

  /**
   * To read a topic.
   *
   * @param topic its name
   * @return what is missing when a broker refuses it
   */
  public static MissingRight read(String topic) {
    return new MissingRight("Read", List.of(topic));
  }

  /**
   * To write to a topic.
   *
   * @param topic its name
   * @return what is missing when a broker refuses it
   */
  public static MissingRight write(String topic) {
    return new MissingRight("Write", List.of(topic));
  }

  /**
   * What a broker refused.
   *
   * @param refusal what the client threw
   * @param asked what was asked for; null when nobody knows
   * @return which right is missing, in a few words
   */
  public static String words(AuthorizationException refusal, @Nullable MissingRight asked) {
    if (refusal instanceof GroupAuthorizationException group && group.groupId() != null) {
      return "the right Read on group " + group.groupId() + " is missing";
    }
    if (refusal instanceof TransactionalIdAuthorizationException) {
      return "the right Write on the transactional id, which is the name of the job, is missing";
    }
    if (refusal instanceof TopicAuthorizationException topic
        && !topic.unauthorizedTopics().isEmpty()) {
      return on(asked == null ? "Read or Write" : asked.operation, topic.unauthorizedTopics());
    }
    // who may write to no topic at all gets no producer id, and that is refused by the cluster
    boolean producer = refusal instanceof ClusterAuthorizationException;
    if (asked != null
        && !asked.topics.isEmpty()
        && (refusal instanceof TopicAuthorizationException || producer)) {
      return on(asked.operation, asked.topics);
    }
    String message = refusal.getMessage();
    return message == null ? refusal.getClass().getSimpleName() : message;
  }

  private static String on(String operation, Collection<String> topics) {
    return "the right "
        + operation
        + (topics.size() == 1 ? " on topic " : " on topics ")
        + String.join(", ", new TreeSet<>(topics))
        + " is missing";
  }
}
