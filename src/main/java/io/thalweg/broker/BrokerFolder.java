package io.thalweg.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a broker: its data, settings, identity and log. One process at a time has it; a
 * temporary one is removed by {@link #close}.
 */
final class BrokerFolder implements AutoCloseable {
  private static final String STARTING = "---- starting ----";
  private static final int LINES_SHOWN = 4;

  private final Path dir;
  private final boolean temporary;
  private final FileChannel lock;

  private BrokerFolder(Path dir, boolean temporary, FileChannel lock) {
    this.dir = dir;
    this.temporary = temporary;
    this.lock = lock;
  }

  /**
   * Takes a folder, created when missing.
   *
   * @param wished null for a temporary one
   * @throws BrokerException when another process has it, or it cannot be written to
   */
  static BrokerFolder open(@Nullable Path wished) {
    try {
      Path dir =
          wished == null
              ? Files.createTempDirectory("thalweg-kafka-")
              : Files.createDirectories(wished.toAbsolutePath().normalize());
      return new BrokerFolder(dir, wished == null, lock(dir));
    } catch (FileAlreadyExistsException e) {
      throw new BrokerException("the data folder of the broker is a file: " + wished, e);
    } catch (IOException e) {
      throw new BrokerException(
          "the data folder of the broker cannot be used: "
              + wished
              + " ("
              + e.getClass().getSimpleName()
              + ")",
          e);
    }
  }

  private static FileChannel lock(Path dir) throws IOException {
    FileChannel channel =
        FileChannel.open(
            dir.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException sameProcess) {
      channel.close();
      throw inUse(dir);
    }
    channel.close();
    throw inUse(dir);
  }

  private static BrokerException inUse(Path dir) {
    return new BrokerException("the data folder is in use by another broker: " + dir);
  }

  /** What to say when the child finds the data in use. */
  BrokerException inUse() {
    return inUse(dir);
  }

  Path path() {
    return dir;
  }

  Path logFile() {
    return dir.resolve("broker.log");
  }

  /** Held by the child for as long as it lives. */
  Path childLock() {
    return dir.resolve("child.lock");
  }

  /** Writes the settings of the coming start, and its port for who looks into the folder. */
  Path writeProperties(int port, Map<String, String> overrides) throws IOException {
    Path logs = Files.createDirectories(dir.resolve("log"));
    Path properties = dir.resolve("server.properties");
    try (OutputStream out = Files.newOutputStream(properties)) {
      ServerProperties.of(logs, port, LoopbackPorts.freeBeside(port), overrides)
          .store(out, "written at every start");
    }
    Files.writeString(dir.resolve("broker.port"), port + "\n");
    return properties;
  }

  /** The identity of the cluster, made once: a broker refuses data that belong to another one. */
  String clusterId() throws IOException {
    Path file = dir.resolve("cluster.id");
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException first) {
      String id = Uuid.randomUuid().toString();
      Files.writeString(file, id + "\n");
      return id;
    }
  }

  /** Marks in the log where the coming start begins. */
  void markStart() throws IOException {
    Files.writeString(
        logFile(), STARTING + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * What the log of the last start says went wrong: the lines that name an error, else the last
   * ones.
   */
  String complaint() {
    try {
      List<String> lines = Files.readAllLines(logFile(), UTF_8);
      int from = Math.max(lines.lastIndexOf(STARTING), 0);
      List<String> now = lines.subList(from, lines.size());
      List<String> errors =
          now.stream()
              .filter(
                  l -> !l.startsWith("\tat ") && (l.contains("Exception") || l.contains("ERROR")))
              .toList();
      List<String> shown = errors.isEmpty() ? now : errors;
      return String.join(
          "\n", shown.subList(Math.max(0, shown.size() - LINES_SHOWN), shown.size()));
    } catch (IOException e) {
      return "(not readable: " + e + ")";
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
    if (temporary) {
      deleteTree(dir);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
