package io.thalweg.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.LoggerFactory;

/**
 * Switches the one log stream (stderr) between text for people and JSON for machines. What is
 * logged by default stands in {@code logback.xml}.
 */
final class Logging {
  /** What log lines look like. */
  enum Format {
    text,
    json
  }

  private Logging() {}

  /** Applies the command line's choice; harmless when called again. */
  static void apply(Format format, boolean verbose) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      apply(context, format, verbose);
    } // else another binding: its own configuration holds
  }

  static void apply(LoggerContext context, Format format, boolean verbose) {
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    if (format == Format.json
        && root.getAppender("stderr") instanceof ConsoleAppender<ILoggingEvent> stderr
        && !(stderr.getEncoder() instanceof JsonLogLines)) {
      JsonLogLines encoder = new JsonLogLines();
      encoder.setContext(context);
      encoder.start();
      stderr.stop();
      stderr.setEncoder(encoder);
      stderr.start();
    }
    if (verbose) {
      context.getLogger("io.thalweg").setLevel(Level.DEBUG);
      context.getLogger("org.apache.kafka").setLevel(Level.INFO);
    }
  }

  /** Puts a name on every JSON line from now on, such as {@code job}: whose line it is. */
  static void tag(String key, String value) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      tag(context, key, value);
    }
  }

  static void tag(LoggerContext context, String key, String value) {
    context.putProperty(key, value);
  }
}
