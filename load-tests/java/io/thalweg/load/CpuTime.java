package io.thalweg.load;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** CPU time used so far. */
public final class CpuTime {
  private CpuTime() {}

  /**
   * Of this process, all threads, those of the JVM included.
   *
   * @return nanoseconds
   */
  public static long ofProcess() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /**
   * Of this thread.
   *
   * @return nanoseconds
   */
  public static long ofThread() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /**
   * Of another process, as exactly as the system counts.
   *
   * @param process the process
   * @return nanoseconds, 0 when the system does not say
   */
  public static long of(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
