package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.SampleSource;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads topics from positions it is told, with exact demand: {@code request(n)} leads to n polls.
 * Lanes are assigned, not shared out by a group, so nothing rebalances; each subscription has a
 * consumer and a thread of its own. Topics are looked at again and again: one that is deleted, made
 * anew, or given more partitions ends the stream with an explanation, because positions would mean
 * other records from then on.
 */
public final class KafkaSampleSource implements SampleSource, AutoCloseable {
  private final KafkaSettings kafka;
  private final SourceOptions options;
  private final Map<String, Topics.Found> topics;
  private final List<Lane> lanes;
  private final Map<String, int[]> lanesOf = new HashMap<>();
  private final AtomicLongArray lag;
  private final AtomicLongArray next;

  /** Batches that are being handed over just now. */
  private final AtomicInteger handing = new AtomicInteger();

  private final AtomicReference<@Nullable KafkaFailure> alarm = new AtomicReference<>();
  private final ConcurrentLinkedQueue<PollLoop> loops = new ConcurrentLinkedQueue<>();
  private final TopicWatch watch;

  private KafkaSampleSource(
      KafkaSettings kafka, SourceOptions options, Map<String, Topics.Found> topics) {
    this.kafka = kafka;
    this.options = options;
    this.topics = topics;
    this.lanes = List.copyOf(Topics.lanes(topics.values()));
    this.lag = new AtomicLongArray(lanes.size());
    for (int lane = 0; lane < lanes.size(); lane++) {
      lag.set(lane, PollLoop.UNKNOWN);
    }
    this.next = new AtomicLongArray(lanes.size());
    for (String topic : topics.keySet()) {
      lanesOf.put(topic, numbers(topic));
    }
    this.watch = new TopicWatch(kafka, topics, options.watchEvery(), Category.DATA_LOSS, alarm);
  }

  /**
   * Looks the topics up.
   *
   * @param kafka settings
   * @param topics the topics to read, each once
   * @param options what to do about losses
   * @return a source over all their partitions
   * @throws KafkaFailure when a topic is missing, or no broker answers within 10 seconds
   */
  public static KafkaSampleSource connect(
      KafkaSettings kafka, Collection<String> topics, SourceOptions options) {
    return new KafkaSampleSource(kafka, options, Topics.require(kafka, topics));
  }

  @Override
  public List<Lane> lanes() {
    return lanes;
  }

  @Override
  public Map<String, String> topicIds() {
    Map<String, String> ids = new TreeMap<>();
    topics.forEach((name, topic) -> ids.put(name, topic.id()));
    return ids;
  }

  @Override
  public Positions beginning() {
    try (Admin admin = Topics.open(kafka)) {
      List<Position> at = new ArrayList<>(lanes.size());
      for (long offset : Topics.offsets(admin, kafka, lanes, OffsetSpec.earliest())) {
        at.add(new Position(offset, 0));
      }
      return Positions.at(lanes, at);
    }
  }

  /**
   * Where to go on after a checkpoint, provided that the topics still are what they were.
   *
   * @param checkpoint the last committed one
   * @return its positions; where losses are to be survived, moved to what can be read, and with
   *     lanes that were added since
   * @throws KafkaFailure of category {@code DATA_LOSS} naming every topic that was made anew, every
   *     partition count that changed and every lane whose next record is gone, unless losses are to
   *     be survived
   */
  @Override
  public Positions resume(Checkpoint checkpoint) {
    try (Admin admin = Topics.open(kafka)) {
      long[] first = Topics.offsets(admin, kafka, lanes, OffsetSpec.earliest());
      long[] end = Topics.offsets(admin, kafka, lanes, OffsetSpec.latest());
      Resumption resumption = Resumption.of(checkpoint, topicIds(), lanes, first, end);
      if (!resumption.losses().isEmpty()) {
        if (!options.continueOnDataLoss()) {
          throw resumption.refusal();
        }
        resumption.losses().forEach(options.onDataLoss());
      }
      return resumption.positions();
    }
  }

  @Override
  public Flux<RecordBatch> records(Feed feed, Positions start) {
    int[] mine = lanesOf(feed.topic());
    if (!start.lanes().equals(lanes)) {
      throw new KafkaFailure(
          Category.DATA_LOSS,
          "positions are for lanes " + start.lanes() + ", but the topics have " + lanes);
    }
    long[] offsets = new long[lanes.size()];
    for (int lane : mine) {
      offsets[lane] = start.resumeOffset(lane);
      next.set(lane, offsets[lane]);
      lag.set(lane, PollLoop.UNKNOWN);
    }
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super RecordBatch> subscriber) {
        PollLoop loop =
            new PollLoop(
                kafka, options, lanes, mine, offsets, lag, next, handing, alarm, subscriber);
        loops.removeIf(old -> old.closed().isDone());
        loops.add(loop);
        watch.start();
        loop.start();
      }
    };
  }

  @Override
  public boolean mayHoldMore(Feed feed) {
    if (handing.get() > 0) {
      return true;
    }
    for (int lane : lanesOf(feed.topic())) {
      if (lag.get(lane) != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Records that are committed to the topics and not yet handed over, as of the last polls.
   *
   * @return sum over all lanes
   */
  public long lag() {
    long sum = 0;
    for (int lane = 0; lane < lag.length(); lane++) {
      sum += lag(lane);
    }
    return sum;
  }

  /**
   * Records of one lane that are committed to its topic and not yet handed over, as of the last
   * poll.
   *
   * @param lane number of the lane in {@link #lanes()}
   * @return how many, 0 where that is not known yet
   */
  public long lag(int lane) {
    return Math.max(0, lag.get(lane));
  }

  /**
   * The end of one lane, as far as it is known.
   *
   * @param lane number of the lane in {@link #lanes()}
   * @return offset behind its last record
   */
  public long end(int lane) {
    return next.get(lane) + lag(lane);
  }

  @Override
  public int mostPerBatch() {
    return kafka.mostPolled();
  }

  /**
   * Waits for the consumers of all subscriptions that ended; a new attempt must not begin before.
   *
   * @return completes when every consumer made so far is closed, which a cancelled one is within
   *     about five seconds
   */
  public Mono<Void> closed() {
    return Mono.defer(
        () ->
            Mono.fromFuture(
                CompletableFuture.allOf(
                    loops.stream().map(PollLoop::closed).toArray(CompletableFuture[]::new)),
                true));
  }

  /** Cancels every subscription and ends all threads; does not wait for them. */
  @Override
  public void close() {
    loops.forEach(PollLoop::cancel);
    watch.close();
  }

  private int[] lanesOf(String topic) {
    int[] found = lanesOf.get(topic);
    if (found == null) {
      throw new IllegalArgumentException("topic " + topic + " is not among " + topics.keySet());
    }
    return found;
  }

  private int[] numbers(String topic) {
    List<Integer> numbers = new ArrayList<>();
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (lanes.get(lane).topic().equals(topic)) {
        numbers.add(lane);
      }
    }
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
