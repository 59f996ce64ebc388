package io.thalweg.load.openloop;

import io.thalweg.config.TopicNames;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotLog;
import io.thalweg.sample.Level;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A reader of committed snapshots, as a model server would be one: it takes each snapshot as it
 * comes, decodes it, vectors and all, and has it in use.
 */
final class Follower implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final MicroClock clock;
  private final int perRecord;
  private final String train;
  private final List<SnapshotSeen> seen = new ArrayList<>();
  private final Map<TopicPartition, Long> covered = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean done;
  private volatile @Nullable RuntimeException failure;

  /** What a model server would answer from. */
  private volatile @Nullable Snapshot inUse;

  /**
   * Begins to follow.
   *
   * @param perRecord samples in a record of the topics
   * @param topics of the job
   */
  Follower(MicroClock clock, String bootstrap, int perRecord, TopicNames topics, String job) {
    this.clock = clock;
    this.perRecord = perRecord;
    this.train = topics.train();
    // waits for no second snapshot when there is one
    SnapshotLog reader =
        new SnapshotLog(KafkaSettings.of(bootstrap).prompt(), topics.snapshots(), job);
    reader.fromBeginning();
    this.thread = new Thread(() -> follow(reader), "load-follower");
    thread.setDaemon(true);
    thread.start();
  }

  private void follow(SnapshotLog reader) {
    try (reader) {
      while (!done) {
        for (SnapshotLog.Entry entry : reader.poll(POLL)) {
          take(reader.decode(entry).snapshot());
        }
      }
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void take(Snapshot snapshot) {
    inUse = snapshot;
    long now = clock.now();
    Map<TopicPartition, Long> next = new HashMap<>();
    long taken = 0;
    List<Lane> lanes = snapshot.positions().lanes();
    for (int i = 0; i < lanes.size(); i++) {
      next.put(
          new TopicPartition(lanes.get(i).topic(), lanes.get(i).partition()),
          snapshot.positions().resumeOffset(i));
      Level level = lanes.get(i).topic().equals(train) ? Level.LOWER : Level.UPPER;
      Position position = snapshot.positions().of(i, level);
      taken += position.offset() * perRecord + position.index();
    }
    Map<String, Double> metrics = snapshot.metrics();
    double samples =
        metrics.getOrDefault("samples-lower", 0.) + metrics.getOrDefault("samples-upper", 0.);
    seen.add(
        new SnapshotSeen(
            now,
            1_000 * snapshot.timeMillis(),
            snapshot.epoch(),
            snapshot.version(),
            (long) samples,
            taken,
            next));
    next.forEach((lane, offset) -> covered.merge(lane, offset, Math::max));
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
