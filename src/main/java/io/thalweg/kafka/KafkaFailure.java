package io.thalweg.kafka;

import org.jspecify.annotations.Nullable;

/**
 * Why Kafka cannot be used as asked. The message is meant for people: what was expected, what was
 * found, where, and what to do.
 */
public final class KafkaFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure, which decides how the program ends. */
  public enum Category {
    /** A topic does not exist, or has not the shape it must have. */
    MISSING_TOPIC,
    /** No broker answers. */
    UNREACHABLE,
    /** A broker answers and refuses us. */
    UNAUTHORISED,
    /** The clients refuse their settings. */
    CONFIGURATION,
    /**
     * Records or checkpoints that should be there are gone, damaged, or belong to another topic.
     */
    DATA_LOSS,
    /** A record is larger than its topic takes. */
    TOO_LARGE,
    /** Another instance writes for this job; this one must end. */
    FENCED,
    /** The clients must be closed and everything rebuilt from the last committed checkpoint. */
    RESTARTABLE
  }

  /** What kind. */
  private final Category category;

  /**
   * A failure.
   *
   * @param category what kind
   * @param message what was expected, what was found, where
   */
  public KafkaFailure(Category category, String message) {
    this(category, message, null);
  }

  /**
   * A failure with the exception behind it.
   *
   * @param category what kind
   * @param message what was expected, what was found, where
   * @param cause what was caught
   */
  public KafkaFailure(Category category, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  /**
   * What kind of failure.
   *
   * @return the category
   */
  public Category category() {
    return category;
  }
}
