package io.thalweg.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What the child process runs: format the data folder (nothing happens when it is formatted
 * already), then the broker.
 *
 * <p>Kafka is called by name only: its classes are on the class path of the child and nowhere else.
 * The child ends when its standard input ends, and that is when the parent ends, however it ends;
 * no broker is left behind by a kill -9.
 */
public final class BrokerMain {
  /** Exit code when another process holds the data folder. */
  static final int IN_USE = 3;

  /** Exit code when the data folder cannot be formatted. */
  static final int NOT_FORMATTED = 4;

  private static final long LOCK_WAIT_MILLIS = 25_000;
  private static final long STOP_WITHIN_MILLIS = 20_000;

  private BrokerMain() {}

  /**
   * Formats and runs.
   *
   * @param args the server properties file, the cluster id, the lock file
   * @throws Exception when Kafka's entry points are not what this release was built for
   */
  public static void main(String[] args) throws Exception {
    stopWhenTheParentIsGone(System.in);
    ignoreTerminalSignals();
    FileLock lock = lockDataFolder(Path.of(args[2]));
    if (lock == null) {
      System.err.println("the data folder is in use by another broker: " + args[2]);
      System.exit(IN_USE);
    }
    try {
      String[] format = {"format", "-t", args[1], "-c", args[0], "--ignore-formatted"};
      int formatted =
          (int)
              Class.forName("kafka.tools.StorageTool")
                  .getMethod("execute", String[].class, PrintStream.class)
                  .invoke(null, format, System.out);
      if (formatted != 0) {
        System.exit(NOT_FORMATTED);
      }
      Class.forName("kafka.Kafka")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {args[0]});
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      (cause == null ? e : cause).printStackTrace();
      System.exit(1);
    }
  }

  private static void stopWhenTheParentIsGone(InputStream fromParent) {
    Thread watch = new Thread(() -> awaitEnd(fromParent), "thalweg-parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEnd(InputStream fromParent) {
    try {
      fromParent.transferTo(OutputStream.nullOutputStream());
    } catch (IOException closed) {
      System.err.println("standard input failed, taken as the end of the parent: " + closed);
    }
    System.err.println("the parent has let go: stopping");
    Thread halt = new Thread(BrokerMain::haltLater, "thalweg-halt");
    halt.setDaemon(true);
    halt.start();
    System.exit(0);
  }

  private static void haltLater() {
    try {
      Thread.sleep(STOP_WITHIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }

  /**
   * Ctrl-C and a closing terminal reach every process of the group. The parent must hear them
   * alone: it still has a last transaction to commit, and stops the broker afterwards. By
   * reflection, because the class is not part of the Java SE API.
   */
  private static void ignoreTerminalSignals() {
    for (String name : new String[] {"INT", "HUP"}) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler nothing = BrokerMain::ignore;
        Object ignore =
            Proxy.newProxyInstance(
                BrokerMain.class.getClassLoader(), new Class<?>[] {handler}, nothing);
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), ignore);
      } catch (ReflectiveOperationException | RuntimeException e) {
        System.err.println("signal " + name + " cannot be ignored here: " + e);
      }
    }
  }

  private static @Nullable Object ignore(
      Object proxy, java.lang.reflect.Method method, Object[] args) {
    return switch (method.getName()) {
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == args[0];
      case "toString" -> "ignored";
      default -> null;
    };
  }

  /**
   * The lock, held until this process ends; null when another process does not let go of it in
   * time.
   */
  private static @Nullable FileLock lockDataFolder(Path file)
      throws IOException, InterruptedException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    long until = System.nanoTime() + LOCK_WAIT_MILLIS * 1_000_000;
    while (true) {
      FileLock lock = channel.tryLock();
      if (lock != null || System.nanoTime() > until) {
        return lock;
      }
      Thread.sleep(100);
    }
  }
}
