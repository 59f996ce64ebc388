package io.thalweg.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker and the few things tests do with it: make topics, write records, read all that is there.
 */
public final class TestBroker {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final EmbeddedBroker broker;

  private TestBroker(EmbeddedBroker broker) {
    this.broker = broker;
  }

  /**
   * The broker shared by the whole test JVM; started at the first call, stopped with the JVM. Do
   * not stop it.
   */
  public static TestBroker shared() {
    return Shared.BROKER;
  }

  /** Helpers around a broker of the test's own, for tests that kill, freeze or restart it. */
  public static TestBroker around(EmbeddedBroker own) {
    return new TestBroker(own);
  }

  private static final class Shared {
    static final TestBroker BROKER =
        new TestBroker(EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS));
  }

  public String bootstrap() {
    return broker.bootstrapServers();
  }

  public EmbeddedBroker broker() {
    return broker;
  }

  /** A name no other test of this JVM gets; a valid job name as well as a topic prefix. */
  public String unique(String stem) {
    return stem + "-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
  }

  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap()));
  }

  /** Creates a topic and waits until each partition has a leader and has taken no record yet. */
  public void create(String topic, int partitions, Map<String, String> config) throws Exception {
    try (Admin admin = admin()) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
          .all()
          .get(30, TimeUnit.SECONDS);
      long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (!hasLeaders(admin, topic, partitions)) {
        if (System.nanoTime() > until) {
          throw new AssertionError("no leaders for " + topic + " within 30 s");
        }
        Thread.sleep(20);
      }
    }
  }

  public void create(String topic, int partitions) throws Exception {
    create(topic, partitions, Map.of());
  }

  private static boolean hasLeaders(Admin admin, String topic, int partitions)
      throws InterruptedException {
    try {
      TopicDescription found =
          admin.describeTopics(List.of(topic)).allTopicNames().get(10, TimeUnit.SECONDS).get(topic);
      List<TopicPartitionInfo> infos = found.partitions();
      return infos.size() == partitions && infos.stream().allMatch(p -> p.leader() != null);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  /**
   * A producer with acks=all and one request in flight: with more, a batch refused on a topic just
   * made can be overtaken and is then lost.
   */
  public KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> settings =
        new java.util.HashMap<>(
            Map.of(
                "bootstrap.servers",
                bootstrap(),
                "acks",
                "all",
                "max.in.flight.requests.per.connection",
                1));
    settings.putAll(more);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Sends values without key to one partition and waits until all are acknowledged. */
  public void send(String topic, int partition, List<byte[]> values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
      for (byte[] value : values) {
        sent.add(producer.send(new ProducerRecord<>(topic, partition, null, value)));
      }
      producer.flush();
      for (java.util.concurrent.Future<?> one : sent) {
        one.get(30, TimeUnit.SECONDS);
      }
    }
  }

  /**
   * All records from the beginning to the end as of now; isolation is read_committed or
   * read_uncommitted.
   */
  public List<ConsumerRecord<byte[], byte[]>> readAll(String topic, String isolation) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrap(),
            "isolation.level",
            isolation,
            "auto.offset.reset",
            "none");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> lanes =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .sorted(java.util.Comparator.comparingInt(TopicPartition::partition))
              .toList();
      consumer.assign(lanes);
      consumer.seekToBeginning(lanes);
      Map<TopicPartition, Long> ends = settledEnds(consumer, lanes, isolation);
      List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
      long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (lanes.stream().anyMatch(lane -> consumer.position(lane) < ends.get(lane))) {
        if (System.nanoTime() > until) {
          throw new AssertionError("end of " + topic + " not reached within 60 s");
        }
        consumer.poll(Duration.ofMillis(100)).forEach(all::add);
      }
      return all;
    }
  }

  /** The same, of one key alone: where aliases and parts of long vectors are in the way. */
  public List<ConsumerRecord<byte[], byte[]>> readAll(String topic, String isolation, String key) {
    byte[] wanted = key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return readAll(topic, isolation).stream()
        .filter(record -> java.util.Arrays.equals(record.key(), wanted))
        .toList();
  }

  /**
   * A commit returns before its markers are in every partition; until then a reader of committed
   * records sees an earlier end. So this waits until both kinds of reader see the same end, or for
   * a while where a transaction is left open on purpose.
   */
  private Map<TopicPartition, Long> settledEnds(
      KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> lanes, String isolation) {
    if (!isolation.equals("read_committed")) {
      return consumer.endOffsets(lanes);
    }
    Map<String, Object> plain = Map.of("bootstrap.servers", bootstrap());
    try (KafkaConsumer<byte[], byte[]> all =
        new KafkaConsumer<>(plain, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      Map<TopicPartition, Long> ends = consumer.endOffsets(lanes);
      while (!ends.equals(all.endOffsets(lanes)) && System.nanoTime() < until) {
        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        ends = consumer.endOffsets(lanes);
      }
      return ends;
    }
  }
}
