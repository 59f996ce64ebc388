package io.thalweg.app;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.thalweg.kafka.ClientWatch;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The figures of the Kafka clients themselves. They have some hundred and sixty, most of which only
 * their authors can read: those are kept that tell reading, writing and brokers apart.
 */
final class ClientMeters implements ClientWatch, AutoCloseable {
  private static final String KAFKA = "kafka.";

  /** Names as Micrometer makes them of the clients' own. */
  private static final Set<String> KEPT =
      Set.of(
          "kafka.consumer.fetch.manager.records.lag.max",
          "kafka.consumer.fetch.manager.records.consumed.total",
          "kafka.consumer.fetch.manager.bytes.consumed.total",
          "kafka.consumer.fetch.manager.fetch.total",
          "kafka.consumer.fetch.manager.fetch.latency.avg",
          "kafka.consumer.fetch.manager.fetch.throttle.time.avg",
          "kafka.consumer.poll.idle.ratio.avg",
          "kafka.consumer.connection.count",
          "kafka.consumer.failed.authentication.total",
          "kafka.producer.record.send.total",
          "kafka.producer.record.error.total",
          "kafka.producer.record.retry.total",
          "kafka.producer.request.latency.avg",
          "kafka.producer.produce.throttle.time.avg",
          "kafka.producer.buffer.available.bytes",
          "kafka.producer.bufferpool.wait.time.ns.total",
          "kafka.producer.txn.commit.time.ns.total",
          "kafka.producer.txn.abort.time.ns.total",
          "kafka.producer.connection.count",
          "kafka.producer.failed.authentication.total");

  private final MeterRegistry registry;
  private final ScheduledExecutorService refresh =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "thalweg-client-meters");
            thread.setDaemon(true);
            return thread;
          });

  ClientMeters(MeterRegistry registry) {
    this.registry = registry;
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public MeterFilterReply accept(Meter.Id id) {
                return id.getName().startsWith(KAFKA) && !KEPT.contains(id.getName())
                    ? MeterFilterReply.DENY
                    : MeterFilterReply.NEUTRAL;
              }
            });
  }

  @Override
  public Runnable opened(Consumer<?, ?> consumer) {
    return bound(new KafkaClientMetrics(consumer, List.of(), refresh, Duration.ofSeconds(15)));
  }

  @Override
  public Runnable opened(Producer<?, ?> producer) {
    return bound(new KafkaClientMetrics(producer, List.of(), refresh, Duration.ofSeconds(15)));
  }

  private Runnable bound(KafkaClientMetrics meters) {
    // asking a client for its figures takes a moment, and who opened it has other things to do
    refresh.execute(() -> meters.bindTo(registry));
    return () -> refresh.execute(meters::close);
  }

  @Override
  public void close() {
    refresh.shutdownNow();
  }
}
