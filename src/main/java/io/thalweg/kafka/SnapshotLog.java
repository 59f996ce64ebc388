package io.thalweg.kafka;

import io.thalweg.stream.Header;
import io.thalweg.wire.Keyframe;
import io.thalweg.wire.Keyframes;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import io.thalweg.wire.SnapshotFormatException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the committed snapshots under one key, in order, for as long as one likes: those of a job,
 * or what one of its aliases has pointed to. Keyframes that long vectors go back to are read on the
 * way; a snapshot is decoded when it is asked for, before the next ones are. Used by one thread,
 * which it blocks.
 */
public final class SnapshotLog implements AutoCloseable {
  /** How far before the end the newest snapshot is looked for first. */
  private static final long STEP_BACK = 8;

  /** How many records further back a keyframe is looked for at a time. */
  private static final long KEYFRAME_STEP_BACK = 256;

  private static final Duration POLL = Duration.ofMillis(200);
  private static final byte[] NOTHING = {};
  private static final String VERSION = "thalweg-version";

  private final String topic;
  private final String name;
  private final byte[] key;
  private final boolean alias;
  private final TopicPartition lane;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private final Keyframes keyframes = new Keyframes();
  private final ArrayDeque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
  private final ReadLimit limit;
  private long showFrom;

  /**
   * One record.
   *
   * @param offset its place in the topic
   * @param value its bytes; none when an alias points to nothing from here on
   * @param headers its headers
   */
  public record Entry(long offset, byte[] value, List<Header> headers) {
    /**
     * Whether an alias was taken back.
     *
     * @return true for a record without a value
     */
    public boolean isWithdrawal() {
      return value.length == 0;
    }
  }

  /**
   * Connects; reading begins where one of the two {@code from} methods says.
   *
   * @param kafka settings
   * @param topic the snapshot topic, of one partition
   * @param key the key of the wanted records: the job, or by {@link SnapshotAlias#key} an alias
   * @throws KafkaFailure when the topic is missing, or no broker answers within 10 seconds
   */
  public SnapshotLog(KafkaSettings kafka, String topic, String key) {
    this(kafka, topic, key, ReadLimit.NONE);
  }

  /**
   * The same, read until a limit at the latest.
   *
   * @throws KafkaFailure as above; of every method that reads, too, when the time is over
   */
  SnapshotLog(KafkaSettings kafka, String topic, String key, ReadLimit limit) {
    this.limit = limit;
    this.topic = topic;
    this.name = key;
    this.key = key.getBytes(StandardCharsets.UTF_8);
    this.alias = SnapshotAlias.isKey(key);
    this.lane = new TopicPartition(topic, 0);
    try {
      limit.left();
      Topics.requireOrdered(kafka, topic, MissingRight.read(topic));
      this.consumer = new KafkaConsumer<>(kafka.consumer(key + "-snapshots"));
    } catch (KafkaException e) {
      throw Failures.of(e, "connecting to " + kafka.bootstrapServers());
    }
    consumer.assign(List.of(lane));
  }

  /** Begins with the oldest snapshot there is. */
  public void fromBeginning() {
    forget();
    showFrom = 0;
    run(() -> consumer.seekToBeginning(List.of(lane)));
  }

  /**
   * Begins at a place, to see headings: keyframes that stand before it are not looked for.
   *
   * @param offset of the first record wanted
   * @return the same, or the oldest that is left where it is gone
   */
  public long fromOffset(long offset) {
    long[] from = new long[1];
    run(
        () -> {
          forget();
          from[0] = Math.max(offset, beginning());
          showFrom = from[0];
          consumer.seek(lane, from[0]);
        });
    return from[0];
  }

  /**
   * Begins with one of the newest snapshots: the last record of a log may be the marker of a
   * transaction or another job's, so the place is searched backwards from the end. Where the newest
   * one goes back to a keyframe, that is searched further back, and the first snapshot is not
   * before it.
   */
  public void fromRecent() {
    run(
        () -> {
          long first = beginning();
          long end = end();
          long back = STEP_BACK;
          long from;
          ConsumerRecord<byte[], byte[]> newest;
          List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
          do {
            from = Math.max(first, end - back);
            back = Math.multiplyExact(back, STEP_BACK);
            newest = null;
            seen.clear();
            for (ConsumerRecord<byte[], byte[]> record : between(from, end)) {
              seen.add(record);
              newest = isSnapshot(record) ? record : newest;
            }
          } while (newest == null && from > first);
          showFrom = from;
          long begin = newest == null ? from : keyframesOf(newest, first, from);
          forget();
          if (begin < from) {
            consumer.seek(lane, begin);
          } else {
            consumer.seek(lane, end);
            fetched.addAll(seen);
          }
        });
  }

