package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.stream.Lane;
import io.thalweg.stream.RecordBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * One subscription: one thread that makes, polls and closes one consumer, and emits one item per
 * poll. There is no queue: without demand nothing is polled, so nothing can pile up.
 *
 * <p>{@code wakeup()} is not used; a poll ends by itself within {@link #POLL}, so that bounds how
 * long demand and cancellation wait.
 */
final class PollLoop implements Subscription, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

  /** How often the ends of the logs are asked for while nothing is fetched. */
  private static final long LAG_EVERY_NANOS = 3_000_000_000L;

  /** A lag of which nothing is known yet. */
  static final long UNKNOWN = -1;

  /** Records of a poll at the least, however many lanes share it. */
  private static final int LEAST_POLLED = 16;

  private static final Duration LAG_WITHIN = Duration.ofSeconds(2);

  /** At least twenty items a second while demand stands. */
  static final Duration POLL = Duration.ofMillis(40);

  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** Demand that comes back this soon needs no pausing. */
  private static final long PAUSE_AFTER_NANOS = 5_000_000;

  /** How often an idle consumer is polled for nothing, to keep its connections and metadata. */
  private static final long TEND_EVERY_NANOS = 250_000_000;

  /** Damaged records are fetched so often before they are believed to be damaged. */
  private static final int FETCHES_OF_DAMAGED = 3;

  private final KafkaSettings kafka;
  private final SourceOptions options;
  private final List<Lane> lanes;
  private final int[] mine;
  private final long[] start;
  private final AtomicLongArray lag;
  private final AtomicLongArray next;
  private final AtomicInteger handing;
  private final AtomicReference<@Nullable KafkaFailure> alarm;
  private final CoreSubscriber<? super RecordBatch> subscriber;
  private final Thread thread;
  private final AtomicLong requested = new AtomicLong();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile boolean cancelled;

  /** Where several lanes come in the order of their timestamps; else null. */
  private final @Nullable TimeOrder order;

  private @Nullable TopicPartition damaged;
  private int fetchesOfDamaged;

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
    this.kafka = kafka;
    this.options = options;
    this.lanes = lanes;
    this.mine = mine;
    this.start = start;
    this.lag = lag;
    this.next = next;
    this.handing = handing;
    this.alarm = alarm;
    this.order =
        options.timeOrder() && mine.length > 1
            ? new TimeOrder(mine, System.nanoTime(), System::currentTimeMillis)
            : null;
    this.subscriber = subscriber;
    this.thread = new Thread(this, "thalweg-poll-" + lanes.get(mine[0]).topic());
    this.thread.setDaemon(true);
  }

  void start() {
    subscriber.onSubscribe(this);
    thread.start();
  }

  /** Completes when the consumer is closed and the thread about to end. */
  CompletableFuture<Void> closed() {
    return closed;
  }

  @Override
  public void request(long n) {
    if (Operators.validate(n)) {
      requested.updateAndGet(before -> Operators.addCap(before, n));
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    LockSupport.unpark(thread);
  }

  @Override
  public void run() {
    Throwable failure = null;
    try {
      Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings());
      Runnable unwatch = kafka.watch().opened(consumer);
      try {
        seekToStart(consumer);
        // the end of a start, for whoever measures how long one takes
        LOG.info("first poll of {}, partitions: {}", lanes.get(mine[0]).topic(), mine.length);
        pollWhileWanted(consumer);
      } finally {
        unwatch.run();
        consumer.close(CloseOptions.timeout(CLOSE));
      }
    } catch (Throwable t) { // whatever it is, the subscriber must hear of it
      failure = t;
    } finally {
      closed.complete(null);
    }
    if (failure != null) {
      fail(failure);
    }
  }

  private void fail(Throwable failure) {
    Throwable said =
        failure instanceof Exception
            ? Failures.of(failure, "reading " + lanes.get(mine[0]).topic())
            : failure;
    if (cancelled) {
      Operators.onErrorDropped(said, subscriber.currentContext());
    } else {
      cancelled = true;
      subscriber.onError(said);
    }
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = kafka.consumer("thalweg-samples-" + lanes.get(mine[0]).topic());
    if (order != null) {
      settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, share());
    }
    return settings;
  }

  /** Records of a poll, and of a lane that is held back, where lanes are held side by side. */
  private int share() {
    return Math.max(LEAST_POLLED, kafka.mostPolled() / mine.length);
  }

  private void seekToStart(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>(mine.length);
    for (int lane : mine) {
      partitions.add(Topics.partition(lanes.get(lane)));
    }
    consumer.assign(partitions);
    for (int i = 0; i < mine.length; i++) {
      consumer.seek(partitions.get(i), start[mine[i]]);
    }
  }

  private void pollWhileWanted(Consumer<byte[], byte[]> consumer) {
    boolean paused = false;
    long idleSince = 0;
    long tended = 0;
    long measured = 0;
    while (!cancelled) {
      KafkaFailure heard = alarm.get();
      if (heard != null) {
        throw heard;
      }
      if (requested.get() > 0) {
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
        if (records != null && !cancelled) {
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
        measureLag(consumer);
        measured = System.nanoTime();
      }
      if (paused && now - tended >= TEND_EVERY_NANOS) {
        tend(consumer);
        tended = now;
      }
      LockSupport.parkNanos(this, paused ? TEND_EVERY_NANOS : PAUSE_AFTER_NANOS);
    }
  }

  /** What comes in while nothing is fetched: a client knows the end of a log from its fetches. */
  private void measureLag(Consumer<byte[], byte[]> consumer) {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), LAG_WITHIN);
      for (int i = 0; i < mine.length; i++) {
        TopicPartition partition = Topics.partition(lanes.get(mine[i]));
        Long end = ends.get(partition);
        if (end != null) {
          long at =
              order != null && order.held(i) > 0
                  ? order.firstHeld(i)
                  : consumer.position(partition);
          lag.set(mine[i], Math.max(0, end - at));
          next.set(mine[i], at);
        }
      }
    } catch (KafkaException unknown) {
      LOG.debug("the ends of the logs are not known: {}", unknown.getMessage());
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
      damaged = null;
      return records;
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions().forEach((at, wanted) -> outOfRange(consumer, at, wanted, e));
      return null;
    } catch (KafkaException e) {
      TopicPartition at = partitionOfDamagedRecord(consumer.assignment(), e);
      if (at == null) {
        throw e;
      }
      damagedRecord(consumer, at, e);
      return null;
    }
  }

  private void emit(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
    Set<TopicPartition> partitions = records.partitions();
    List<List<ConsumerRecord<byte[], byte[]>>> parts = new ArrayList<>(partitions.size());
    int[] numbers = new int[partitions.size()];
    handing.incrementAndGet();
    try {
      for (int lane : mine) {
        TopicPartition partition = Topics.partition(lanes.get(lane));
        if (partitions.contains(partition)) {
          List<ConsumerRecord<byte[], byte[]>> part = records.records(partition);
          numbers[parts.size()] = lane;
          parts.add(part);
          next.set(lane, part.get(part.size() - 1).offset() + 1);
        }
        OptionalLong behind = consumer.currentLag(partition);
        if (behind.isPresent()) {
          lag.set(lane, behind.getAsLong());
        }
      }
      handOver(new PolledBatch(parts, numbers));
    } finally {
      handing.decrementAndGet();
    }
  }

  private void handOver(PolledBatch batch) {
    if (requested.get() != Long.MAX_VALUE) {
      requested.decrementAndGet();
    }
    subscriber.onNext(batch);
  }

  /** Polls until every lane that has more brought something, then hands on whose turn it is. */
  private void emitInOrder(Consumer<byte[], byte[]> consumer, TimeOrder by) {
    boolean more = true;
    while (more && !cancelled) {
      pauseFull(consumer, by);
      boolean ready = by.isReady(System.nanoTime());
      ConsumerRecords<byte[], byte[]> records = poll(consumer, ready ? Duration.ZERO : POLL);
      if (records == null) {
        return;
      }
      long now = System.nanoTime();
      for (int i = 0; i < mine.length; i++) {
        TopicPartition partition = Topics.partition(lanes.get(mine[i]));
        by.add(i, records.records(partition), now);
        OptionalLong behind = consumer.currentLag(partition);
        by.atEnd(i, behind.isPresent() && behind.getAsLong() == 0, now);
      }
      more = !records.isEmpty() && !by.isReady(now);
    }
    if (cancelled) {
      return;
    }
    PolledBatch batch = by.take(Math.max(1, kafka.mostPolled()), System.nanoTime());
    handing.incrementAndGet();
    try {
      for (int i = 0; i < mine.length; i++) {
        noteLag(consumer, by, i);
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
      Set<TopicPartition> one = Set.of(Topics.partition(lanes.get(mine[i])));
      if (by.held(i) >= most) {
        consumer.pause(one);
      } else {
        consumer.resume(one);
      }
    }
  }

  private void noteLag(Consumer<byte[], byte[]> consumer, TimeOrder by, int i) {
    TopicPartition partition = Topics.partition(lanes.get(mine[i]));
    long position = consumer.position(partition);
    long at = by.held(i) > 0 ? by.firstHeld(i) : position;
    OptionalLong behind = consumer.currentLag(partition);
    next.set(mine[i], at);
    if (behind.isPresent()) {
      lag.set(mine[i], behind.getAsLong() + position - at);
    }
  }

  private void outOfRange(
      Consumer<byte[], byte[]> consumer, TopicPartition at, long wanted, Exception cause) {
    long first = consumer.beginningOffsets(Set.of(at)).getOrDefault(at, 0L);
    long end = consumer.endOffsets(Set.of(at)).getOrDefault(at, 0L);
    String reason = outOfRangeReason(wanted, first, end);
    lose(consumer, at, wanted, wanted < first ? first : end, reason, cause);
  }

  /** What to say of an offset outside of the log. */
  static String outOfRangeReason(long wanted, long first, long end) {
    return wanted < first
        ? "the record to read next is gone, the earliest left is "
            + first
            + ": "
            + (first - wanted)
            + " records were removed before they were read (retention.ms, retention.bytes or"
            + " delete-records)"
        : "the log ends at "
            + end
            + ", before the record to read next: it was truncated or the topic was made anew";
  }

  private static @Nullable TopicPartition partitionOfDamagedRecord(
      Set<TopicPartition> assigned, KafkaException e) {
    String message = String.valueOf(e.getMessage());
    boolean damage =
        Failures.causedBy(e, CorruptRecordException.class)
            || message.contains("seek past the record")
            || message.contains("is invalid, cause");
    if (damage) {
      for (TopicPartition partition : assigned) {
        if (message.contains(partition + ".") || message.contains(partition + " ")) {
          return partition;
        }
      }
    }
    return null;
  }

  /** A flipped bit is there at every fetch; a bad cable is not. */
  private void damagedRecord(
      Consumer<byte[], byte[]> consumer, TopicPartition at, KafkaException cause) {
    fetchesOfDamaged = at.equals(damaged) ? fetchesOfDamaged + 1 : 1;
    damaged = at;
    if (fetchesOfDamaged < FETCHES_OF_DAMAGED) {
      LockSupport.parkNanos(this, TEND_EVERY_NANOS);
      return;
    }
    damaged = null;
    long wanted = consumer.position(at);
    lose(consumer, at, wanted, wanted + 1, "the record is damaged in the log (checksum)", cause);
  }

  private void lose(
      Consumer<byte[], byte[]> consumer,
      TopicPartition at,
      long wanted,
      long resumed,
      String reason,
      Exception cause) {
    if (!options.continueOnDataLoss()) {
      throw new KafkaFailure(
          Category.DATA_LOSS,
          at
              + "@"
              + wanted
              + ": "
              + reason
              + "; to go on nevertheless, with the loss reported: on-data-loss: continue",
          cause);
    }
    Lane lane = new Lane(at.topic(), at.partition());
    options
        .onDataLoss()
        .accept(new DataLoss(lane, wanted, resumed, Math.max(0, resumed - wanted), reason));
    consumer.seek(at, resumed);
  }
}
