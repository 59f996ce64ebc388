package io.thalweg.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records on one topic and their labels on another, against a real broker: killed with records
 * waiting, it goes on to the bits of a backtest of the same records and labels, takes each once,
 * and works on when one of the topics is silent.
 */
@WithBroker
@Timeout(400)
class LateLabelsIT {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int RECORDS = 6000;
  private static final int DELAY = 300;

  @TempDir Path folder;
  private final TestBroker broker;
  private final String name;
  private final List<Row> rows = new ArrayList<>();

  /** A line of one of the topics and when it came. */
  private record Row(String topic, long time, String key, String value) {}

  LateLabelsIT(TestBroker broker) {
    this.broker = broker;
    this.name = broker.unique("late");
  }

  /** Labels {@value #DELAY} records late on the mean, one in twenty never. */
  private void makeRows() {
    SplitMix64 rng = new SplitMix64(5);
    long start = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
    for (int i = 0; i < RECORDS; i++) {
      double a = rng.gaussian();
      double b = rng.gaussian();
      long time = start + 100L * i;
      String id = "{\"id\":\"call-" + i + "\",\"t\":";
      rows.add(new Row("calls", time, "k" + i, id + time + ",\"x\":[" + a + "," + b + "]}"));
      if (i % 20 != 7) {
        long known = time + 100L * DELAY + 3 + i % 50 + 100L * rng.index(50); // no two the same
        int y = a - 0.5 * b + 0.3 * rng.gaussian() > 0 ? 1 : 0;
        rows.add(new Row("outcomes", known, "k" + i, id + known + ",\"y\":" + y + "}"));
      }
    }
    rows.sort(Comparator.comparingLong(Row::time));
  }

  private void send(List<Row> some) throws Exception {
    send(some, 1);
  }

