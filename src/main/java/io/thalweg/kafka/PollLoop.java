package io.thalweg.kafka;

import io.thalweg.stream.Lane;
import io.thalweg.stream.RecordBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;

/**
 * Reads lanes of samples: one item per poll. There is no queue: without demand nothing is polled,
 * so nothing can pile up.
 */
final class PollLoop extends ConsumerThread<RecordBatch> {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

  /** How often the ends of the logs are asked for while nothing is fetched. */
  private static final long LAG_EVERY_NANOS = 3_000_000_000L;

  /** A lag of which nothing is known yet. */
  static final long UNKNOWN = -1;

  /** Records of a poll at the least, however many lanes share it. */
  private static final int LEAST_POLLED = 16;

  /** At least twenty items a second while demand stands. */
  static final Duration POLL = Duration.ofMillis(40);

  /** Demand that comes back this soon needs no pausing. */
  private static final long PAUSE_AFTER_NANOS = 5_000_000;

  private final KafkaSettings kafka;
  private final String topic;
  private final int[] mine;
  private final long[] start;
  private final AtomicInteger handing;
  private final AtomicReference<@Nullable KafkaFailure> alarm;

  /** The lanes as the client has them, in the order of {@link #mine}. */
  private final TopicPartition[] partitions;

  private final LaneView view;
  private final LaneLosses losses;
  private final DamagedRecords damaged = new DamagedRecords();

  /** Where several lanes come in the order of their timestamps; else null. */
  private final @Nullable TimeOrder order;

  /**
   * A subscription; {@link #start} begins it.
   *
   * @param lanes all lanes of the source
   * @param mine numbers of those to read
   * @param start per lane of the source, the offset to begin with
   * @param lag per lane of the source, where to note how many records are still to be handed over,
   *     {@link #UNKNOWN} before that is known
   * @param next per lane of the source, where to note which record is handed over next
   * @param handing where to count what is being handed over
   * @param alarm a failure found elsewhere that must end this subscription
   */
  PollLoop(
      KafkaSettings kafka,
      SourceOptions options,
      List<Lane> lanes,
      int[] mine,
      long[] start,
      AtomicLongArray lag,
      AtomicLongArray next,
      AtomicInteger handing,
      AtomicReference<@Nullable KafkaFailure> alarm,
      CoreSubscriber<? super RecordBatch> subscriber) {
    super(
        kafka,
        KafkaConsumer::new,
        "thalweg-poll-" + lanes.get(mine[0]).topic(),
        lanes.get(mine[0]).topic(),
        subscriber);
    this.kafka = kafka;
    this.topic = lanes.get(mine[0]).topic();
    this.mine = mine;
    this.start = start;
    this.handing = handing;
    this.alarm = alarm;
    this.partitions =
        Arrays.stream(mine)
            .mapToObj(lane -> Topics.partition(lanes.get(lane)))
            .toArray(TopicPartition[]::new);
    this.view = new LaneView(mine, partitions, start, lag, next);
    this.losses = new LaneLosses(options);
    this.order =
        options.timeOrder() && mine.length > 1
            ? new TimeOrder(mine, System.nanoTime(), System::currentTimeMillis)
            : null;
  }

