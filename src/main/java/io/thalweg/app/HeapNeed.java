package io.thalweg.app;

import com.sun.management.ThreadMXBean;
import io.thalweg.config.JobConfig;
import io.thalweg.problem.Problem;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import java.lang.management.ManagementFactory;

/**
 * How much heap a job needs, told before it runs out of it: what problem and solver take, which may
 * be several times the state (two buffers, gradients, bounds); the gradients of single records that
 * an aggregator weighs, which it makes room for when batches come; the state three times (one copy
 * being written, one the sink waits with, one that waits for the sink; at a restart the records of
 * both slots and what is read from them), the published vectors five times (the same, the loop's
 * own, and the keyframe that differences go back to) with those of a portfolio's members, and what
 * samples, clients and the JVM take however small the model is. A command may make the method anew,
 * from a copy of its state, while the old one is still there: that room is needed too, since a job
 * that runs out of memory on it would read the same command at its next start. Records that wait
 * for late labels are part of the state, reckoned as if all waited that may.
 */
final class HeapNeed {
  private static final int STATES = 3;
  private static final int VECTORS = 5;
  private static final long BESIDE = 160L << 20;

  /** A half more: arrays of this length want room in one piece, and are copied on their way. */
  private static final int BETWEEN = 2;

  private static final long MIB = 1 << 20;

  /** Part of -Xmx that a JVM may keep out of what it says it takes: its collectors differ. */
  private static final int KEPT_OUT = 8;

  /** Below this no job is told anything: it fits wherever a JVM starts. */
  private static final long WORTH_TELLING = 64L << 20;

  private final long own;
  private final long weighing;
  private final long steering;
  private final long state;
  private final long waiting;
  private final long vectors;

  private HeapNeed(long own, long weighing, long steering, long state, long waiting, long vectors) {
    this.own = own;
    this.weighing = weighing;
    this.steering = steering;
    this.state = state;
    this.waiting = waiting;
    this.vectors = vectors;
  }

  static HeapNeed of(JobConfig job) {
    long before = allocated();
    Problem problem = job.problem();
    long between = allocated();
    Solver solver = job.solver(problem);
    long method = allocated() - between;
    long own = allocated() - before; // with what was needed on the way: rather too much
    Size size = new Size();
    solver.save(size);
    long waiting = Methods.waitingBytes(job.solverSettings(), problem);
    size.bytes += waiting;
    return new HeapNeed(
        Math.max(own + waiting, size.bytes),
        Methods.aggregatorBytes(
            job.solverSettings(), problem, job.batching().lower(), job.batching().upper()),
        size.bytes + (Methods.steersInPlace(job.method()) ? 0 : method),
        size.bytes,
        waiting,
        Double.BYTES
            * ((long) solver.upperDim()
                + solver.lowerDim() * (1L + membersWithVectors(job, solver))));
  }

  private static int membersWithVectors(JobConfig job, Solver solver) {
    return solver.lowerDim() <= job.longVectors().inline()
        ? Methods.members(job.solverSettings())
        : 0;
  }

  /** Bytes that this thread has asked for so far; 0 where the JVM does not count them. */
  private static long allocated() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
            && threads.isThreadAllocatedMemorySupported()
        ? threads.getCurrentThreadAllocatedBytes()
        : 0;
  }

  /** Bytes that problem and solver take, at most. */
  long own() {
    return own;
  }

  /** Bytes that an aggregator takes beyond that. */
  long weighing() {
    return weighing;
  }

  /** Bytes that a command takes for the moment: the method once more, and a copy of its state. */
  long steering() {
    return steering;
  }

  /** Bytes of a checkpoint's state. */
  long state() {
    return state;
  }

  /** Whether it is so much that one had better look. */
  boolean isLarge() {
    return state + weighing >= WORTH_TELLING;
  }

  long bytes() {
    long large = own + weighing + STATES * state + VECTORS * vectors;
    return large + large / BETWEEN + steering + BESIDE; // a command is over soon
  }

  /** One sentence. */
  String text() {
    return String.format(
        "the state has %d MiB%s%s, so run needs about %d MiB of heap",
        mib(state),
        waiting >= MIB
            ? String.format(" when all records wait that may, %d MiB of them", mib(waiting))
            : "",
        weighing > 0 ? String.format(" and what robust weighs %d MiB", mib(weighing)) : "",
        mib(bytes()));
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
              + "m -jar ..., or "
              + (waiting > state / 2 ? "let fewer records wait" : "tune a shorter model"));
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
