package io.thalweg.load.openloop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** CPU time of some threads of another process, as Linux counts it. */
final class ThreadTimes {
  private ThreadTimes() {}

  /**
   * What threads have used up so far; those that have ended are not counted.
   *
   * @param pid of the process
   * @param prefix of the threads' names, at most 15 characters: Linux keeps no more of a name
   * @return nanoseconds; -1 where the system does not tell
   */
  static long of(long pid, String prefix) throws IOException {
    Path tasks = Path.of("/proc", String.valueOf(pid), "task");
    if (!Files.isDirectory(tasks)) {
      return -1;
    }
    long nanos = 0;
    List<Path> threads;
    try (Stream<Path> all = Files.list(tasks)) {
      threads = all.toList();
    }
    for (Path thread : threads) {
      try {
        if (Files.readString(thread.resolve("comm")).startsWith(prefix)) {
          nanos += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        }
      } catch (NoSuchFileException ended) {
        // between the list and the look
      }
    }
    return nanos;
  }
}
