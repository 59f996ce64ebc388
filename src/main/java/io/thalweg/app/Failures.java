package io.thalweg.app;

import io.thalweg.config.JobFileException;
import io.thalweg.kafka.KafkaFailure;
import io.thalweg.pipeline.DivergedException;
import io.thalweg.pipeline.ResumeException;
import io.thalweg.pipeline.StarvedException;
import io.thalweg.pipeline.StepException;
import io.thalweg.settings.SettingException;
import io.thalweg.wire.CheckpointFormatException;
import io.thalweg.wire.NonFiniteException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Turns whatever a command threw into one message and one exit code. */
final class Failures {
  private Failures() {}

  /** The exit code for a failure, found along its causes. */
  static int code(Throwable failure) {
    for (Throwable t = failure; t != null; t = next(t)) {
      if (t instanceof UserError user) {
        return user.code();
      }
      if (t instanceof SettingException || t instanceof JobFileException) {
        return ExitCode.CONFIGURATION;
      }
      if (isBroker(t)) {
        return ExitCode.BROKER;
      }
      if (isOurs(t)) {
        return ours(t);
      }
    }
    return ExitCode.FAILURE;
  }

  /** Failures of the loop and its adapters, whose messages are written for people. */
  private static boolean isOurs(Throwable t) {
    return t instanceof KafkaFailure
        || t instanceof DivergedException
        || t instanceof ResumeException
        || t instanceof StarvedException
        || t instanceof NonFiniteException
        || t instanceof CheckpointFormatException;
  }

  private static int ours(Throwable t) {
    if (t instanceof KafkaFailure kafka) {
      return switch (kafka.category()) {
        case UNREACHABLE, UNAUTHORISED -> ExitCode.BROKER;
        case MISSING_TOPIC, CONFIGURATION, TOO_LARGE -> ExitCode.CONFIGURATION;
        case DATA_LOSS -> ExitCode.DATA;
        case FENCED, RESTARTABLE -> ExitCode.FAILURE;
      };
    }
    if (t instanceof DivergedException || t instanceof NonFiniteException) {
      return ExitCode.DIVERGED;
    }
    return t instanceof ResumeException ? ExitCode.CONFIGURATION : ExitCode.DATA;
  }

  /** One message for people, without a stack trace. */
  static String message(Throwable failure) {
    for (Throwable t = failure; t != null; t = next(t)) {
      String fatal = FatalErrors.text(t);
      if (fatal != null) {
        return fatal;
      }
      if (t instanceof UserError || t instanceof SettingException || isOurs(t)) {
        return String.valueOf(t.getMessage());
      }
      if (t instanceof JobFileException job) {
        int count = job.mistakes().size();
        return job.getMessage() + (count == 1 ? "" : "\n" + count + " mistakes in the job file");
      }
      if (isBroker(t)) {
        return "the broker cannot be used: " + t.getMessage();
      }
    }
    return unexpected(failure) + " (--verbose shows the stack trace)";
  }

  /** What nobody expected; in a step, with the step and the problem it was made on. */
  private static String unexpected(Throwable failure) {
    for (Throwable t = failure; t != null; t = next(t)) {
      if (t instanceof StepException) {
        return String.valueOf(t.getMessage());
      }
    }
    String message = failure.getMessage();
    return "unexpected "
        + failure.getClass().getSimpleName()
        + (message == null ? "" : ": " + message);
  }

  private static boolean isBroker(Throwable t) {
    return t instanceof TimeoutException
        || t instanceof AuthenticationException
        || t instanceof AuthorizationException;
  }

  private static @Nullable Throwable next(Throwable t) {
    Throwable cause = t.getCause();
    return cause == t ? null : cause;
  }
}
