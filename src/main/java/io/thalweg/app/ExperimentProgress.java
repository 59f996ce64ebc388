package io.thalweg.app;

import io.thalweg.experiment.ExperimentRunner;
import io.thalweg.experiment.Run;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far an experiment is: a bar for people, a line per run for a log file; all on stderr. */
final class ExperimentProgress implements ExperimentRunner.Listener, AutoCloseable {
  private static final int WIDTH = 100;
  private static final int PARTS = 1000;

  private final int runs;
  private final PrintWriter err;
  private final @Nullable ProgressBar bar;
  private final DoubleAdder share = new DoubleAdder();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  /** Progress of the given number of runs. */
  ExperimentProgress(String name, int runs, PrintWriter err, boolean terminal) {
    this.runs = runs;
    this.err = err;
    bar =
        terminal
            ? new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax((long) runs * PARTS)
                .setUnit(" runs", PARTS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                .build()
            : null;
  }

  @Override
  public void advanced(double part) {
    share.add(part);
    if (bar != null) {
      bar.stepTo((long) (share.sum() * PARTS));
    }
  }

  @Override
  public void ended(Run run, boolean resumed) {
    int done = ended.incrementAndGet();
    if (run.failed()) {
      failed.incrementAndGet();
    }
    if (bar != null) {
      bar.setExtraMessage(failed.get() == 0 ? "" : failed.get() + " failed");
      return;
    }
    synchronized (err) {
      err.println(
          done
              + " of "
              + runs
              + ": "
              + run.arm()
              + ", seed "
              + run.seed()
              + (resumed ? ", taken from disk" : "")
              + (run.failed() ? ", failed: " + run.reason() : ""));
      err.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
