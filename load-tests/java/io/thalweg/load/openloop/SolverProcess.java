package io.thalweg.load.openloop;

import io.thalweg.load.CpuTime;
import io.thalweg.load.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The packaged program, {@code thalweg run}, as a process of its own; killed and started again. */
final class SolverProcess implements AutoCloseable {
  private final Installation installation;
  private final Path job;
  private final Path consumed;
  private final Path log;
  private final List<String> flags;
  private volatile @Nullable Process process;
  private final Thread hook = new Thread(this::killLeft, "load-solver-stop");
  private long cpuOfTheDead;
  private boolean started;

  SolverProcess(Installation installation, Path job, Path dir, List<String> flags, String topics) {
    this.installation = installation;
    this.job = job;
    this.consumed = dir.resolve("consumed.txt");
    this.log = dir.resolve("run.log");
    this.flags = new ArrayList<>(flags);
    this.flags.add("-D" + ConsumedInterceptor.FILE + "=" + consumed);
    this.flags.add("-D" + ConsumedInterceptor.TOPICS + "=" + topics);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Nothing is left behind when this process is ended from outside. */
  private void killLeft() {
    Process left = process;
    if (left != null) {
      left.destroyForcibly();
    }
  }

  /** Starts it; the name of the instance lets the next life lead at once. */
  synchronized void start() throws IOException {
    process =
        installation.start(
            flags, log, List.of("run", "-c", job.toString(), "--instance", "load-0"));
    started = true;
  }

  /** Waits until it leads. */
  void awaitLead(long seconds) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!Files.exists(log) || !Files.readString(log).contains(" leads: ")) {
      if (!isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException("the solver does not run:\n" + tail());
      }
      Thread.sleep(50);
    }
  }

  /** SIGKILL, and the next life at once. */
  synchronized void killAndStart() throws IOException, InterruptedException {
    Process killed = process;
    if (killed == null) {
      throw new IllegalStateException("the solver was not started");
    }
    cpuOfTheDead += CpuTime.of(killed.toHandle());
    killed.destroyForcibly().waitFor();
    start();
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** How often it ended without being asked to; a kill of ours does not count. */
  synchronized int died() {
    return started && !isAlive() ? 1 : 0;
  }

  /** CPU time of all lives so far, in nanoseconds. */
  synchronized long cpu() {
    return cpuOfTheDead + (process == null ? 0 : CpuTime.of(process.toHandle()));
  }

  /** CPU time of the threads of this life that are called so, in nanoseconds; -1 if not known. */
  synchronized long cpu(String threads) throws IOException {
    return process == null ? -1 : ThreadTimes.of(process.pid(), threads);
  }

  /** What the interceptor wrote. */
  Path consumed() {
    return consumed;
  }

  /** The last lines it printed. */
  String tail() throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
  }

  @Override
  public void close() {
    stop();
  }

  /** Asks it to stop in order (SIGTERM) and waits; twice is harmless. */
  synchronized void stop() {
    if (process == null) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
