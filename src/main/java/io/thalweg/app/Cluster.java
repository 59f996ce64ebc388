package io.thalweg.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.slf4j.LoggerFactory;

/**
 * The door to a cluster for commands: it answers within seconds, or the command ends with one line.
 */
final class Cluster {
  private static final int ANSWER_WITHIN_MILLIS = 8_000;
  private static final Set<String> ADMIN_KEYS = AdminClientConfig.configNames();

  private Cluster() {}

  /**
   * An admin client of a cluster that has just answered.
   *
   * @param kafka settings of the Kafka clients, {@code bootstrap.servers} among them
   * @throws UserError with {@link ExitCode#BROKER} when no broker answers or it refuses us
   */
  static Admin connect(Map<String, String> kafka) {
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
      admin.describeCluster().nodes().get(ANSWER_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
      Admin answered = admin;
      admin = null;
      return answered;
    } catch (java.util.concurrent.TimeoutException e) {
      throw KafkaErrors.unreachable(bootstrap, "waited " + ANSWER_WITHIN_MILLIS / 1_000 + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(ExitCode.FAILURE, "interrupted while connecting to " + bootstrap, e);
    } catch (Exception e) {
      throw KafkaErrors.userError(e, bootstrap);
    } finally {
      if (admin != null) {
        admin.close(java.time.Duration.ZERO);
      }
      level(before);
    }
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
