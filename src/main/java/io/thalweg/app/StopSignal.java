package io.thalweg.app;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM as a request: the command hears of it, ends in its own order, and the process
 * ends with the command's exit code instead of the 143 of a killed process.
 *
 * <p>The JVM runs shutdown hooks at the signal and ends when they end; so the hook waits for the
 * command, and {@link #exit} tells it the code.
 */
final class StopSignal {
  /** What a command may take to end; an orchestrator's own patience ends soon after. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final CountDownLatch ASKED = new CountDownLatch(1);
  private static final CompletableFuture<Integer> CODE = new CompletableFuture<>();
  private static boolean ownsProcess;
  private static boolean installed;

  private StopSignal() {}

  /** The process is one command and ends with {@link #exit}; said by its main method alone. */
  static synchronized void ownProcess() {
    ownsProcess = true;
  }

  /**
   * Turns signals into requests from here on; a second call changes nothing. Nothing happens where
   * a command runs within another program: its end is that program's affair.
   */
  static synchronized void install() {
    if (ownsProcess && !installed) {
      installed = true;
      Runtime.getRuntime().addShutdownHook(new Thread(StopSignal::ask, "thalweg-stop"));
    }
  }

  /** Blocks until the user asks to stop. */
  static void await() throws InterruptedException {
    ASKED.await();
  }

  /** Blocks until the user asks to stop or the time is over; true when asked. */
  static boolean await(Duration limit) throws InterruptedException {
    return ASKED.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether the user asked to stop. */
  static boolean asked() {
    return ASKED.getCount() == 0;
  }

  /** Ends the process with this code, whether a signal began its end or nobody did. */
  static void exit(int code) {
    CODE.complete(code);
    System.exit(code); // blocks when a signal is at work: the hook ends the process then
  }

  private static void ask() {
    if (CODE.isDone()) {
      return; // an ordinary end
    }
    ASKED.countDown();
    try {
      Runtime.getRuntime().halt(CODE.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (Exception late) {
      System.err.println("not stopped within " + PATIENCE.toSeconds() + " s: ending at once");
      Runtime.getRuntime().halt(ExitCode.FAILURE);
    }
  }
}
