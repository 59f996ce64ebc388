package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatedWarningsTest {
  private static final String AWAY = "Connection to node {} ({}) could not be established.";

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final RepeatedWarnings filter = new RepeatedWarnings(now::get);
  private final LoggerContext context = new LoggerContext();
  private final Logger network = context.getLogger("org.apache.kafka.clients.NetworkClient");

  private FilterReply warn(Logger logger, Level level, String client, Object node) {
    return filter.decide(
        null, logger, level, "[" + client + "] " + AWAY, new Object[] {node}, null);
  }

  @Test
  void what_every_client_says_is_said_once_in_half_a_minute() {
    assertThat(warn(network, Level.WARN, "Consumer clientId=a", 1)).isEqualTo(FilterReply.NEUTRAL);
    assertThat(warn(network, Level.WARN, "Producer clientId=b", 1)).isEqualTo(FilterReply.DENY);
    assertThat(warn(network, Level.WARN, "Producer clientId=b", 2)).isEqualTo(FilterReply.NEUTRAL);
    now.addAndGet(TimeUnit.SECONDS.toNanos(29));
    assertThat(warn(network, Level.WARN, "Consumer clientId=a", 1)).isEqualTo(FilterReply.DENY);
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(warn(network, Level.WARN, "Consumer clientId=a", 1)).isEqualTo(FilterReply.NEUTRAL);
  }

  @Test
  void everything_else_is_left_to_the_levels() {
    Logger other = context.getLogger("io.thalweg.app.Run");
    for (int i = 0; i < 2; i++) {
      assertThat(warn(other, Level.WARN, "a", 1)).isEqualTo(FilterReply.NEUTRAL);
      assertThat(warn(network, Level.ERROR, "a", 1)).isEqualTo(FilterReply.NEUTRAL);
      assertThat(filter.decide(null, network, Level.WARN, null, null, null))
          .isEqualTo(FilterReply.NEUTRAL);
    }
  }
}
