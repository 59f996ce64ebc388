package io.thalweg.load.openloop;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.load.CpuTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * Kafka on loopback, each node a process of its own: one node as the demo has it, or three that
 * replicate everything three times and acknowledge with two.
 */
final class Brokers implements AutoCloseable {
  private static final long ASSEMBLED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final List<EmbeddedBroker> nodes;

  private Brokers(List<EmbeddedBroker> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  /**
   * Starts the nodes and waits until all of them know each other.
   *
   * @param count 1 or 3
   * @param dir an empty folder for their data
   */
  static Brokers start(int count, Path dir) throws Exception {
    if (count == 1) {
      return new Brokers(
          List.of(EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS.in(dir.resolve("kafka")))));
    }
    List<Integer> ports = freePorts(2 * count);
    String voters =
        IntStream.range(0, count)
            .mapToObj(i -> (i + 1) + "@127.0.0.1:" + ports.get(count + i))
            .collect(Collectors.joining(","));
    String cluster = Uuid.randomUuid().toString();
    List<CompletableFuture<EmbeddedBroker>> starting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path data = Files.createDirectories(dir.resolve("kafka-" + (i + 1)));
      Files.writeString(data.resolve("cluster.id"), cluster + "\n");
      EmbeddedBroker.Options options =
          EmbeddedBroker.Options.DEFAULTS
              .in(data)
              .on(ports.get(i))
              .with(node(i + 1, ports.get(i), ports.get(count + i), voters));
      // a node answers when it has found the others: none can be started after another
      starting.add(CompletableFuture.supplyAsync(() -> EmbeddedBroker.start(options)));
    }
    Brokers brokers = new Brokers(joined(starting));
    try {
      brokers.awaitAll();
      return brokers;
    } catch (Exception e) {
      brokers.close();
      throw e;
    }
  }

  private static Map<String, String> node(int id, int port, int controller, String voters) {
    return Map.ofEntries(
        Map.entry("node.id", String.valueOf(id)),
        Map.entry("controller.quorum.voters", voters),
        Map.entry(
            "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
        Map.entry("default.replication.factor", "3"),
        Map.entry("min.insync.replicas", "2"),
        Map.entry("offsets.topic.replication.factor", "3"),
        Map.entry("transaction.state.log.replication.factor", "3"),
        Map.entry("transaction.state.log.min.isr", "2"),
        Map.entry("share.coordinator.state.topic.replication.factor", "3"),
        Map.entry("share.coordinator.state.topic.min.isr", "2"));
  }

  /** All of them, or none: those that did start are closed when one did not. */
  private static List<EmbeddedBroker> joined(List<CompletableFuture<EmbeddedBroker>> starting) {
    List<EmbeddedBroker> started = new ArrayList<>();
    CompletionException failure = null;
    for (CompletableFuture<EmbeddedBroker> node : starting) {
      try {
        started.add(node.join());
      } catch (CompletionException e) {
        failure = e;
      }
    }
    if (failure != null) {
      started.forEach(EmbeddedBroker::close);
      throw failure;
    }
    return started;
  }

  private void awaitAll() throws Exception {
    long until = System.nanoTime() + ASSEMBLED_WITHIN_NANOS;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      while (admin.describeCluster().nodes().get(30, TimeUnit.SECONDS).size() < nodes.size()) {
        if (System.nanoTime() > until) {
          throw new IllegalStateException(
              "the " + nodes.size() + " brokers do not find each other");
        }
        Thread.sleep(100);
      }
    }
  }

  String bootstrap() {
    return nodes.stream().map(EmbeddedBroker::bootstrapServers).collect(Collectors.joining(","));
  }

  int count() {
    return nodes.size();
  }

  /** CPU time of all nodes so far, in nanoseconds. */
  long cpu() {
    return nodes.stream().mapToLong(node -> CpuTime.of(node.process())).sum();
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket =
            new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return ports;
  }

  @Override
  public void close() {
    // together: a node that is alone waits for its controllers' majority
    CompletableFuture.allOf(
            nodes.stream()
                .map(node -> CompletableFuture.runAsync(node::close))
                .toArray(CompletableFuture[]::new))
        .join();
  }
}
