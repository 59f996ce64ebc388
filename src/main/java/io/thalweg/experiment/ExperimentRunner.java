package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import io.thalweg.solver.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs every arm on every seed, several at a time, and records their curves. The values recorded
 * follow from the seed alone, whatever the number of threads; only the seconds differ.
 */
public final class ExperimentRunner {
  /** Part of a run that is run once per arm and thrown away, so that the seconds are warm. */
  private static final int WARM_UP_SHARE = 10;

  private final Experiment experiment;
  private final Horizon horizon;
  private final long[] marks;
  private final @Nullable RunFolder folder;
  private final LongSupplier cpuNanos;
  private final Listener listener;
  private final Set<String> warm = ConcurrentHashMap.newKeySet();

  /** Is told how far it is; called by several threads. */
  public interface Listener {
    /**
     * A run goes on.
     *
     * @param share part of the run that lies between the last two calls, all calls of a run adding
     *     up to 1
     */
    void advanced(double share);

    /**
     * A run ended.
     *
     * @param run the run
     * @param resumed whether it was taken from disk
     */
    void ended(Run run, boolean resumed);
  }

  /**
   * A runner.
   *
   * @param experiment what to run
   * @param horizon how far
   * @param folder where finished runs are kept and taken up; null to keep nothing
   * @param cpuNanos CPU time of the calling thread in nanoseconds
   * @param listener is told how far it is
   */
  public ExperimentRunner(
      Experiment experiment,
      Horizon horizon,
      @Nullable RunFolder folder,
      LongSupplier cpuNanos,
      Listener listener) {
    this.experiment = experiment;
    this.horizon = horizon;
    this.marks = horizon.marks();
    this.folder = folder;
    this.cpuNanos = cpuNanos;
    this.listener = listener;
  }

  /**
   * Runs the arms on seeds 1, 2, ...
   *
   * @param arms which
   * @param threads runs at a time, at least 1
   * @return every run, failed ones included
   * @throws InterruptedException when told to stop; finished runs are kept
   */
  public Results run(List<Arm> arms, int threads) throws InterruptedException {
    Trials trials = experiment.open(folder == null ? Shelf.NONE : folder);
    List<Callable<Run>> work = new ArrayList<>();
    for (long seed = 1; seed <= horizon.seeds(); seed++) {
      for (Arm arm : arms) {
        long own = seed;
        work.add(() -> one(trials, arm, own));
      }
    }
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "thalweg-experiment");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Run> runs = new ArrayList<>();
      for (Future<Run> done : pool.invokeAll(work)) {
        runs.add(done.get());
      }
      return new Results(experiment, arms, horizon, trials.facts(), runs);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a run ended without a result", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private Run one(Trials trials, Arm arm, long seed) {
    String fingerprint =
        folder == null ? "" : folder.fingerprint(experiment, trials, arm, seed, horizon);
    Optional<Run> kept =
        folder == null ? Optional.empty() : folder.load(fingerprint, arm.name(), seed);
    if (kept.isPresent()) {
      listener.advanced(1);
      listener.ended(kept.get(), true);
      return kept.get();
    }
    if (warm.add(arm.name())) {
      new Walk(trials, arm, seed).warmUp();
    }
    Run run = new Walk(trials, arm, seed).all();
    if (folder != null) {
      folder.save(fingerprint, run, experiment.measures());
    }
    listener.ended(run, false);
    return run;
  }

  /** One run under way. */
  private final class Walk {
    private final Trials trials;
    private final Arm arm;
    private final long seed;
    private final List<Point> points = new ArrayList<>();
    private final List<Measure> measures = experiment.measures();
    private final double[] values = new double[measures.size()];
    private final double[] squares = new double[measures.size()];
    private final boolean everyStep = measures.stream().anyMatch(Measure::sinceLast);
    private int since;
    private long step;
    private long nanos;
    private double told;

    Walk(Trials trials, Arm arm, long seed) {
      this.trials = trials;
      this.arm = arm;
      this.seed = seed;
    }

    void warmUp() {
      try {
        Trial trial = trials.start(arm, seed);
        while (progress(trial) < horizon.end() / WARM_UP_SHARE) {
          trial.draw();
          if (trial.step() instanceof Verdict.Refused) {
            return;
          }
          step++;
        }
      } catch (RuntimeException again) {
        // the run itself will fail the same way and say so
      }
    }

    Run all() {
      try {
        Trial trial = trials.start(arm, seed);
        String reason = walk(trial);
        if (reason != null) {
          return end(Run.Outcome.FAILED, "step " + step + ": " + reason);
        }
        return end(
            horizon.stopBelow() > 0 && last() <= horizon.stopBelow()
                ? Run.Outcome.CONVERGED
                : Run.Outcome.DONE,
            "");
      } catch (RuntimeException failure) {
        return end(Run.Outcome.FAILED, "step " + step + ": " + failure);
      }
    }

    private Run end(Run.Outcome outcome, String reason) {
      listener.advanced(1 - told);
      return new Run(arm.name(), seed, points, outcome, reason);
    }

    private double last() {
      return points.get(points.size() - 1).values()[0];
    }

    /** Why it failed, or null. */
    private @Nullable String walk(Trial trial) {
      trial.measure(values);
      keepSquares();
      if (!look(trial, 0)) {
        return "a measure was not finite at the start";
      }
      int next = 0;
      while (next < marks.length) {
        trial.draw();
        step++;
        long before = cpuNanos.getAsLong();
        Verdict verdict = trial.step();
        nanos += cpuNanos.getAsLong() - before;
        if (verdict instanceof Verdict.Refused refused) {
          return "refused: " + refused.reason();
        }
        if (everyStep) {
          trial.measure(values);
          keepSquares();
        }
        long at = progress(trial);
        if (at >= marks[next]) {
          while (next < marks.length && marks[next] <= at) {
            next++;
          }
          if (!everyStep) {
            trial.measure(values);
          }
          if (!look(trial, next)) {
            return "a measure was not finite";
          }
          tell((double) at / horizon.end());
          if (last() <= horizon.stopBelow() && horizon.stopBelow() > 0) {
            return null;
          }
        }
      }
      return null;
    }

    private long progress(Trial trial) {
      return horizon.unit() == Horizon.Unit.STEPS ? step : trial.samples();
    }

    private void keepSquares() {
      for (int i = 0; i < squares.length; i++) {
        squares[i] += values[i] * values[i];
      }
      since++;
    }

    private boolean look(Trial trial, int mark) {
      double[] seen = values.clone();
      for (int i = 0; i < seen.length; i++) {
        if (measures.get(i).sinceLast()) {
          seen[i] = Math.sqrt(squares[i] / since);
        }
        squares[i] = 0;
      }
      since = 0;
      points.add(new Point(mark, step, trial.samples(), trial.evaluations(), nanos * 1e-9, seen));
      return Kernels.allFinite(seen);
    }

    private void tell(double share) {
      double now = Math.min(1, share);
      listener.advanced(now - told);
      told = now;
    }
  }
}