  /**
   * Begins at a snapshot, to decode it: its keyframes are read before it.
   *
   * @param offset of the snapshot
   */
  void fromSnapshot(long offset) {
    run(
        () -> {
          long first = beginning();
          ConsumerRecord<byte[], byte[]> snapshot = null;
          for (ConsumerRecord<byte[], byte[]> record : between(offset, offset + 1)) {
            snapshot = isSnapshot(record) ? record : snapshot;
          }
          showFrom = offset;
          long begin = snapshot == null ? offset : keyframesOf(snapshot, first, offset);
          forget();
          consumer.seek(lane, begin);
        });
  }

  /** Where to begin so that the keyframes of a snapshot are read before it. */
  private long keyframesOf(ConsumerRecord<byte[], byte[]> newest, long first, long from) {
    long begin = from;
    for (Keyframe keyframe : links(newest)) {
      long place = firstPart(keyframe, first, newest.offset());
      if (place >= 0) { // else nothing further back helps, and whoever decodes is told
        showFrom = Math.max(showFrom, place);
        begin = Math.min(begin, place);
      }
    }
    return begin;
  }

  private List<Keyframe> links(ConsumerRecord<byte[], byte[]> snapshot) {
    if (snapshot.value() == null) {
      return List.of();
    }
    try {
      return codec.link(snapshot.value(), List.of()).keyframes();
    } catch (SnapshotFormatException e) {
      return List.of(); // whoever decodes it is told
    }
  }

  /** Offset of the first part of a keyframe; -1 when it is gone. Nothing is kept on the way. */
  private long firstPart(Keyframe keyframe, long first, long before) {
    long to = before;
    while (to > first) {
      long from = Math.max(first, to - KEYFRAME_STEP_BACK - keyframe.parts());
      long found = -1;
      for (ConsumerRecord<byte[], byte[]> record : between(from, to)) {
        if (isPart(record) && keyframe.beginsWith(headers(record))) {
          found = record.offset();
        }
      }
      if (found >= 0) {
        return found;
      }
      to = from;
    }
    return -1;
  }

  /** The records of a stretch of the log, fetched as they are asked for. */
  private Iterable<ConsumerRecord<byte[], byte[]>> between(long from, long to) {
    forget();
    consumer.seek(lane, from);
    return () ->
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            while (fetched.isEmpty() && consumer.position(lane, limit.left()) < to) {
              fetch(POLL);
            }
            return !fetched.isEmpty() && fetched.element().offset() < to;
          }

