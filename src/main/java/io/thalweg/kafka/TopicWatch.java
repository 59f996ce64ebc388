package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether topics still are what they were at the start. The consumer alone
 * would not notice: with a topic made anew it goes on at the same offset of other records, and of
 * partitions added later it never learns.
 */
final class TopicWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

  private final KafkaSettings kafka;
  private final Map<String, Topics.Found> expected;
  private final Duration every;
  private final Category category;
  private final AtomicReference<@Nullable KafkaFailure> alarm;
  private final Thread thread;
  private boolean started;
  private volatile boolean closed;

  /**
   * A watch; {@link #start} begins it.
   *
   * @param category of the failure that it raises: whether a start anew can go on from there
   * @param alarm where to put what was found
   */
  TopicWatch(
      KafkaSettings kafka,
      Map<String, Topics.Found> expected,
      Duration every,
      Category category,
      AtomicReference<@Nullable KafkaFailure> alarm) {
    this.kafka = kafka;
    this.category = category;
    this.expected = expected;
    this.every = every;
    this.alarm = alarm;
    this.thread = new Thread(this::run, "thalweg-topic-watch");
    this.thread.setDaemon(true);
  }

  synchronized void start() {
    if (!started && !closed) {
      started = true;
      thread.start();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
  }

  private void run() {
    try (Admin admin = Topics.open(kafka)) {
      int missed = 0;
      while (!closed && alarm.get() == null) {
        Thread.sleep(every.toMillis());
        try {
          Map<String, Topics.Found> now = Topics.find(admin, kafka, expected.keySet());
          missed = now.size() < expected.size() ? missed + 1 : 0;
          compare(now, missed > 1);
        } catch (KafkaFailure e) {
          // a broker that is away comes back, and the consumers wait for it
          if (!closed) {
            LOG.warn("cannot look at the topics: {}", e.getMessage());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.warn("the topics are no longer watched: {}", e.toString());
      }
    }
  }

  private void compare(Map<String, Topics.Found> now, boolean believeMissing) {
    for (Topics.Found was : expected.values()) {
      Topics.Found is = now.get(was.name());
      if (is == null) {
        if (believeMissing) {
          raise("topic " + was.name() + " was deleted while it was being read");
        }
      } else if (!is.id().equals(was.id())) {
        raise(
            "topic "
                + was.name()
                + " was deleted and made anew while it was being read (id was "
                + was.id()
                + ", is "
                + is.id()
                + "): equal offsets are other records");
      } else if (is.partitions() != was.partitions()) {
        raise(
            "topic "
                + was.name()
                + " had "
                + was.partitions()
                + " partitions when reading began and has "
                + is.partitions()
                + ": keys may have moved between them; start again to see what to do");
      }
    }
  }

  private void raise(String message) {
    alarm.compareAndSet(null, new KafkaFailure(category, message));
  }
}
