package io.thalweg.kafka;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The {@code kafka:} section of the job file, as it is handed to each kind of client. Every setting
 * of the clients may be given; what correctness hangs on is set here and cannot be overridden:
 * explicit positions, no automatic commit, no automatic reset, checked checksums, idempotence and
 * acknowledgement by all replicas.
 */
public final class KafkaSettings {
  private static final Set<String> CONSUMER = ConsumerConfig.configNames();
  private static final Set<String> PRODUCER = ProducerConfig.configNames();
  private static final Set<String> ADMIN = AdminClientConfig.configNames();

  private final Map<String, String> given;
  private final ClientWatch watch;

  /**
   * The user's settings.
   *
   * @param given names and values as the Kafka clients document them; {@code bootstrap.servers} is
   *     required
   */
  public KafkaSettings(Map<String, String> given) {
    this(given, ClientWatch.NONE);
  }

  private KafkaSettings(Map<String, String> given, ClientWatch watch) {
    this.given = Collections.unmodifiableMap(new TreeMap<>(given));
    this.watch = watch;
  }

  /**
   * The same with somebody who hears of the clients that read samples and commit.
   *
   * @param by who hears of them
   * @return a copy
   */
  public KafkaSettings watched(ClientWatch by) {
    return new KafkaSettings(given, by);
  }

  ClientWatch watch() {
    return watch;
  }

  /** Records that one poll of {@link #consumer} returns at the most. */
  int mostPolled() {
    Object most = consumer("").get(ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
    try {
      return Integer.parseInt(String.valueOf(most));
    } catch (NumberFormatException e) {
      return 0; // the client refuses it
    }
  }

  /**
   * Settings with nothing but an address.
   *
   * @param bootstrapServers {@code host:port}, separated by commas
   * @return the settings
   */
  public static KafkaSettings of(String bootstrapServers) {
    return new KafkaSettings(Map.of("bootstrap.servers", bootstrapServers));
  }

  /**
   * The same for a job that is to be quick: consumers do not wait to gather records, unless the
   * user says how long.
   *
   * @return a copy
   */
  public KafkaSettings prompt() {
    Map<String, String> more = new TreeMap<>(given);
    more.putIfAbsent(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, "1");
    return new KafkaSettings(more, watch);
  }

  /**
   * The same for a job whose records are mostly doubles: they hardly get smaller and cost much to
   * compress, and a transaction of many of them takes its time, unless the user says otherwise.
   *
   * @return a copy
   */
  public KafkaSettings large() {
    Map<String, String> more = new TreeMap<>(given);
    more.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    more.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "60000");
    return new KafkaSettings(more, watch);
  }

  /**
   * Where the clients connect, for messages.
   *
   * @return the value of {@code bootstrap.servers}
   */
  public String bootstrapServers() {
    return given.getOrDefault("bootstrap.servers", "(no kafka.bootstrap.servers given)");
  }

  /** Settings of an admin client that gives up after 10 seconds. */
  Map<String, Object> admin() {
    Map<String, Object> all = new HashMap<>();
    all.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    addGiven(all, ADMIN);
    return all;
  }

  /** Settings of a consumer that reads what is committed, from positions it is told. */
  Map<String, Object> consumer(String clientId) {
    Map<String, Object> all = new HashMap<>();
    all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    all.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 16 * 1024);
    all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * 1024 * 1024);
    all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * 1024 * 1024);
    all.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
    all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 30_000);
    all.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
    addGiven(all, CONSUMER);
    all.remove(ConsumerConfig.GROUP_ID_CONFIG);
    all.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.CHECK_CRCS_CONFIG, true);
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return all;
  }

  /**
   * Settings of an idempotent producer. One request in flight: on a topic made a moment ago, with
   * more of them, a batch can fail retriably while a later one is taken as the producer's first,
   * and the retry then never succeeds.
   */
  Map<String, Object> producer(String clientId) {
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip");
    all.put(ProducerConfig.COMPRESSION_GZIP_LEVEL_CONFIG, 1);
    all.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
    all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 * 1024 * 1024);
    all.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 14_000);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
    all.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    addGiven(all, PRODUCER);
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    return all;
  }

  /**
   * Settings of a producer of samples: batches large enough not to be the bottleneck, and no
   * compression, which makes nothing smaller of binary numbers.
   *
   * @param memory bytes it holds before it blocks, where the user does not say
   */
  Map<String, Object> sampleProducer(String clientId, long memory) {
    Map<String, Object> mine = new HashMap<>();
    mine.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    mine.put(ProducerConfig.BUFFER_MEMORY_CONFIG, memory);
    mine.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
    mine.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
    mine.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
    mine.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    mine.keySet().removeAll(given.keySet());
    Map<String, Object> all = producer(clientId);
    all.putAll(mine);
    return all;
  }

  /** Settings of a producer whose records become visible by transactions of a job. */
  Map<String, Object> transactionalProducer(String job) {
    Map<String, Object> all = producer(job + "-commit");
    all.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 15_000);
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, job);
    return all;
  }

  /** What is known to another kind of client only is left out, so that no client warns of it. */
  private void addGiven(Map<String, Object> all, Set<String> mine) {
    Set<String> others = new HashSet<>(CONSUMER);
    others.addAll(PRODUCER);
    others.addAll(ADMIN);
    others.removeAll(mine);
    given.forEach(
        (name, value) -> {
          if (!others.contains(name)) {
            all.put(name, value);
          }
        });
  }
}
