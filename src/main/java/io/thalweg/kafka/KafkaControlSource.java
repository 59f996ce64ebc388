package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.ControlRead;
import io.thalweg.pipeline.ControlSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The control topic of a job as where its operators ask for something. It is looked at again and
 * again: when it is deleted and made anew, reading ends with a failure that a start anew heals,
 * since only that begins in the new one where it should.
 */
public final class KafkaControlSource implements ControlSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaControlSource.class);

  /** What it may take to find what the rollbacks of one read go back to: commands wait behind. */
  private static final Duration LOOKUP = Duration.ofMinutes(1);

  private final KafkaSettings kafka;
  private final TopicPartition lane;
  private final String job;
  private final ControlDecoder decoder;
  private final BiConsumer<String, String> notes;
  private final Duration watchEvery;
  private final AtomicReference<@Nullable KafkaFailure> alarm = new AtomicReference<>();
  private @Nullable Map<String, Topics.Found> found;
  private @Nullable TopicWatch watch;
  private volatile @Nullable ControlLoop loop;

  /**
   * A source; nothing is opened yet.
   *
   * @param kafka settings
   * @param topic the control topic, of one partition
   * @param snapshots the snapshot topic, where a rollback finds its target
   * @param job whose commands are read
   * @param config fingerprint of the configuration at work: a rollback goes back to no other
   * @param notes hears of commands that are lost, a kind and a text
   */
  public KafkaControlSource(
      KafkaSettings kafka,
      String topic,
      String snapshots,
      String job,
      String config,
      BiConsumer<String, String> notes) {
    this(kafka, topic, snapshots, job, config, notes, SourceOptions.DEFAULTS.watchEvery());
  }

  /** The same that looks at its topic as often as one likes. */
  KafkaControlSource(
      KafkaSettings kafka,
      String topic,
      String snapshots,
      String job,
      String config,
      BiConsumer<String, String> notes,
      Duration watchEvery) {
    this.kafka = kafka;
    this.lane = new TopicPartition(topic, 0);
    this.job = job;
    this.notes = notes;
    this.watchEvery = watchEvery;
    SnapshotRegistry registry = new SnapshotRegistry(kafka, snapshots, job);
    this.decoder = new ControlDecoder(job, stopped -> targets(registry, stopped, config));
  }

  private static ControlTargets targets(
      SnapshotRegistry registry, BooleanSupplier stopped, String config) {
    return new ControlTargets(registry.search(ReadLimit.of(LOOKUP, stopped)), config);
  }

  /**
   * {@inheritDoc}
   *
   * @throws KafkaFailure when the topic is missing, no broker answers, or it refuses us
   */
  @Override
  public Map<String, String> topicIds() {
    return Map.of(lane.topic(), id());
  }

  private synchronized Map<String, Topics.Found> found() {
    Map<String, Topics.Found> known = found;
    if (known == null) {
      known = Topics.requireOrdered(kafka, List.of(lane.topic()));
      found = known;
    }
    return known;
  }

  private String id() {
    return found().values().iterator().next().id();
  }

  /**
   * {@inheritDoc}
   *
   * @throws KafkaFailure when no broker answers, or it refuses us
   */
  @Override
  public long unanswered() {
    return ControlHistory.firstUnanswered(kafka, lane.topic(), job);
  }

  /**
   * {@inheritDoc}
   *
   * @throws KafkaFailure when no broker answers, or it refuses us
   */
  @Override
  public long resume(long next, Map<String, String> ids) {
    String before = ids.get(lane.topic());
    if (before == null || before.equals(id())) {
      return next;
    }
    String what =
        "commands at "
            + lane
            + "@"
            + next
            + ": "
            + Resumption.madeAnew(before, id())
            + "; what was not answered in the old topic is lost, the new one is read from its first"
            + " command that nobody has answered";
    LOG.warn("{}", what);
    notes.accept("commands-lost", what);
    return unanswered();
  }

  @Override
  public Flux<ControlRead> records(long from) {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super ControlRead> actual) {
        ControlLoop started =
            new ControlLoop(
                kafka,
                KafkaConsumer::new,
                lane,
                from,
                decoder,
                notes,
                alarm,
                KafkaControlSource.this::checkId,
                actual);
        loop = started;
        watch();
        started.start();
      }
    };
  }

  private synchronized void watch() {
    Map<String, Topics.Found> known = found;
    if (known != null && watch == null) {
      TopicWatch begun = new TopicWatch(kafka, known, watchEvery, Category.RESTARTABLE, alarm);
      watch = begun;
      begun.start();
    }
  }

  private void checkId() {
    Map<String, Topics.Found> now = Topics.require(kafka, List.of(lane.topic()));
    String is = now.values().iterator().next().id();
    if (!is.equals(id())) {
      throw new KafkaFailure(
          Category.RESTARTABLE, "topic " + lane.topic() + ": " + Resumption.madeAnew(id(), is));
    }
  }

  /**
   * The end of reading, once cancelled.
   *
   * @return completes when the consumer is closed
   */
  public Mono<Void> closed() {
    ControlLoop started = loop;
    return started == null ? Mono.empty() : Mono.fromFuture(started.closed(), true);
  }

  /** Ends reading. */
  @Override
  public synchronized void close() {
    ControlLoop started = loop;
    if (started != null) {
      started.cancel();
    }
    TopicWatch begun = watch;
    if (begun != null) {
      begun.close();
    }
  }
}
