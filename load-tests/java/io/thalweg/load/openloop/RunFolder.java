package io.thalweg.load.openloop;

import io.thalweg.load.Say;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The folder of a run: logs and what the brokers keep, gigabytes of it. */
final class RunFolder {
  private RunFolder() {}

  /** What is done with a folder. */
  interface Work<T> {
    T in(Path folder) throws Exception;
  }

  /** Works in a new folder, which goes when all went right, and else stays for whoever asks why. */
  static <T> T with(String prefix, Work<T> work) throws Exception {
    Path folder = Files.createTempDirectory(prefix);
    boolean right = false;
    try {
      T result = work.in(folder);
      right = true;
      return result;
    } finally {
      if (right) {
        delete(folder);
      } else {
        Say.line("the logs of the run stay in %s", folder);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