          @Override
          public ConsumerRecord<byte[], byte[]> next() {
            return fetched.remove();
          }
        };
  }

  /**
   * The next snapshots.
   *
   * @param limit how long to wait for the first
   * @return at least one in the order of the topic, or none when the time is over
   */
  public List<Entry> poll(Duration limit) {
    List<Entry> taken = taken(Long.MAX_VALUE);
    if (!taken.isEmpty()) {
      return taken;
    }
    long until = System.nanoTime() + limit.toNanos();
    long left = limit.toNanos();
    do {
      Duration wait = Duration.ofNanos(Math.max(0, left));
      run(() -> fetch(wait));
      taken = taken(Long.MAX_VALUE);
      left = until - System.nanoTime();
    } while (taken.isEmpty() && left > 0); // parts alone are no answer
    return taken;
  }

  /**
   * The next snapshots before some offset.
   *
   * @param end where to stop, by custom {@link #end()} as it was at some moment
   * @return at least one in the order of the topic, or none when the end is reached
   */
  public List<Entry> next(long end) {
    List<Entry> taken = taken(end);
    while (taken.isEmpty() && fetched.isEmpty() && position() < end) {
      run(() -> fetch(POLL));
      taken = taken(end);
    }
    return taken;
  }

  /** Offset of the next record that is read. */
  long position() {
    long[] position = new long[1];
    run(() -> position[0] = consumer.position(lane, limit.left()));
    return position[0];
  }

  /**
   * Decodes one of the snapshots that were given last.
   *
   * @param entry from the last call of {@link #poll} or {@link #next}
   * @return the snapshot, its long vectors put together
   * @throws SnapshotFormatException when it is none, or a keyframe it goes back to was not found,
   *     saying where and what was
   */
  public SnapshotCodec.Decoded decode(Entry entry) {
    try {
      return codec.decode(entry.value(), entry.headers(), keyframes);
    } catch (SnapshotFormatException e) {
      throw located(entry, e);
    }
  }

  /**
   * Decodes a snapshot as a link of the chain, without its vectors.
   *
   * @param entry from any call of {@link #poll} or {@link #next}
   * @return what it says of itself and of the one before
   * @throws SnapshotFormatException when it is none, saying where
   */
  public SnapshotCodec.Link link(Entry entry) {
    try {
      return codec.link(entry.value(), entry.headers());
    } catch (SnapshotFormatException e) {
      throw located(entry, e);
    }
  }

  /**
   * What a snapshot says of itself, without its vectors.
   *
   * @param entry from any call of {@link #poll} or {@link #next}
   * @return its heading
   * @throws SnapshotFormatException when it is none, saying where
   */
  SnapshotCodec.Heading heading(Entry entry) {
    try {
      return codec.heading(entry.value(), entry.headers());
    } catch (SnapshotFormatException e) {
      throw located(entry, e);
    }
  }

  private SnapshotFormatException located(Entry entry, SnapshotFormatException e) {
    return new SnapshotFormatException(topic + "@" + entry.offset() + ": " + e.getMessage(), e);
  }

  /** Takes parts in, then snapshots up to the next part: so none of them loses its keyframe. */
  private List<Entry> taken(long end) {
    List<Entry> taken = new ArrayList<>();
    while (!fetched.isEmpty() && fetched.element().offset() < end) {
      ConsumerRecord<byte[], byte[]> record = fetched.element();
      if (isPart(record)) {
        if (!taken.isEmpty()) {
          break;
        }
        keyframes.take(
            new String(record.key(), StandardCharsets.UTF_8).substring(name.length()),
            headers(record),
            record.value());
      } else if (record.offset() >= showFrom) {
        byte[] value = record.value();
        taken.add(new Entry(record.offset(), value == null ? NOTHING : value, headers(record)));
      }
      fetched.remove();
    }
    return taken;
  }

  private void forget() {
    fetched.clear();
    keyframes.clear();
  }

  private void fetch(Duration atMost) {
    ConsumerRecords<byte[], byte[]> records;
    try {
      Duration left = limit.left();
      records = consumer.poll(left.compareTo(atMost) < 0 ? left : atMost);
    } catch (OffsetOutOfRangeException e) {
      consumer.seek(lane, beginning()); // compaction and retention took the place away meanwhile
      return;
    }
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (isSnapshot(record) || isPart(record)) {
        fetched.add(record);
      }
    }
  }

  private boolean isSnapshot(ConsumerRecord<byte[], byte[]> record) {
    return (record.value() != null || alias) && Arrays.equals(record.key(), key);
  }

  /** Whether it belongs to a keyframe: its key begins with the job and a bar. */
  private boolean isPart(ConsumerRecord<byte[], byte[]> record) {
    byte[] found = record.key();
    return record.value() != null
        && found != null
        && found.length > key.length
        && found[key.length] == '|'
        && Arrays.equals(found, 0, key.length, key, 0, key.length);
  }

  private static List<Header> headers(ConsumerRecord<byte[], byte[]> record) {
    List<Header> headers = new ArrayList<>();
    record
        .headers()
        .forEach(h -> headers.add(new Header(h.key(), h.value() == null ? NOTHING : h.value())));
    return headers;
  }

  private long beginning() {
    Long offset = consumer.beginningOffsets(List.of(lane), limit.left()).get(lane);
    return offset == null ? 0 : offset;
  }

  /**
   * The version of a snapshot: by its header, which saves a look into it, where that has a number.
   *
   * @throws SnapshotFormatException when it is none, saying where
   */
  long version(Entry entry) {
    for (Header header : entry.headers()) {
      if (header.key().equals(VERSION)) {
        try {
          return Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
        } catch (NumberFormatException foreign) {
          break; // somebody else's header: the snapshot says it itself
        }
      }
    }
    return heading(entry).version();
  }

  /**
   * The end of what is committed, as it is now.
   *
   * @return the offset after the last record
   */
  public long end() {
    try {
      Long offset = consumer.endOffsets(List.of(lane), limit.left()).get(lane);
      return offset == null ? 0 : offset;
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + topic, MissingRight.read(topic));
    }
  }

  private void run(Runnable reading) {
    try {
      reading.run();
    } catch (KafkaException e) {
      throw Failures.of(e, "reading " + topic, MissingRight.read(topic));
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
  }
}
