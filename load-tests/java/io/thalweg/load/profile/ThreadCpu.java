package io.thalweg.load.profile;

import io.thalweg.load.CpuTime;
import io.thalweg.load.report.ProfileResult.Share;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * CPU time of the process by thread. What no Java thread used is the JVM's own: compiler and
 * collector. Threads are looked at many times a second, because those of a run end with it.
 */
final class ThreadCpu implements AutoCloseable {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long LOOK_MILLIS = 20;

  private final Map<Long, String> names = new HashMap<>();
  private final Map<Long, Long> before = new HashMap<>();
  private final Map<Long, Long> now = new HashMap<>();
  private final long processBefore = CpuTime.ofProcess();
  private final Thread looker = new Thread(this::look, "load-thread-cpu");
  private volatile boolean done;

  ThreadCpu() {
    take(before);
    looker.setDaemon(true);
    looker.start();
  }

  private void look() {
    while (!done) {
      take(now);
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void take(Map<Long, Long> into) {
    long[] ids = THREADS.getAllThreadIds();
    ThreadInfo[] infos = THREADS.getThreadInfo(ids);
    for (int i = 0; i < ids.length; i++) {
      ThreadInfo info = infos[i];
      long cpu = THREADS.getThreadCpuTime(ids[i]);
      if (info != null && cpu >= 0) {
        names.put(ids[i], group(info.getThreadName()));
        into.merge(ids[i], cpu, Math::max);
      }
    }
  }

  /** Threads of one kind have one name. */
  static String group(String thread) {
    return thread.replaceAll("[-_]?\\d+$", "").replaceAll(" \\| .*$", "");
  }

  /** Shares of the CPU time since the beginning; the load test's own threads are left out. */
  List<Share> shares() {
    close();
    Map<String, Long> byName = new TreeMap<>();
    long java = 0;
    long own = 0;
    for (Map.Entry<Long, Long> entry : now.entrySet()) {
      long used = entry.getValue() - before.getOrDefault(entry.getKey(), 0L);
      String name = names.getOrDefault(entry.getKey(), "?");
      java += used;
      if (name.equals("main") || name.startsWith("load-")) {
        own += used;
      } else {
        byName.merge(name, used, Long::sum);
      }
    }
    long process = CpuTime.ofProcess() - processBefore;
    byName.put("JVM (compiler, collector)", Math.max(0, process - java));
    List<Share> out = new ArrayList<>();
    double whole = Math.max(1, process - own);
    byName.forEach((name, nanos) -> out.add(new Share(name, nanos / whole)));
    out.removeIf(share -> share.share() < 0.005);
    out.sort(Comparator.comparingDouble(Share::share).reversed());
    return out;
  }

  @Override
  public void close() {
    done = true;
    try {
      looker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
