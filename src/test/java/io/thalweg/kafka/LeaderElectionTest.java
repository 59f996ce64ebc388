package io.thalweg.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class LeaderElectionTest {
  private volatile @Nullable ConsumerRebalanceListener listener;
  private final AtomicBoolean formed = new AtomicBoolean();

  /** A member of a group that has not formed, and then gives it no seat. */
  @SuppressWarnings("unchecked")
  private Consumer<byte[], byte[]> member() {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, args) -> {
              switch (method.getName()) {
                case "subscribe" -> listener = (ConsumerRebalanceListener) args[1];
                case "poll" -> {
                  Thread.sleep(10);
                  if (formed.compareAndSet(true, false) && listener != null) {
                    listener.onPartitionsAssigned(List.of());
                  }
                  return ConsumerRecords.empty();
                }
                case "assignment" -> {
                  return Set.of();
                }
                default -> {}
              }
              return null;
            });
  }

  @Test
  void another_is_said_to_lead_only_when_the_group_gave_it_the_seat() throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    ListAppender<ILoggingEvent> appender =
        new ListAppender<>() {
          @Override
          protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage());
          }
        };
    appender.start();
    Logger logger = (Logger) LoggerFactory.getLogger(LeaderElection.class);
    logger.addAppender(appender);
    LeaderElection election = new LeaderElection("churn.control", Map.of());
    Thread thread = new Thread(() -> election.poll(member()));
    thread.start();
    try {
      Thread.sleep(Duration.ofMillis(2500).toMillis());
      assertThat(said).isEmpty();
      formed.set(true);
      await().atMost(Duration.ofSeconds(20)).until(() -> !said.isEmpty());
      assertThat(said)
          .containsExactly("another instance leads this job; waiting as standby on churn.control");
      assertThat(election.isLeading()).isFalse();
    } finally {
      election.close();
      thread.join();
      logger.detachAppender(appender);
    }
  }
}
