package io.thalweg.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets each warning of the clients about a connection through once in half a minute. A job has a
 * dozen clients, and every one of them says at every attempt that a broker is away: fifteen lines a
 * second, in which what the job itself says is lost.
 */
public final class RepeatedWarnings extends TurboFilter {
  private static final String NETWORK = "org.apache.kafka.clients.NetworkClient";
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MOST = 1_000;

  private final LongSupplier nanos;

  /** When each was let through last, the oldest first. */
  private final Map<String, Long> last = new LinkedHashMap<>();

  /** For {@code logback.xml}. */
  public RepeatedWarnings() {
    this(System::nanoTime);
  }

  RepeatedWarnings(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    return format != null
            && level == Level.WARN
            && logger.getName().equals(NETWORK)
            && !isNew(about(format) + Arrays.toString(params))
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  /** Without the name of the client in front. */
  private static String about(String format) {
    return format.startsWith("[") ? format.substring(format.indexOf(']') + 1) : format;
  }

  private synchronized boolean isNew(String warning) {
    long now = nanos.getAsLong();
    Long before = last.get(warning);
    if (before != null && now - before < QUIET_NANOS) {
      return false;
    }
    last.remove(warning);
    last.put(warning, now);
    if (last.size() > MOST) {
      last.remove(last.keySet().iterator().next());
    }
    return true;
  }
}
