package io.thalweg.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes offsets for lag tools, best effort and one request at a time: two under way could arrive in
 * the wrong order. What comes meanwhile replaces what waits.
 */
final class OffsetNotes {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetNotes.class);

  private final Admin admin;
  private final String group;
  private @Nullable Map<TopicPartition, OffsetAndMetadata> waiting;
  private boolean underWay;

  OffsetNotes(Admin admin, String group) {
    this.admin = admin;
    this.group = group;
  }

  synchronized void note(Map<TopicPartition, OffsetAndMetadata> offsets) {
    waiting = offsets;
    if (!underWay) {
      send();
    }
  }

  private synchronized void sent(@Nullable Throwable failure) {
    if (failure != null) {
      LOG.debug("offsets of group {} not noted: {}", group, failure.toString());
    }
    underWay = false;
    send();
    notifyAll();
  }

  /** Waits until the last note is sent, but not longer than told: it is for lag tools only. */
  synchronized void settle(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    try {
      while (underWay) {
        long millis = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (millis <= 0) {
          return;
        }
        wait(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send() {
    Map<TopicPartition, OffsetAndMetadata> next = waiting;
    waiting = null;
    if (next != null) {
      underWay = true;
      KafkaFuture<Void> unused =
          admin
              .alterConsumerGroupOffsets(group, next)
              .all()
              .whenComplete((done, failure) -> sent(failure));
    }
  }
}
