package io.thalweg.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;

/**
 * Asks the brokers again and again whether they are there, whatever the job is doing. The clients
 * of the job wait for brokers that are away and do not say so.
 */
public final class BrokerWatch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final int WITHIN_MILLIS = 4_000;

  private final KafkaSettings kafka;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean reachable;
  private volatile String said = "not asked yet";

  /**
   * A watch at work.
   *
   * @param kafka settings
   */
  public BrokerWatch(KafkaSettings kafka) {
    this.kafka = kafka;
    this.thread = new Thread(this::run, "thalweg-broker-watch");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /**
   * Whether the brokers answered when they were asked last.
   *
   * @return false before the first answer too
   */
  public boolean isReachable() {
    return reachable;
  }

  /**
   * What came of the last question, for people.
   *
   * @return for example {@code 3 brokers answer}
   */
  public String said() {
    return said;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    try (Admin admin = Topics.open(kafka)) {
      while (!closed) {
        ask(admin);
        Thread.sleep(EVERY.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      reachable = false;
      said = "the brokers are not asked any more: " + e.getMessage();
    }
  }

  private void ask(Admin admin) throws InterruptedException {
    try {
      int brokers =
          admin
              .describeCluster(new DescribeClusterOptions().timeoutMs(WITHIN_MILLIS))
              .nodes()
              .get()
              .size();
      said = brokers == 1 ? "1 broker answers" : brokers + " brokers answer";
      reachable = true;
    } catch (ExecutionException | KafkaException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      said =
          "no answer from "
              + kafka.bootstrapServers()
              + " within "
              + WITHIN_MILLIS / 1000
              + " s ("
              + why.getClass().getSimpleName()
              + ")";
      reachable = false;
    }
  }
}
