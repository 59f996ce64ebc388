package io.thalweg.kafka;

import io.thalweg.pipeline.ControlRecord;
import io.thalweg.pipeline.ControlSource;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The control topic of a job as where its operators ask for something. */
public final class KafkaControlSource implements ControlSource, AutoCloseable {
  private final KafkaSettings kafka;
  private final String topic;
  private final String job;
  private final ControlDecoder decoder;
  private final BiConsumer<String, String> notes;
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
    this.kafka = kafka;
    this.topic = topic;
    this.job = job;
    this.notes = notes;
    ControlTargets targets =
        new ControlTargets(new SnapshotRegistry(kafka, snapshots, job), config);
    this.decoder = new ControlDecoder(job, targets::find);
  }

  /**
   * {@inheritDoc}
   *
   * @throws KafkaFailure when no broker answers, or it refuses us
   */
  @Override
  public long unanswered() {
    return ControlHistory.firstUnanswered(kafka, topic, job);
  }

  @Override
  public Flux<List<ControlRecord>> records(long from) {
    return new Flux<>() {
      @Override
      public void subscribe(CoreSubscriber<? super List<ControlRecord>> actual) {
        ControlLoop started = new ControlLoop(kafka, topic, from, decoder, notes, actual);
        loop = started;
        started.start();
      }
    };
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
  public void close() {
    ControlLoop started = loop;
    if (started != null) {
      started.cancel();
    }
  }
}
