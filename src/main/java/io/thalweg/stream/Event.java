package io.thalweg.stream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was noticed or done about the method at a step: a drift of the stream, a measure of the
 * guard.
 *
 * @param step t of the method when it came about
 * @param kind lower case with dashes, for example {@code drift} or {@code rolled-back}
 * @param reason in words
 * @param figures name to finite figure, in a fixed order
 * @param signature of the command that it answers, {@link Signature#NONE} where it answers none
 */
public record Event(
    long step, String kind, String reason, Map<String, Double> figures, Signature signature) {
  /** The kind of an answer that says what a command has done. */
  public static final String COMMAND_APPLIED = "control";

  /** The kind of an answer that says why a command was not obeyed. */
  public static final String COMMAND_REJECTED = "control-rejected";

  /** The figure of an answer that names the command: the offset of its record. */
  public static final String COMMAND_OFFSET = "offset";

  /**
   * Copies the map, keeping its order.
   *
   * @param step t of the method when it came about
   * @param kind lower case with dashes
   * @param reason in words
   * @param figures name to finite figure, in a fixed order
   * @param signature of the command that it answers
   */
  public Event {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /**
   * An event that answers no command, or one that is not signed.
   *
   * @param step t of the method when it came about
   * @param kind lower case with dashes
   * @param reason in words
   * @param figures name to finite figure, in a fixed order
   */
  public Event(long step, String kind, String reason, Map<String, Double> figures) {
    this(step, kind, reason, figures, Signature.NONE);
  }

  /**
   * An event without the figures that are not finite, which could not be written.
   *
   * @param step t of the method when it came about
   * @param kind lower case with dashes
   * @param reason in words
   * @param of name to figure
   * @return the event
   */
  public static Event finite(long step, String kind, String reason, Map<String, Double> of) {
    Map<String, Double> figures = new LinkedHashMap<>(of);
    figures.values().removeIf(figure -> !Double.isFinite(figure));
    return new Event(step, kind, reason, figures);
  }

  /** On one line: the reason may quote what a command held. */
  @Override
  public String toString() {
    String asked = signature.words();
    return kind
        + " at step "
        + step
        + (asked.isEmpty() ? "" : ", asked " + asked)
        + ": "
        + OneLine.of(reason);
  }
}
