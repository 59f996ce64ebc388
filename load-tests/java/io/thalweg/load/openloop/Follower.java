package io.thalweg.load.openloop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A reader of committed snapshots, as a model server would be one: it takes each snapshot as it
 * comes, parses it and has it in use.
 */
final class Follower implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final ObjectMapper json = new ObjectMapper();
  private final MicroClock clock;
  private final List<SnapshotSeen> seen = new ArrayList<>();
  private final Map<TopicPartition, Long> covered = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean done;
  private volatile @Nullable RuntimeException failure;

  /** What a model server would answer from. */
  private volatile @Nullable JsonNode inUse;

  Follower(MicroClock clock, String bootstrap, String topic, String job) {
    this.clock = clock;
    // waits for no second snapshot when there is one
    SnapshotReader reader = new SnapshotReader(KafkaSettings.of(bootstrap).prompt(), topic, job);
    reader.fromBeginning();
    this.thread = new Thread(() -> follow(reader), "load-follower");
    thread.setDaemon(true);
    thread.start();
  }

  private void follow(SnapshotReader reader) {
    try (reader) {
      while (!done) {
        for (SnapshotReader.Entry entry : reader.poll(POLL)) {
          take(entry.value());
        }
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void take(byte[] value) {
    try {
      JsonNode snapshot = json.readTree(value);
      inUse = snapshot;
      long now = clock.now();
      Map<TopicPartition, Long> next = new HashMap<>();
      for (Map.Entry<String, JsonNode> topic : snapshot.get("offsets").properties()) {
        for (Map.Entry<String, JsonNode> lane : topic.getValue().properties()) {
          next.put(
              new TopicPartition(topic.getKey(), Integer.parseInt(lane.getKey())),
              lane.getValue().asLong());
        }
      }
      JsonNode metrics = snapshot.get("metrics");
      seen.add(
          new SnapshotSeen(
              now,
              ChronoUnit.MICROS.between(
                  Instant.EPOCH, Instant.parse(snapshot.get("time").asText())),
              snapshot.get("epoch").asLong(),
              snapshot.get("version").asLong(),
              metrics.path("samples-lower").asLong() + metrics.path("samples-upper").asLong(),
              next));
      next.forEach((lane, offset) -> covered.merge(lane, offset, Math::max));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Per partition the first record that the snapshots seen so far do not cover. */
  Map<TopicPartition, Long> covered() {
    RuntimeException ended = failure;
    if (ended != null) {
      throw ended;
    }
    return covered;
  }

  /** Whether any snapshot is in use. */
  boolean hasSnapshot() {
    return inUse != null;
  }

  @Override
  public void close() {
    stop();
  }

  /** Stops reading; twice is harmless. */
  void stop() {
    done = true;
    try {
      thread.join(15_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** All snapshots in the order of the topic; complete once closed. */
  List<SnapshotSeen> seen() {
    return seen;
  }
}