  /**
   * Over several partitions, by the number of the line: a label and its record seldom share one.
   */
  private void send(List<Row> some, int partitions) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      int line = 0;
      for (Row row : some) {
        producer.send(
            new ProducerRecord<>(
                name + "." + row.topic(),
                line++ % partitions,
                row.time(),
                null,
                row.value().getBytes(UTF_8)));
      }
      producer.flush();
    }
  }

  /** What ends a partition and is no record: a transaction that was given up. */
  private void abortBehindAll(int partitions) throws Exception {
    Map<String, Object> settings = Map.of("transactional.id", name + "-aborted");
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(settings)) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int partition = 0; partition < partitions; partition++) {
        for (String topic : List.of(".calls", ".outcomes")) {
          byte[] never = "{\"id\":\"never\",\"y\":1,\"x\":[1,2]}".getBytes(UTF_8);
          producer.send(new ProducerRecord<>(name + topic, partition, null, never));
        }
      }
      producer.flush();
      producer.abortTransaction();
    }
  }

  private Path job() throws Exception {
    return job(1, 500);
  }

  private Path job(int partitions, int expiry) throws Exception {
    Path yaml = folder.resolve("job.yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: logistic-regression, features: 2}
        solver: {method: auto, batch: {lower: 16, upper: 16, linger: 1500ms}}
        samples: {topic: %s.calls, labels: {topic: %s.outcomes, expire: {records: %d}}}
        topics: {partitions: %d}
        snapshots: {every: {steps: 20, time: 100ms}}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, name, name, expiry, partitions, broker.bootstrap()));
    return yaml;
  }

  /** A busy machine may be slow to answer: exit code 69 says that no broker did in time. */
  private String run(String... command) {
    for (int more = 3; ; more--) {
      try (Instance instance = Instance.start(folder, command)) {
        assertThat(instance.awaitEnd(LONG)).isTrue();
        if (instance.exitCode() != 69 || more == 0) {
          assertThat(instance.exitCode()).as(instance.log()).isZero();
          return instance.log();
        }
      }
    }
  }

  private Snapshot newest() {
    List<ConsumerRecord<byte[], byte[]>> all =
        broker.readAll(name + ".snapshots", "read_committed", name);
    return all.isEmpty() ? null : CODEC.decode(all.get(all.size() - 1).value()).snapshot();
  }

  private static double metric(Snapshot snapshot, String figure) {
    return snapshot == null ? -1 : snapshot.metrics().getOrDefault(figure, -1.0);
  }

  private void awaitMetric(Instance instance, String figure, double least) {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(instance.isAlive()).as("ended early:%n%s", instance.log()).isTrue();
              return metric(newest(), figure) >= least;
            });
  }

  private Instance start(Path yaml) {
    return Instance.start(folder, "run", "-c", yaml.toString(), "--instance", "one");
  }

  @Test
  void killed_with_records_waiting_it_ends_at_the_bits_of_a_backtest_and_replays(TestBroker ignored)
      throws Exception {
    makeRows();
    Path yaml = job();
    run("topics", "apply", "-c", yaml.toString());
    assertThat(run("validate", "-c", yaml.toString())).contains("the topics are right");
    int parts = 3;
    for (int part = 0; part < parts; part++) {
      List<Row> some = rows.subList(part * rows.size() / parts, (part + 1) * rows.size() / parts);
      send(some); // nobody runs: what comes when does not hang on the machine
      long records =
          rows.stream()
              .limit((part + 1L) * rows.size() / parts)
              .filter(row -> row.topic().equals("calls"))
              .count();
      try (Instance instance = start(yaml)) {
        boolean last = part == parts - 1;
        awaitMetric(instance, "samples-lower", last ? records : records / 2);
        if (last) {
          instance.terminate();
          assertThat(instance.awaitEnd(LONG)).isTrue();
          assertThat(instance.exitCode()).as(instance.log()).isZero();
        } else {
          instance.kill();
          assertThat(metric(newest(), "waiting-records")).isGreaterThan(100);
        }
      }
    }
    long labels = rows.stream().filter(row -> row.topic().equals("outcomes")).count();
    try (Instance instance = start(yaml)) {
      awaitMetric(instance, "samples-upper", labels);
      compareWithBacktest(yaml);
      silence(instance, labels);
      instance.terminate();
      assertThat(instance.awaitEnd(LONG)).isTrue();
    }
    assertThat(run("replay", "-c", yaml.toString(), "--verify")).contains("versions 1 to ");
    assertThat(broker.readAll(name + ".dead-letters", "read_committed")).hasSize(1);
  }

  @Test
  void a_backlog_over_several_partitions_ends_at_the_bits_of_one(TestBroker ignored)
      throws Exception {
    makeRows();
    int partitions = 4;
    // little more than labels are late: one that came to hand too soon or too late would be lost
    Path yaml = job(partitions, 380);
    run("topics", "apply", "-c", yaml.toString());
    send(rows, partitions);
    abortBehindAll(partitions);
    long labels = rows.stream().filter(row -> row.topic().equals("outcomes")).count();
    try (Instance instance = start(yaml)) {
      awaitMetric(instance, "samples-lower", RECORDS);
      awaitMetric(instance, "samples-upper", labels);
      assertThat(metric(newest(), "unmatched-labels")).isZero();
      compareWithBacktest(yaml);
      instance.terminate();
      assertThat(instance.awaitEnd(LONG)).isTrue();
      assertThat(instance.log()).contains("records were given up without their label");
    }
    assertThat(run("replay", "-c", yaml.toString(), "--verify")).contains("versions 1 to ");
  }

  private void compareWithBacktest(Path yaml) throws Exception {
    Path out = folder.resolve("out.jsonl");
    List<String> command =
        new ArrayList<>(List.of("backtest", "-c", yaml.toString(), "--snapshots", out.toString()));
    for (String topic : List.of("calls", "outcomes")) {
      Path file = folder.resolve(topic + ".jsonl");
      Files.write(
          file, rows.stream().filter(row -> row.topic().equals(topic)).map(Row::value).toList());
      command.addAll(List.of(topic.equals("calls") ? "--samples" : "--labels", file.toString()));
    }
    run(command.toArray(new String[0]));
    List<String> lines = Files.readAllLines(out);
    JsonNode backtest = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    Snapshot live = newest();
    for (String figure :
        List.of(
            "samples-lower",
            "samples-upper",
            "waiting-records",
            "expired-records",
            "unmatched-labels",
            "joined-labels",
            "label-delay",
            "reference-loss",
            "prequential-loss-mixed")) {
      assertThat(metric(live, figure))
          .as(figure)
          .isEqualTo(backtest.at("/metrics/" + figure).doubleValue());
    }
    double[] y = new double[live.y().length];
    for (int j = 0; j < y.length; j++) {
      y[j] = backtest.at("/y/" + j).doubleValue();
    }
    assertThat(live.y()).isEqualTo(y);
    assertThat(metric(live, "label-delay")).isBetween(300.0, 350.0);
  }

  /** Records alone, then labels alone, then a label of nobody and enough records to give it up. */
  private void silence(Instance instance, long labels) throws Exception {
    long now = System.currentTimeMillis();
    List<Row> records = new ArrayList<>();
    List<Row> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      records.add(new Row("calls", now, "", "{\"id\":\"more-" + i + "\",\"x\":[1,2]}"));
      answers.add(new Row("outcomes", now, "", "{\"id\":\"more-" + i + "\",\"y\":1}"));
    }
    send(records);
    awaitMetric(instance, "samples-lower", RECORDS + 40);
    double waiting = metric(newest(), "waiting-records");
    send(answers);
    awaitMetric(instance, "samples-upper", labels + 40);
    assertThat(metric(newest(), "waiting-records")).isEqualTo(waiting - 40);
    send(List.of(new Row("outcomes", now, "", "{\"id\":\"nobody\",\"y\":1}")));
    awaitMetric(instance, "early-labels", 1);
    List<Row> many = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      many.add(new Row("calls", now, "", "{\"id\":\"last-" + i + "\",\"x\":[2,1]}"));
    }
    send(many);
    awaitMetric(instance, "unmatched-labels", 1);
  }
}
