package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Sorts what the clients throw into the few kinds that matter. */
final class Failures {
  private Failures() {}

  /**
   * A {@link KafkaFailure} of the matching kind when the clients are behind it. Anything else is a
   * mistake of ours or of the data, which starting anew would only repeat: it is passed through.
   *
   * @param thrown what a client threw
   * @param doing what was attempted, to begin the message with
   */
  static RuntimeException of(Throwable thrown, String doing) {
    return of(thrown, doing, null);
  }

  /**
   * The same where it is known which right is asked for.
   *
   * @param thrown what a client threw
   * @param doing what was attempted, to begin the message with
   * @param right what is missing when a broker refuses; null when nobody knows
   */
  static RuntimeException of(Throwable thrown, String doing, @Nullable MissingRight right) {
    Throwable last = thrown;
    for (Throwable t = thrown; t != null; t = next(t)) {
      if (t instanceof KafkaFailure failure) {
        return failure;
      }
      Category category = category(t);
      if (category != null) {
        return new KafkaFailure(category, message(category, t, doing, right), thrown);
      }
      last = t;
    }
    if (causedBy(thrown, KafkaException.class)) {
      return new KafkaFailure(Category.RESTARTABLE, doing + " failed: " + words(last), thrown);
    }
    Throwable itself = unwrap(thrown);
    return itself instanceof RuntimeException unchanged
        ? unchanged
        : new IllegalStateException(doing + " failed: " + words(itself), itself);
  }

  /** The same for a commit: a broker that is away is waited for by starting anew. */
  static RuntimeException ofCommit(Throwable thrown, String doing) {
    return ofCommit(thrown, doing, null);
  }

  /** The same where it is known which right is asked for. */
  static RuntimeException ofCommit(Throwable thrown, String doing, @Nullable MissingRight right) {
    RuntimeException said = of(thrown, doing, right);
    return said instanceof KafkaFailure kafka && kafka.category() == Category.UNREACHABLE
        ? new KafkaFailure(Category.RESTARTABLE, words(said), said)
        : said;
  }

  /** The innermost of the wrappers that futures put around a failure. */
  static Throwable unwrap(Throwable thrown) {
    Throwable t = thrown;
    while ((t instanceof ExecutionException || t instanceof CompletionException)
        && t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  /** Whether some cause is of a type. */
  static boolean causedBy(Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable t = thrown; t != null; t = next(t)) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Category category(Throwable t) {
    if (t instanceof ProducerFencedException || t instanceof FencedInstanceIdException) {
      return Category.FENCED;
    }
    if (t instanceof AuthenticationException || t instanceof AuthorizationException) {
      return Category.UNAUTHORISED;
    }
    if (t instanceof TimeoutException || t instanceof DisconnectException) {
      return Category.UNREACHABLE;
    }
    if (t instanceof UnknownTopicOrPartitionException) {
      return Category.MISSING_TOPIC;
    }
    if (t instanceof RecordTooLargeException) {
      return Category.TOO_LARGE;
    }
    if (t instanceof CorruptRecordException) {
      return Category.DATA_LOSS;
    }
    if (t instanceof ConfigException) {
      return String.valueOf(t.getMessage()).contains("No resolvable bootstrap")
          ? Category.UNREACHABLE
          : Category.CONFIGURATION;
    }
    // the second includes a broker too old for what is asked of it
    if (t instanceof InvalidTxnTimeoutException || t instanceof InvalidConfigurationException) {
      return Category.CONFIGURATION;
    }
    return null;
  }

  private static String message(
      Category category, Throwable t, String doing, @Nullable MissingRight right) {
    return switch (category) {
      case FENCED ->
          doing + " was refused: another instance has taken over this job (" + words(t) + ")";
      case UNAUTHORISED ->
          doing
              + " was refused by the broker: "
              + (t instanceof AuthorizationException refusal
                  ? MissingRight.words(refusal, right)
                      + "; 'thalweg topics export --format acls' prints the rights of each role"
                  : words(t));
      case UNREACHABLE -> doing + " failed, no broker answered in time: " + words(t);
      default -> doing + " failed: " + words(t);
    };
  }

  private static String words(Throwable t) {
    String message = t.getMessage();
    return message == null ? t.getClass().getSimpleName() : message;
  }

  private static @Nullable Throwable next(Throwable t) {
    Throwable cause = t.getCause();
    return cause == t ? null : cause;
  }
}
