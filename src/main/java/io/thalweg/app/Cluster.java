package io.thalweg.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.slf4j.LoggerFactory;

/**
 * The door to a cluster for commands: it answers within seconds, or the command ends with one line.
 * Where connections are taken a broker is there and may be busy, so that it is given more time.
 */
final class Cluster {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(8);
  private static final Duration BUSY_WITHIN = Duration.ofSeconds(25);
  private static final int TAKEN_WITHIN_MILLIS = 1_000;
  private static final Set<String> ADMIN_KEYS = AdminClientConfig.configNames();

  private Cluster() {}

  /**
   * An admin client of a cluster that has just answered.
   *
   * @param kafka settings of the Kafka clients, {@code bootstrap.servers} among them
   * @throws UserError with {@link ExitCode#BROKER} when no broker answers or it refuses us
   */
  static Admin connect(Map<String, String> kafka) {
    return connect(kafka, ANSWER_WITHIN, BUSY_WITHIN);
  }

  /**
   * An admin client of a cluster that has just answered.
   *
   * @param within how long an answer is waited for where nobody takes connections
   * @param busy how long in all where somebody does
   */
  static Admin connect(Map<String, String> kafka, Duration within, Duration busy) {
    String bootstrap = bootstrap(kafka);
    Map<String, Object> settings = new HashMap<>();
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 20_000);
    settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    settings.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    kafka.forEach(
        (key, value) -> {
          if (ADMIN_KEYS.contains(key)) {
            settings.put(key, value);
          }
        });
    // the client logs every attempt to connect; one line at the end says as much
    Level before = level(Level.OFF);
    Admin admin = null;
    try {
      admin = Admin.create(settings);
      await(admin.describeCluster().nodes(), bootstrap, within, busy);
      Admin answered = admin;
      admin = null;
      return answered;
    } catch (UserError e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(ExitCode.FAILURE, "interrupted while connecting to " + bootstrap, e);
    } catch (Exception e) {
      throw KafkaErrors.userError(e, bootstrap);
    } finally {
      if (admin != null) {
        admin.close(Duration.ZERO);
      }
      level(before);
    }
  }

  private static void await(
      KafkaFuture<Collection<Node>> nodes, String bootstrap, Duration within, Duration busy)
      throws InterruptedException, ExecutionException {
    try {
      nodes.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      if (!takesConnections(bootstrap)) {
        throw KafkaErrors.unreachable(bootstrap, waited(within), slow);
      }
      try {
        nodes.get(busy.minus(within).toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException none) {
        throw KafkaErrors.silent(bootstrap, waited(busy), none);
      }
    }
  }

  private static String waited(Duration time) {
    return "waited " + time.toSeconds() + " s";
  }

  /** Whether anybody listens at one of the addresses; an address that is none counts as nobody. */
  private static boolean takesConnections(String bootstrap) {
    for (String address : bootstrap.split(",", -1)) {
      int colon = address.lastIndexOf(':');
      try (Socket socket = new Socket()) {
        String host = address.substring(0, Math.max(0, colon)).strip();
        int port = Integer.parseInt(address.substring(colon + 1).strip());
        socket.connect(new InetSocketAddress(host, port), TAKEN_WITHIN_MILLIS);
        return true;
      } catch (IOException | IllegalArgumentException nobody) {
        // perhaps at the next one
      }
    }
    return false;
  }

  /** Where the clients connect, for messages. */
  static String bootstrap(Map<String, String> kafka) {
    return kafka.getOrDefault("bootstrap.servers", "(no kafka.bootstrap.servers given)");
  }

  /**
   * Sets the level of the clients' log and gives back the one before; null stands for inherited.
   */
  @SuppressWarnings("NullAway") // logback takes and gives null for an inherited level
  private static Level level(Level level) {
    if (LoggerFactory.getLogger("org.apache.kafka.clients") instanceof Logger clients) {
      Level before = clients.getLevel();
      clients.setLevel(level);
      return before;
    }
    return null;
  }
}