  @Override
  Map<String, Object> settings() {
    Map<String, Object> settings = kafka.consumer("thalweg-samples-" + topic);
    if (order != null) {
      settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, share());
    }
    return settings;
  }

  /** Records of a poll, and of a lane that is held back, where lanes are held side by side. */
  private int share() {
    return Math.max(LEAST_POLLED, kafka.mostPolled() / mine.length);
  }

  @Override
  void read(Consumer<byte[], byte[]> consumer) {
    consumer.assign(List.of(partitions));
    for (int i = 0; i < mine.length; i++) {
      consumer.seek(partitions[i], start[mine[i]]);
    }
    // the end of a start, for whoever measures how long one takes
    LOG.info("first poll of {}, partitions: {}", topic, mine.length);
    pollWhileWanted(consumer);
  }

  private void pollWhileWanted(Consumer<byte[], byte[]> consumer) {
    boolean paused = false;
    long idleSince = 0;
    long tended = 0;
    long measured = 0;
    while (!isCancelled()) {
      KafkaFailure heard = alarm.get();
      if (heard != null) {
        throw heard;
      }
      if (isRequested()) {
        if (paused) {
          consumer.resume(consumer.paused());
          paused = false;
        }
        if (order != null && idleSince != 0) {
          order.leaveOut(System.nanoTime() - idleSince);
        }
        idleSince = 0;
        if (order != null) {
          emitInOrder(consumer, order);
          continue;
        }
        ConsumerRecords<byte[], byte[]> records = poll(consumer, POLL);
        if (records != null && !isCancelled()) {
          emit(consumer, records);
        }
        continue;
      }
      long now = System.nanoTime();
      if (idleSince == 0) {
        idleSince = now;
        tended = now;
      }
      if (!paused && now - idleSince >= PAUSE_AFTER_NANOS) {
        consumer.pause(consumer.assignment());
        paused = true;
        measured = now;
      }
      if (paused && now - measured >= LAG_EVERY_NANOS) {
        view.measure(consumer, order);
        measured = System.nanoTime();
      }
      if (paused && now - tended >= TEND_EVERY_NANOS) {
        tend(consumer);
        tended = now;
      }
      park(paused ? TEND_EVERY_NANOS : PAUSE_AFTER_NANOS);
    }
  }

  private static void tend(Consumer<byte[], byte[]> consumer) {
    if (!consumer.poll(Duration.ZERO).isEmpty()) {
      throw new IllegalStateException("a consumer with every partition paused returned records");
    }
  }

  /** One poll, or null when positions had to be mended instead. */
  private @Nullable ConsumerRecords<byte[], byte[]> poll(
      Consumer<byte[], byte[]> consumer, Duration atMost) {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(atMost);
      damaged.forget();
      return records;
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions()
          .forEach((at, wanted) -> view.sought(at, losses.outOfRange(consumer, at, wanted, e)));
      return null;
    } catch (KafkaException e) {
      TopicPartition at = damaged.believed(consumer.assignment(), e);
      if (at == null) {
        park(TEND_EVERY_NANOS);
      } else {
        view.sought(at, losses.damaged(consumer, at, e));
      }
      return null;
    }
  }

  private void emit(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
    Set<TopicPartition> found = records.partitions();
    List<List<ConsumerRecord<byte[], byte[]>>> parts = new ArrayList<>(found.size());
    int[] numbers = new int[found.size()];
    handing.incrementAndGet();
    try {
      for (int i = 0; i < mine.length; i++) {
        view.polled(i, records);
        if (found.contains(partitions[i])) {
          List<ConsumerRecord<byte[], byte[]>> part = records.records(partitions[i]);
          numbers[parts.size()] = mine[i];
          parts.add(part);
          view.handed(i, part.get(part.size() - 1).offset() + 1);
        }
        view.behind(i, consumer);
      }
      handOver(new PolledBatch(parts, numbers));
    } finally {
      handing.decrementAndGet();
    }
  }

  /** Polls until every lane that has more brought something, then hands on whose turn it is. */
  private void emitInOrder(Consumer<byte[], byte[]> consumer, TimeOrder by) {
    boolean more = true;
    while (more && !isCancelled()) {
      pauseFull(consumer, by);
      boolean ready = by.isReady(System.nanoTime());
      ConsumerRecords<byte[], byte[]> records = poll(consumer, ready ? Duration.ZERO : POLL);
      if (records == null) {
        return;
      }
      long now = System.nanoTime();
      for (int i = 0; i < mine.length; i++) {
        by.add(i, records.records(partitions[i]), now);
        view.polled(i, records);
        OptionalLong behind = consumer.currentLag(partitions[i]);
        by.atEnd(i, behind.isPresent() && behind.getAsLong() == 0, now);
      }
      more = !records.isEmpty() && !by.isReady(now);
    }
    if (isCancelled()) {
      return;
    }
    PolledBatch batch = by.take(Math.max(1, kafka.mostPolled()), System.nanoTime());
    handing.incrementAndGet();
    try {
      for (int i = 0; i < mine.length; i++) {
        view.behind(i, consumer, by);
      }
      handOver(batch);
    } finally {
      handing.decrementAndGet();
    }
  }

  /** A lane that is ahead must not fill the memory while another one is waited for. */
  private void pauseFull(Consumer<byte[], byte[]> consumer, TimeOrder by) {
    int most = share();
    for (int i = 0; i < mine.length; i++) {
      Set<TopicPartition> one = Set.of(partitions[i]);
      if (by.held(i) >= most) {
        consumer.pause(one);
      } else {
        consumer.resume(one);
      }
    }
  }
}
