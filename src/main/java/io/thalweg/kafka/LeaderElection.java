package io.thalweg.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One of the instances of a job leads: the one to which the group protocol gives the only partition
 * of the control topic. The others wait and take over when the leader leaves, or when it has not
 * been heard of for the session timeout.
 *
 * <p>The election spares two instances the work; it does not keep one from writing late, which the
 * transactional id does. Own thread, own consumer; the records of the topic are not read here.
 */
public final class LeaderElection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** How long a leader may be silent before another takes over. */
  public static final Duration SESSION = Duration.ofSeconds(10);

  /**
   * A standby says so when it has waited this long. Until the group has formed, which may take
   * longer, nobody knows whether another leads.
   */
  private static final long SAY_AFTER_NANOS = 2_000_000_000L;

  private final String topic;
  private final Map<String, Object> settings;
  private final Sinks.Many<Boolean> changes = Sinks.many().replay().latest();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile boolean leading;

  /** Whether the group has shared out its seats and gave this instance none. */
  private volatile boolean passedOver;

  LeaderElection(String topic, Map<String, Object> settings) {
    this.topic = topic;
    this.settings = settings;
    this.thread = new Thread(this::run, "thalweg-election");
    this.thread.setDaemon(true);
  }

  /**
   * Joins the election.
   *
   * @param kafka settings
   * @param job name of the job; the group is {@code job.leader}
   * @param topic the control topic, of one partition
   * @param instance a name that is this instance's own and stays the same over restarts, so that a
   *     restart leads again at once; null when there is none, and a restart after a crash waits for
   *     the session timeout
   * @return a member of the group
   * @throws KafkaFailure when the topic is missing or has several partitions, or no broker answers
   */
  public static LeaderElection join(
      KafkaSettings kafka, String job, String topic, @Nullable String instance) {
    Topics.requireOrdered(kafka, List.of(topic));
    Map<String, Object> settings = kafka.consumer(job + "-election");
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group(job));
    settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) SESSION.toMillis());
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    // a newcomer must not take the partition from the one that leads
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    if (instance != null) {
      settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance);
    }
    LeaderElection election = new LeaderElection(topic, settings);
    election.thread.start();
    return election;
  }

  /** The group whose members want to lead a job. */
  static String group(String job) {
    return job + ".leader";
  }

  /**
   * Waits to be the leader.
   *
   * @return completes when this instance leads; fails when it leaves before, or cannot take part
   */
  public Mono<Void> elected() {
    return leadership()
        .filter(Boolean::booleanValue)
        .next()
        .switchIfEmpty(Mono.error(() -> new CancellationException("the election was left")))
        .then();
  }

  /**
   * Leading or not, from now on.
   *
   * @return the state now and every change; ends when closed; fails when it cannot take part any
   *     more. Emitted on a thread of the election: do not block it
   */
  public Flux<Boolean> leadership() {
    return changes.asFlux().distinctUntilChanged();
  }

  /**
   * The signal to stop at once.
   *
   * @return completes when this instance has led and does not lead any more; fails when it cannot
   *     take part any more
   */
  public Mono<Void> lost() {
    return leadership().skipUntil(Boolean::booleanValue).filter(leads -> !leads).next().then();
  }

  /**
   * Whether this instance leads, as far as it knows.
   *
   * @return true between election and loss
   */
  public boolean isLeading() {
    return leading;
  }

  /**
   * Whether another instance leads and this one waits for it to go.
   *
   * @return false before the group has shared out its seats
   */
  public boolean isStandby() {
    return passedOver && !leading;
  }

  /**
   * Leaves the group, whether it has a name or not, so that another takes over at once; waits a few
   * seconds at most.
   */
  @Override
  public void close() {
    stopping = true;
    if (Thread.currentThread() != thread) {
      try {
        thread.join(2 * CLOSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try {
      // closing in the same thread leaves the group
      try (Closer closer = new Closer(new KafkaConsumer<>(settings))) {
        poll(closer.consumer());
      }
      lead(false);
      changes.tryEmitComplete();
    } catch (RuntimeException e) {
      leading = false;
      changes.tryEmitError(Failures.of(e, "the election on " + topic, MissingRight.read(topic)));
    }
  }

  /** Takes part until closed. */
  void poll(Consumer<byte[], byte[]> consumer) {
    consumer.subscribe(List.of(topic), new Seats());
    long since = System.nanoTime();
    boolean said = false;
    while (!stopping) {
      // what is polled is not used: the partition is a seat, and an empty one stays empty
      consumer.poll(POLL);
      consumer.pause(consumer.assignment());
      if (!said && passedOver && System.nanoTime() - since > SAY_AFTER_NANOS) {
        said = true;
        LOG.info("another instance leads this job; waiting as standby on {}", topic);
        lead(false);
      }
    }
  }

  private void lead(boolean now) {
    leading = now;
    changes.tryEmitNext(now);
  }

  private record Closer(Consumer<byte[], byte[]> consumer) implements AutoCloseable {
    @Override
    public void close() {
      consumer.close(
          CloseOptions.timeout(CLOSE)
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }
  }

  private final class Seats implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      passedOver = partitions.isEmpty() && !leading;
      if (!partitions.isEmpty()) {
        LOG.info("this instance leads the job (elected on {})", topic);
        lead(true);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty() && leading) {
        if (!stopping) {
          LOG.warn("this instance does not lead the job any more");
        }
        lead(false);
      }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      onPartitionsRevoked(partitions);
    }
  }
}
