package io.thalweg.app;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a feeding is: a bar for people, a line now and then for a log file. All of it on stderr.
 */
final class FeedProgress implements AutoCloseable {
  private static final int WIDTH = 100;
  private static final long SMALL = 10_000_000;
  private static final long BAR_EVERY_MILLIS = 200;
  private static final long LINE_EVERY_MILLIS = 10_000;

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread thread;
  private final Runnable last;

  private FeedProgress(Runnable show, Runnable last, long everyMillis) {
    this.last = last;
    this.thread = new Thread(() -> repeat(show, everyMillis), "thalweg-progress");
    thread.setDaemon(true);
  }

  /** Begins to show. */
  void start() {
    thread.start();
  }

  private void repeat(Runnable show, long everyMillis) {
    try {
      while (!ended.await(everyMillis, TimeUnit.MILLISECONDS)) {
        show.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A bar over the bytes of the file.
   *
   * @param total bytes to read, -1 when nobody knows
   * @param read bytes read
   */
  static FeedProgress bar(String task, long total, LongSupplier read, Feeding feeding) {
    boolean small = total >= 0 && total < SMALL;
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(small ? " kB" : " MB", small ? 1_000 : 1_000_000)
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
            .build();
    Runnable show =
        () -> {
          bar.stepTo(read.getAsLong());
          bar.setExtraMessage(String.format(Locale.ROOT, "%,d samples", feeding.sent()));
        };
    return new FeedProgress(
        show,
        () -> {
          show.run();
          bar.close();
        },
        BAR_EVERY_MILLIS);
  }

  /** A line every ten seconds. */
  static FeedProgress lines(PrintWriter err, Feeding feeding) {
    long start = System.nanoTime();
    return new FeedProgress(
        () -> {
          double seconds = (System.nanoTime() - start) / 1e9;
          err.printf(
              Locale.ROOT,
              "%,d samples sent, %.1f MB, %.0f samples/s%n",
              feeding.sent(),
              feeding.bytes() / 1e6,
              feeding.sent() / seconds);
          err.flush();
        },
        () -> {},
        LINE_EVERY_MILLIS);
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      thread.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    last.run();
  }
}
