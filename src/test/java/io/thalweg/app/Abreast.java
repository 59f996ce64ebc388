package io.thalweg.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Jobs that run abreast, each a test of its own. */
final class Abreast implements AutoCloseable {
  private static final int JOBS = 2;
  private static final Duration LONGEST = Duration.ofMinutes(3);

  private final ExecutorService jobs = Executors.newFixedThreadPool(JOBS);

  /** What is done with a row of a table. */
  @FunctionalInterface
  interface Work<T> {
    void on(T row) throws Exception;
  }

  /** A test for every row. */
  <T> Stream<DynamicTest> tests(List<T> rows, Work<T> work) {
    List<DynamicTest> out = new ArrayList<>();
    for (T row : rows) {
      Future<?> running =
          jobs.submit(
              () -> {
                work.on(row);
                return null;
              });
      out.add(DynamicTest.dynamicTest(row.toString(), () -> done(running)));
    }
    return out.stream();
  }

  private static void done(Future<?> running) throws Throwable {
    try {
      running.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() {
    jobs.shutdownNow();
  }
}
