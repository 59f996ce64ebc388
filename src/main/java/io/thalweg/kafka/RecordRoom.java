package io.thalweg.kafka;

import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.wire.Keyframe;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.SnapshotCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large a record may be, and whether what a job writes fits: asked before anything is written,
 * because a transaction with a record too large is lost as a whole.
 *
 * @param request the client's {@code max.request.size}
 * @param snapshots {@code max.message.bytes} of the snapshot topic
 * @param checkpoints {@code max.message.bytes} of the checkpoint topic
 */
public record RecordRoom(long request, long snapshots, long checkpoints) {
  private static final Logger LOG = LoggerFactory.getLogger(RecordRoom.class);
  private static final String TOPIC_LIMIT = "max.message.bytes";

  /** Bytes of a snapshot beside its vectors: offsets, metrics, ledger. */
  static final long FRAME = 64 * 1024;

  /** Bytes of one upper coordinate: base64, and its name and value in user units. */
  static final long UPPER_ENTRY = 64;

  /** Bytes of one lower coordinate in base64, rounded up. */
  static final long LOWER_ENTRY = 11;

  /** Bytes of a record and its batch beside its value. */
  static final long RECORD_FRAME = 1024;

  private static final int LARGEST_DELTA = LargeModels.DEFAULTS.deltaBytes();

  /**
   * Asks the broker.
   *
   * @param admin a client
   * @param kafka settings, for the client's own limit
   * @param topics where the job writes
   * @return the limits; one that may not be asked for is taken as none
   * @throws KafkaFailure when no broker answers
   */
  static RecordRoom of(Admin admin, KafkaSettings kafka, SinkTopics topics) {
    Map<String, ConfigResource> resources = new HashMap<>();
    for (String topic : List.of(topics.snapshots(), topics.checkpoints())) {
      resources.put(topic, new ConfigResource(ConfigResource.Type.TOPIC, topic));
    }
    Map<ConfigResource, KafkaFuture<Config>> answers =
        admin.describeConfigs(resources.values()).values();
    long[] limits = new long[2];
    int i = 0;
    for (String topic : List.of(topics.snapshots(), topics.checkpoints())) {
      limits[i++] = limit(answers, resources, topic, kafka);
    }
    return new RecordRoom(request(kafka), limits[0], limits[1]);
  }

  /**
   * Asks the broker with a client of its own.
   *
   * @param kafka settings
   * @param topics where the job writes
   * @return the limits; one that may not be asked for is taken as none
   * @throws KafkaFailure when no broker answers
   */
  public static RecordRoom ask(KafkaSettings kafka, SinkTopics topics) {
    try (Admin admin = Topics.open(kafka)) {
      return of(admin, kafka, topics);
    }
  }

  private static long request(KafkaSettings kafka) {
    Object limit = kafka.producer("size").get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    try {
      return Long.parseLong(String.valueOf(limit).strip());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE; // the client will refuse it in its own words
    }
  }

  private static long limit(
      Map<ConfigResource, KafkaFuture<Config>> answers,
      Map<String, ConfigResource> resources,
      String topic,
      KafkaSettings kafka) {
    String doing = "asking " + kafka.bootstrapServers() + " for " + TOPIC_LIMIT + " of " + topic;
    try {
      KafkaFuture<Config> answer = answers.get(resources.get(topic));
      ConfigEntry entry = answer == null ? null : answer.get().get(TOPIC_LIMIT);
      return entry == null || entry.value() == null
          ? Long.MAX_VALUE
          : Long.parseLong(entry.value());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaFailure(Category.RESTARTABLE, doing + " was interrupted", e);
    } catch (ExecutionException e) {
      if (Failures.causedBy(e, AuthorizationException.class)) {
        LOG.warn("{}: not allowed (DescribeConfigs), so sizes are not checked ahead", topic);
        return Long.MAX_VALUE;
      }
      throw Failures.of(Failures.unwrap(e), doing);
    }
  }

  /** Bytes that a snapshot may have. */
  private long snapshot() {
    return Math.min(request, snapshots) - RECORD_FRAME;
  }

  /** Bytes of a snapshot with the vectors that stand in it. */
  private static long inline(Publishing job) {
    int inline = job.large().inline();
    return FRAME
        + (job.upper() <= inline ? UPPER_ENTRY * job.upper() : 0)
        + (job.lower() <= inline ? lowerEntry(job) * job.lower() : 0);
  }

