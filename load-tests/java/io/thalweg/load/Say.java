package io.thalweg.load;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Progress, for whoever watches: lines on stderr, so that stdout holds verdicts alone. */
public final class Say {
  private Say() {}

  /** Leaves out what the classes of the program log; the program as a process has its own log. */
  static void quietLogs() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
      // a topic that is to be made is not there yet, and is reported as an error
      context.getLogger("org.apache.kafka.clients.admin").setLevel(Level.OFF);
    }
  }

  /** Name of a result's file; that of a part of it is another one. */
  static String fileName(String name, String only) {
    String part = only.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    return name + (part.isEmpty() ? "" : "-" + part) + ".json";
  }

  /**
   * One line.
   *
   * @param format as {@link String#format}
   * @param args its arguments
   */
  public static void line(String format, Object... args) {
    System.err.println(String.format(Locale.ROOT, format, args));
  }
}
