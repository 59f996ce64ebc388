package io.thalweg.app;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Errors of the JVM end the process: a thread that ran out of memory leaves a pipeline behind that
 * waits for ever, and whoever supervises the process would never hear of it. What is committed
 * stays; the next start goes on from there.
 */
final class FatalErrors {
  private FatalErrors() {}

  /** From here on; said by the main method alone. */
  static void endTheProcess() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          endIfFatal(error);
          if (before != null) {
            before.uncaughtException(thread, error);
          } else {
            error.printStackTrace();
          }
        });
    Schedulers.onHandleError((thread, error) -> endIfFatal(error));
  }

  private static void endIfFatal(Throwable error) {
    String text = text(error);
    if (text != null) {
      System.err.println(text);
      System.err.flush();
      // no exit in order: hooks that need memory would hang, and nothing uncommitted counts
      Runtime.getRuntime().halt(ExitCode.FAILURE);
    }
  }

  /** What to say of an error the JVM does not recover from, or null when it is none. */
  static @Nullable String text(Throwable error) {
    if (error instanceof OutOfMemoryError) {
      return "out of memory ("
          + error.getMessage()
          + ") at a heap of "
          + (Runtime.getRuntime().maxMemory() >> 20)
          + " MiB: start with a larger java -Xmx";
    }
    return error instanceof VirtualMachineError ? "the JVM failed: " + error : null;
  }
}