  /** Bytes of one lower coordinate, in y and in every member beside it. */
  private static long lowerEntry(Publishing job) {
    return LOWER_ENTRY * (1L + job.members());
  }

  /**
   * What does not fit.
   *
   * @param job what it publishes
   * @param topics where
   * @return what was expected, found, and which settings to change; empty when all fits
   */
  public List<String> complaints(Publishing job, SinkTopics topics) {
    List<String> all = new ArrayList<>();
    int inline = job.large().inline();
    long coordinates =
        (job.upper() <= inline ? job.upper() : 0)
            + (job.lower() <= inline ? (1L + job.members()) * job.lower() : 0);
    if (coordinates > 0 && inline(job) > snapshot()) {
      all.add(
          "topic "
              + topics.snapshots()
              + ": a snapshot of "
              + coordinates
              + " coordinates may need "
              + (inline(job) + RECORD_FRAME)
              + " bytes, but "
              + limits(snapshots)
              + "; raise "
              + (request < snapshots ? "kafka." + ProducerConfig.MAX_REQUEST_SIZE_CONFIG : "it")
              + advice(job));
    }
    long part = (long) Double.BYTES * Keyframe.PART + RECORD_FRAME;
    if (job.isLarge() && part > Math.min(request, snapshots)) {
      all.add(
          "topic "
              + topics.snapshots()
              + ": a part of a model of more than snapshots.inline entries ("
              + inline
              + ") needs "
              + part
              + " bytes, but "
              + limits(snapshots)
              + "; raise it");
    }
    long chunk = CheckpointLayout.CHUNK + RECORD_FRAME;
    if (chunk > Math.min(request, checkpoints)) {
      all.add(
          "topic "
              + topics.checkpoints()
              + ": a chunk of a checkpoint needs "
              + chunk
              + " bytes, but "
              + limits(checkpoints)
              + "; raise it");
    }
    return all;
  }

  private String limits(long topic) {
    return request < topic
        ? "kafka." + ProducerConfig.MAX_REQUEST_SIZE_CONFIG + " is " + request
        : TOPIC_LIMIT + " is " + topic;
  }

  /** How short vectors must be to stand in a snapshot, where all that stand there are as long. */
  private String advice(Publishing job) {
    long room = Math.max(0, snapshot() - FRAME);
    long each =
        (job.upper() <= job.large().inline() ? UPPER_ENTRY : 0)
            + (job.lower() <= job.large().inline() ? lowerEntry(job) : 0);
    long entries = room / each;
    int longest = 0;
    for (int length : new int[] {job.upper(), job.lower()}) {
      longest = Math.max(longest, length <= job.large().inline() ? length : 0);
    }
    return entries < 1
        ? ""
        : ", or set snapshots.inline to " + Math.min(entries, longest - 1) + " or less";
  }

  /** The same settings with as much room for differences as a record has. */
  LargeModels fitted(Publishing job) {
    int inline = job.large().inline();
    int vectors = (job.upper() > inline ? 1 : 0) + (job.lower() > inline ? 1 : 0);
    long room = Math.max(0, snapshot() - inline(job)) / Math.max(1, vectors);
    return job.large()
        .withDeltaBytes((int) Math.min(room, Math.min(LARGEST_DELTA, job.large().deltaBytes())));
  }

  /** Refuses a job whose topics are missing or whose records are too large for them. */
  static RecordRoom required(KafkaSettings kafka, SinkTopics topics, Publishing job) {
    try (Admin admin = Topics.open(kafka)) {
      Topics.require(admin, kafka, topics.names());
      Topics.requireOrdered(admin, kafka, List.of(topics.snapshots()));
      RecordRoom room = of(admin, kafka, topics);
      List<String> wrong = room.complaints(job, topics);
      if (!wrong.isEmpty()) {
        throw new KafkaFailure(Category.TOO_LARGE, String.join("\n", wrong));
      }
      return room;
    }
  }

  /** A writer that tries nothing that has no room. What is compressed, the broker must judge. */
  CutWriter writer(
      Producer<byte[], byte[]> producer,
      SinkTopics topics,
      KafkaCheckpointStore store,
      SnapshotCodec codec,
      Publishing job) {
    long largest = job.isLarge() ? snapshot() : request - RECORD_FRAME;
    return new CutWriter(producer, topics, store, codec, fitted(job), largest);
  }
}
