package io.thalweg.app;

import io.thalweg.config.JobConfig;
import io.thalweg.problem.Problem;
import io.thalweg.solver.Solver;

/**
 * How much heap a job needs, told before it runs out of it: the state four times (the solver's own,
 * one copy being written, one the sink waits with, one that waits for the sink; at a restart the
 * records of both slots, what is read from them, and the solver), the published vectors five times
 * (the same, and the keyframe that differences go back to), and what samples, clients and the JVM
 * take however small the model is.
 */
final class HeapNeed {
  private static final int STATES = 4;
  private static final int VECTORS = 5;
  private static final long BESIDE = 160L << 20;
  private static final long MIB = 1 << 20;

  /** Part of -Xmx that a JVM may keep out of what it says it takes: its collectors differ. */
  private static final int KEPT_OUT = 8;

  /** Below this no job is told anything: it fits wherever a JVM starts. */
  private static final long WORTH_TELLING = 64L << 20;

  private final long state;
  private final long vectors;

  private HeapNeed(long state, long vectors) {
    this.state = state;
    this.vectors = vectors;
  }

  static HeapNeed of(JobConfig job) {
    Problem problem = job.problem();
    Size size = new Size();
    job.solver(problem).save(size);
    return new HeapNeed(
        size.bytes, Double.BYTES * ((long) problem.upperDim() + problem.lowerDim()));
  }

  /** Whether it is so much that one had better look. */
  boolean isLarge() {
    return state >= WORTH_TELLING;
  }

  long bytes() {
    return STATES * state + VECTORS * vectors + BESIDE;
  }

  /** One sentence. */
  String text() {
    return String.format(
        "the state has %d MiB, so run needs about %d MiB of heap", mib(state), mib(bytes()));
  }

  /**
   * Refuses a job that would run out of memory sooner or later.
   *
   * @param heap most bytes the JVM will take
   * @throws UserError when it is too little
   */
  void check(long heap) {
    if (isLarge() && bytes() > heap) {
      throw new UserError(
          ExitCode.CONFIGURATION,
          text()
              + ", but this JVM takes at most "
              + mib(heap)
              + " MiB: start it with java -Xmx"
              + advised(bytes())
              + "m -jar ..., or tune a shorter model");
    }
  }

  /** An -Xmx in MiB by which so many bytes are to be had, whatever the collector. */
  static long advised(long bytes) {
    return mib(bytes + bytes / (KEPT_OUT - 1));
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }

  /** Counts what a solver saves. */
  private static final class Size implements Solver.StateSink {
    private long bytes;

    @Override
    public void doubles(String name, double[] array, int offset, int length) {
      bytes += (long) Double.BYTES * length;
    }

    @Override
    public void longs(String name, long... words) {
      bytes += (long) Long.BYTES * words.length;
    }
  }
}
