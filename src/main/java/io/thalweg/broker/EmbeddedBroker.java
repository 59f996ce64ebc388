package io.thalweg.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * A single-node Kafka (KRaft, broker and controller in one) as a child process on loopback, without
 * authentication.
 *
 * <p>Data live in a folder that survives restarts and kill -9, or in a temporary one that is
 * removed by {@link #close}. The child ends with this process, however this process ends. All
 * methods may be called from any thread; they are serialised.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Duration STOP_WITHIN = Duration.ofSeconds(20);
  private static final int STARTS = 3;

  /**
   * How to start.
   *
   * @param dataDir folder of the data, created when missing; null for a temporary one
   * @param port wished port on 127.0.0.1; when it is taken, or 0, a free one is used
   * @param heap size of the child's heap, as {@code -Xmx} takes it
   * @param readyWithin how long to wait until the broker answers; a machine under load can need
   *     half a minute
   * @param overrides further broker settings, by their Kafka names
   * @param stopWithJvm whether a shutdown hook stops the broker; false for a caller that has more
   *     to do in its own order before the broker goes, and closes it then
   */
  public record Options(
      @Nullable Path dataDir,
      int port,
      String heap,
      Duration readyWithin,
      Map<String, String> overrides,
      boolean stopWithJvm) {
    /** A temporary folder, a free port, 256 MiB of heap, three minutes to start. */
    public static final Options DEFAULTS =
        new Options(null, 0, "256m", Duration.ofMinutes(3), Map.of(), true);

    /**
     * Checks the port and copies the overrides.
     *
     * @param dataDir folder of the data, created when missing; null for a temporary one
     * @param port wished port on 127.0.0.1; when it is taken, or 0, a free one is used
     * @param heap size of the child's heap, as {@code -Xmx} takes it
     * @param readyWithin how long to wait until the broker answers; a machine under load can need
     *     half a minute
     * @param overrides further broker settings, by their Kafka names
     * @param stopWithJvm whether a shutdown hook stops the broker; false for a caller that has more
     *     to do in its own order before the broker goes, and closes it then
     */
    public Options {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be in [0, 65535], but was " + port);
      }
      overrides = Map.copyOf(overrides);
    }

    /**
     * These options with data that are kept.
     *
     * @param folder folder of the data
     * @return a copy
     */
    public Options in(Path folder) {
      return new Options(folder, port, heap, readyWithin, overrides, stopWithJvm);
    }

    /**
     * These options with another port.
     *
     * @param wished port on 127.0.0.1, 0 for any
     * @return a copy
     */
    public Options on(int wished) {
      return new Options(dataDir, wished, heap, readyWithin, overrides, stopWithJvm);
    }

    /**
     * These options with other broker settings.
     *
     * @param settings broker settings by their Kafka names
     * @return a copy
     */
    public Options with(Map<String, String> settings) {
      return new Options(dataDir, port, heap, readyWithin, settings, stopWithJvm);
    }

    /**
     * These options without the shutdown hook: the caller closes the broker after its own last
     * words to it. The child still ends when this process does.
     *
     * @return a copy
     */
    public Options closedByCaller() {
      return new Options(dataDir, port, heap, readyWithin, overrides, false);
    }
  }

  private final Options options;
  private final BrokerFolder folder;
  private final Thread hook = new Thread(this::close, "thalweg-broker-stop");
  private int port;
  private @Nullable Process process;
  private boolean closed;

  private EmbeddedBroker(Options options, BrokerFolder folder) {
    this.options = options;
    this.folder = folder;
    this.port = options.port();
  }

  /**
   * Starts a broker and waits until it answers.
   *
   * @param options how to start
   * @return the running broker
   * @throws BrokerException when the data folder is in use, the broker's jars are missing, or it
   *     does not answer in time
   */
  public static EmbeddedBroker start(Options options) {
    EmbeddedBroker broker = new EmbeddedBroker(options, BrokerFolder.open(options.dataDir()));
    if (options.stopWithJvm()) {
      Runtime.getRuntime().addShutdownHook(broker.hook);
    }
    try {
      broker.launch();
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /**
   * Where clients connect.
   *
   * @return {@code 127.0.0.1:port}
   */
  public synchronized String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /**
   * The port in use; not the wished one when that was taken.
   *
   * @return port on 127.0.0.1
   */
  public synchronized int port() {
    return port;
  }

  /**
   * Whether the wished port was taken and another one is used.
   *
   * @return false when any port was welcome
   */
  public synchronized boolean movedPort() {
    return options.port() != 0 && options.port() != port;
  }

  /**
   * The folder of the data.
   *
   * @return an absolute path
   */
  public Path dataDir() {
    return folder.path();
  }

  /**
   * The log of the child process.
   *
   * @return a file that is appended to
   */
  public Path logFile() {
    return folder.logFile();
  }

  /**
   * The child process, for tests and for inspection.
   *
   * @return its handle
   */
  public synchronized ProcessHandle process() {
    return child().toHandle();
  }

  /**
   * Whether the child runs.
   *
   * @return false after {@link #kill}, {@link #stop}, {@link #close} or when it died by itself
   */
  public synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /**
   * Kills the child as a power cut would (SIGKILL) and waits for its end; {@link #restart} brings
   * it back.
   */
  public synchronized void kill() {
    Process child = child();
    child.destroyForcibly();
    await(child, STOP_WITHIN);
  }

  /** Freezes the child (SIGSTOP): it keeps its connections and answers nothing. */
  public synchronized void pause() {
    signal("STOP");
  }

  /** Lets a frozen child go on (SIGCONT). */
  public synchronized void resume() {
    signal("CONT");
  }

  /** Stops the child in order (SIGTERM, after 20 seconds SIGKILL) and keeps the data. */
  public synchronized void stop() {
    if (process == null) {
      return;
    }
    process.destroy();
    if (!await(process, STOP_WITHIN)) {
      process.destroyForcibly();
      await(process, STOP_WITHIN);
    }
  }

  /**
   * Stops the child if it runs and starts it again: same data, same port. After {@link #kill} this
   * takes as long as {@code broker.session.timeout.ms} (9 s) in addition: the controller waits for
   * the node it has lost.
   *
   * @throws BrokerException when it does not answer in time
   */
  public synchronized void restart() {
    if (closed) {
      throw new IllegalStateException("the broker is closed");
    }
    stop();
    launch();
  }

  /** Stops the child and removes a temporary data folder. Closing twice is harmless. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    stop();
    try {
      folder.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      removeHook();
    }
  }

  private void removeHook() {
    if (Thread.currentThread() == hook) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // the hook runs or has run: it finds the broker closed
      return;
    }
  }

  private void launch() {
    boolean fixed = process != null;
    for (int attempt = 1; ; attempt++) {
      if (!fixed) {
        port = LoopbackPorts.isFree(port) ? port : 0;
      }
      if (port == 0) {
        port = LoopbackPorts.anyFree();
      }
      try {
        Process child = spawn();
        process = child;
        awaitReady(child);
        return;
      } catch (PortTaken taken) {
        if (fixed || attempt == STARTS) {
          throw new BrokerException("port " + port + " is taken; see " + logFile());
        }
        port = 0;
      } catch (IOException e) {
        throw new BrokerException("the embedded broker cannot be started: " + e.getMessage(), e);
      }
    }
  }

  private Process spawn() throws IOException {
    Path properties = folder.writeProperties(port, options.overrides());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + options.heap(),
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xshare:auto",
            "-Djava.awt.headless=true",
            "-Dfile.encoding=UTF-8",
            "-Dlogback.configurationFile=io/thalweg/broker/logback-broker.xml",
            "-Dlog4j2.statusLoggerLevel=OFF"));
    command.addAll(BrokerArchive.flags());
    command.addAll(
        List.of(
            "-cp",
            ChildClassPath.find(),
            BrokerMain.class.getName(),
            properties.toString(),
            folder.clusterId(),
            folder.childLock().toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("KAFKA_")
                    || name.equals("JAVA_TOOL_OPTIONS")
                    || name.equals("JDK_JAVA_OPTIONS"));
    builder.directory(folder.path().toFile());
    builder.redirectErrorStream(true);
    folder.markStart();
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    return builder.start();
  }

  private void awaitReady(Process child) {
    long until = System.nanoTime() + options.readyWithin().toNanos();
    while (!LoopbackPorts.accepts(port)) {
      check(child, until);
    }
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers(),
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            200,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            5_000,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            4_000,
            AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
            false);
    try (Admin admin = Admin.create(settings)) {
      while (!answers(admin)) {
        check(child, until);
      }
    }
  }

  private static boolean answers(Admin admin) {
    try {
      return !admin.describeCluster().nodes().get(6, TimeUnit.SECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted while waiting for the embedded broker", e);
    }
  }

  private void check(Process child, long until) {
    if (await(child, Duration.ofMillis(50))) {
      String complaint = folder.complaint();
      if (complaint.contains("Address already in use")
          || complaint.contains("java.net.BindException")) {
        throw new PortTaken();
      }
      if (child.exitValue() == BrokerMain.IN_USE) {
        throw folder.inUse();
      }
      throw new BrokerException(
          "the embedded broker ended while starting (exit code "
              + child.exitValue()
              + "); "
              + logFile()
              + " says:\n"
              + complaint);
    }
    if (System.nanoTime() > until) {
      throw new BrokerException(
          "the embedded broker did not answer on "
              + bootstrapServers()
              + " within "
              + options.readyWithin().toSeconds()
              + " s; "
              + logFile()
              + " says:\n"
              + folder.complaint());
    }
  }

  private void signal(String name) {
    String pid = String.valueOf(child().pid());
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start();
      if (!await(kill, STOP_WITHIN) || kill.exitValue() != 0) {
        throw new BrokerException("kill -" + name + " " + pid + " failed");
      }
    } catch (IOException e) {
      throw new BrokerException("signal " + name + " cannot be sent: " + e.getMessage(), e);
    }
  }

  private Process child() {
    if (process == null) {
      throw new IllegalStateException("the broker was never started");
    }
    return process;
  }

  /** Whether the process ended in time; an interrupt is kept and counts as no. */
  private static boolean await(Process child, Duration limit) {
    try {
      return child.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Another process took the port between our probe and the child's bind. */
  private static final class PortTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
