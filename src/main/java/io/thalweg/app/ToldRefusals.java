package io.thalweg.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps the producer from logging, with stack traces, that a broker refused it: whoever sent the
 * record is told so as well, and says it in one line with the right that is missing.
 */
public final class ToldRefusals extends TurboFilter {
  private static final String SENDER = "org.apache.kafka.clients.producer.internals.Sender";

  /** For {@code logback.xml}. */
  public ToldRefusals() {}

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    return thrown instanceof AuthorizationException && logger.getName().equals(SENDER)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
