package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.thalweg.stream.Header;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.Sha256;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot topic of a job as a registry of models: what is there, one of them by its version or
 * an alias, and which one is pinned. Used by one thread, which it blocks; every call reads the
 * topic as it is then.
 *
 * <p>Pinning writes one record under the key {@code job@pinned}, which holds the whole snapshot.
 * The producer is idempotent and has no transaction: a single record is written or it is not, it
 * takes part in nothing the solver commits, fences nobody, and of two that pin at once the later
 * record counts.
 */
public final class SnapshotRegistry {
  /** Header of what stands under an alias in other bytes than in the chain: their SHA-256. */
  private static final String CHAIN_SHA = "thalweg-chain-sha256";

  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private final KafkaSettings kafka;
  private final String topic;
  private final String job;

  /**
   * One snapshot.
   *
   * @param snapshot its content
   * @param value a record's value that stands alone: as published, or with its long vectors put
   *     together
   * @param sha hex SHA-256 by which the next one of the chain names it
   */
  public record Found(Snapshot snapshot, byte[] value, String sha) {}

  /**
   * A line of the list.
   *
   * @param heading what it says of itself
   * @param aliases what points to it, without the newest
   */
  public record Listed(SnapshotCodec.Heading heading, List<SnapshotAlias> aliases) {}

  /**
   * A registry; nothing is opened yet.
   *
   * @param kafka settings
   * @param topic the snapshot topic
   * @param job its job
   */
  public SnapshotRegistry(KafkaSettings kafka, String topic, String job) {
    this.kafka = kafka;
    this.topic = topic;
    this.job = job;
  }

  /**
   * The newest snapshots, and those an alias points to.
   *
   * @param limit how many of the newest, at least 1
   * @return by version, the newest last
   * @throws KafkaFailure when the topic cannot be read
   * @throws SnapshotFormatException when a record is no snapshot
   */
  public List<Listed> list(int limit) {
    TreeMap<Long, SnapshotCodec.Heading> headings = new TreeMap<>();
    Map<SnapshotAlias, SnapshotCodec.Heading> pointed = new EnumMap<>(SnapshotAlias.class);
    for (SnapshotAlias alias : List.of(SnapshotAlias.BEST, SnapshotAlias.PINNED)) {
      SnapshotCodec.Heading heading = pointed(alias);
      if (heading != null) {
        pointed.put(alias, heading);
        headings.put(heading.version(), heading);
      }
    }
    try (SnapshotLog log = new SnapshotLog(kafka, topic, job)) {
      for (SnapshotCodec.Heading heading : RecentHeadings.of(log, limit, Long.MAX_VALUE)) {
        headings.put(heading.version(), heading);
      }
    }
    List<Listed> list = new ArrayList<>();
    for (SnapshotCodec.Heading heading : headings.values()) {
      List<SnapshotAlias> aliases = new ArrayList<>();
      pointed.forEach(
          (alias, found) -> {
            if (found.version() == heading.version()) {
              aliases.add(alias);
            }
          });
      list.add(new Listed(heading, List.copyOf(aliases)));
    }
    return list;
  }

  private SnapshotCodec.@Nullable Heading pointed(SnapshotAlias alias) {
    try (SnapshotLog log = new SnapshotLog(kafka, topic, alias.key(job))) {
      log.fromRecent();
      SnapshotLog.Entry last = last(log);
      return last == null || last.isWithdrawal() ? null : log.heading(last);
    }
  }

  private static SnapshotLog.@Nullable Entry last(SnapshotLog log) {
    SnapshotLog.Entry last = null;
    long end = log.end();
    List<SnapshotLog.Entry> entries = log.next(end);
    while (!entries.isEmpty()) {
      last = entries.get(entries.size() - 1);
      entries = log.next(end);
    }
    return last;
  }

  /**
   * The versions that are there.
   *
   * @param count how many, 0 for none
   * @param first the oldest
   * @param last the newest
   */
  public record Extent(long count, long first, long last) {}

  /**
   * Which versions the topic has, without those that a later life took back. All of it is read, and
   * nothing but the versions is kept.
   *
   * @return their number and their ends
   * @throws KafkaFailure when the topic cannot be read
   */
  public Extent extent() {
    try (SnapshotSearch search = search(ReadLimit.NONE)) {
      return search.extent();
    }
  }

  /**
   * The snapshot an alias points to.
   *
   * @param alias which
   * @return it, or null when the alias points to nothing
   * @throws KafkaFailure when the topic cannot be read
   * @throws SnapshotFormatException when it is damaged, or a keyframe it goes back to is gone
   */
  public @Nullable Found find(SnapshotAlias alias) {
    try (SnapshotSearch search = search(ReadLimit.NONE)) {
      return search.find(alias);
    }
  }

  /**
   * A snapshot by its version.
   *
   * @param version which; of several, the one of the last life
   * @return it, or null when it is neither in the topic nor under an alias
   * @throws KafkaFailure when the topic cannot be read
   * @throws SnapshotFormatException when it is damaged, or a keyframe it goes back to is gone
   */
  public @Nullable Found find(long version) {
    try (SnapshotSearch search = search(ReadLimit.NONE)) {
      return search.find(version);
    }
  }

  /** Looks several up, until a limit at the latest. */
  SnapshotSearch search(ReadLimit limit) {
    return new SnapshotSearch(kafka, topic, job, limit);
  }

  /** One of the snapshots that a log gave last. */
  static Found found(SnapshotLog log, SnapshotLog.Entry entry) {
    SnapshotCodec.Decoded read = log.decode(entry);
    byte[] value = read.whole() ? entry.value() : CODEC.encode(read.snapshot(), read.previous());
    String sha = read.sha();
    for (Header header : entry.headers()) {
      if (header.key().equals(CHAIN_SHA)) {
        sha = new String(header.value(), UTF_8);
      }
    }
    return new Found(read.snapshot(), value, sha);
  }

  /**
   * Makes {@link SnapshotAlias#PINNED} point to a snapshot, until another is pinned.
   *
   * @param found of this registry
   * @throws KafkaFailure when it cannot be written: the topic takes no record as large, the broker
   *     refuses us or does not answer
   */
  public void pin(Found found) {
    String own = Sha256.hex(found.value());
    List<Header> headers = new ArrayList<>(SnapshotCodec.headers(found.snapshot(), own));
    if (!own.equals(found.sha())) {
      headers.add(new Header(CHAIN_SHA, found.sha().getBytes(UTF_8)));
    }
    write(
        CutRecords.alias(topic, job, SnapshotAlias.PINNED, found.value(), headers),
        "version " + found.snapshot().version() + " as pinned");
  }

  /**
   * Makes {@link SnapshotAlias#PINNED} point to nothing.
   *
   * @throws KafkaFailure when it cannot be written
   */
  public void unpin() {
    write(
        CutRecords.alias(topic, job, SnapshotAlias.PINNED, null, List.of()),
        "that nothing is pinned");
  }

  private void write(ProducerRecord<byte[], byte[]> record, String what) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.producer(job + "-pin"))) {
      Outbox outbox = new Outbox(producer, topic);
      outbox.send(record, what);
      outbox.flush();
      producer.close(Duration.ofSeconds(5));
    } catch (org.apache.kafka.common.KafkaException e) {
      throw Failures.of(e, "writing to " + topic, MissingRight.write(topic));
    }
  }
}
