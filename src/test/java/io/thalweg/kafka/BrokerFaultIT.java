package io.thalweg.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.broker.TestBroker;
import io.thalweg.kafka.KafkaFailure.Category;
import io.thalweg.pipeline.ControlRecord;
import io.thalweg.pipeline.Feed;
import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Cut;
import io.thalweg.stream.Instruction;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.wire.CommandCodec;
import io.thalweg.wire.CutEncoder;
import io.thalweg.wire.LargeModels;
import io.thalweg.wire.Sha256;
import io.thalweg.wire.SnapshotAlias;
import io.thalweg.wire.SnapshotCodec;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the adapters make of a broker that dies, hangs or has rotten disks. */
@Timeout(240)
class BrokerFaultIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);

  private static EmbeddedBroker own;
  private static TestBroker broker;

  @BeforeAll
  static void start() {
    own = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS);
    broker = TestBroker.around(own);
  }

  @AfterAll
  static void stop() {
    own.close();
  }

  @Test
  void a_broker_killed_and_started_again_costs_no_snapshot_and_repeats_none() throws Exception {
    Writer writer = new Writer("killed");
    try {
      await().atMost(LONG).until(() -> writer.accepted.get() > 20);
      own.kill();
      own.restart();
      long after = writer.accepted.get();
      await().atMost(LONG).until(() -> writer.accepted.get() > after + 20);
    } finally {
      writer.stop();
    }
    writer.check();
  }

  @Test
  void a_broker_that_hangs_longer_than_a_transaction_may_take_costs_no_snapshot_either()
      throws Exception {
    Writer writer = new Writer("hung");
    try {
      await().atMost(LONG).until(() -> writer.accepted.get() > 20);
      own.pause();
      Thread.sleep(17_000); // the fault itself: longer than transaction.timeout.ms
      own.resume();
      long after = writer.accepted.get();
      await().atMost(LONG).until(() -> writer.accepted.get() > after + 20);
    } finally {
      own.resume();
      writer.stop();
    }
    writer.check();
  }

  @Test
  void a_flipped_bit_in_the_log_is_named_and_can_be_stepped_over() throws Exception {
    String topic = broker.unique("rotten");
    broker.create(topic, 1);
    // one batch each, so that one record is damaged and not all
    for (int i = 0; i < 5; i++) {
      broker.send(topic, 0, List.of(("value-number-" + i).getBytes(UTF_8)));
    }
    own.stop();
    flip(own.dataDir(), topic, "value-number-2");
    own.restart();
    KafkaSettings kafka = KafkaSettings.of(own.bootstrapServers());
    try (KafkaSampleSource source =
        KafkaSampleSource.connect(kafka, List.of(topic), SourceOptions.DEFAULTS)) {
      assertThatThrownBy(
              () -> source.records(new Feed(topic, null), source.beginning()).blockLast(LONG))
          .isInstanceOfSatisfying(
              KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.DATA_LOSS))
          .hasMessageContaining(topic + "-0@2")
          .hasMessageContaining("damaged");
    }
    List<DataLoss> losses = new CopyOnWriteArrayList<>();
    try (KafkaSampleSource source =
        KafkaSampleSource.connect(
            kafka, List.of(topic), SourceOptions.DEFAULTS.continuing(losses::add))) {
      List<String> values = new ArrayList<>();
      source
          .records(new Feed(topic, null), source.beginning())
          .doOnNext(
              batch ->
                  IntStream.range(0, batch.size())
                      .forEach(r -> values.add(new String(batch.value(r), UTF_8))))
          .takeUntil(batch -> values.size() == 4)
          .blockLast(LONG);
      assertThat(values)
          .containsExactly("value-number-0", "value-number-1", "value-number-3", "value-number-4");
      assertThat(losses).singleElement().satisfies(l -> assertThat(l.wanted()).isEqualTo(2));
    }
  }

  @Test
  void a_flipped_bit_among_the_commands_is_named_and_stops_no_start() throws Exception {
    String job = broker.unique("rotten");
    String topic = job + ".control";
    broker.create(topic, 1);
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      for (double factor : new double[] {0.25, 0.5, 0.75}) {
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(
                topic,
                0,
                job.getBytes(UTF_8),
                ("{\"command\":\"step-size\",\"factor\":" + factor + "}").getBytes(UTF_8));
        CommandCodec.headers()
            .forEach(header -> record.headers().add(header.key(), header.value()));
        producer.send(record).get(); // a batch each
      }
    }
    own.stop();
    flip(own.dataDir(), topic, "0.5}");
    own.restart();
    KafkaSettings kafka = KafkaSettings.of(own.bootstrapServers());
    List<String> notes = new CopyOnWriteArrayList<>();
    try (KafkaControlSource source =
        new KafkaControlSource(
            kafka, topic, topic, job, "config", (kind, text) -> notes.add(kind + ": " + text))) {
      assertThat(source.unanswered()).isZero();
      List<ControlRecord> records = new ArrayList<>();
      source
          .records(0)
          .doOnNext(read -> records.addAll(read.records()))
          .takeUntil(read -> read.next() >= 3)
          .blockLast(LONG);
      assertThat(records).hasSize(3);
      assertThat(records.get(1).offset()).isEqualTo(1);
      assertThat(records.get(1).refusal()).contains(topic + "-0@1", "damaged in the log");
      assertThat(records.get(2).instruction()).isEqualTo(new Instruction.StepSize(0.75));
      assertThat(notes).hasSize(1);
    }
    assertThat(ControlHistory.read(kafka, topic, job, 9))
        .extracting(ControlHistory.Entry::offset)
        .containsExactly(0L, 2L);
  }

  @Test
  void a_flipped_bit_among_the_snapshots_costs_that_snapshot_alone() throws Exception {
    String topic = broker.unique("rotten-models");
    broker.create(topic, 1);
    CutEncoder encoder =
        new CutEncoder(
            new SnapshotCodec(SnapshotCodec.Vectors.COMPACT), LargeModels.DEFAULTS, null);
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      for (long version = 1; version <= 4; version++) {
        Cut cut =
            new Cut(
                Cuts.snapshot("a", "t", version, 3), Cuts.checkpoint("t", version, 1), List.of());
        producer.send(CutRecords.snapshot(topic, "a", encoder.encode(cut))).get(); // a batch each
      }
    }
    own.stop();
    flip(own.dataDir(), topic, "\"version\":3");
    own.restart();
    KafkaSettings kafka = KafkaSettings.of(own.bootstrapServers());
    try (SnapshotReader reader = SnapshotReader.open(kafka, topic, "a", SnapshotAlias.LATEST)) {
      assertThat(reader.await(LONG).version()).isEqualTo(4);
      assertThat(reader.rejected()).isEqualTo(1);
      assertThat(reader.skipped()).isEqualTo(1);
      assertThat(reader.failure()).isNull();
    }
  }

  @Test
  void a_lookup_of_a_snapshot_ends_in_its_time_when_the_broker_hangs() throws Exception {
    String topic = broker.unique("snapshots");
    broker.create(topic, 1);
    KafkaSettings kafka = KafkaSettings.of(own.bootstrapServers());
    broker.send(topic, 0, List.of("not under the key of the job".getBytes(UTF_8)));
    try (SnapshotSearch first =
            new SnapshotSearch(kafka, topic, "job", ReadLimit.of(LONG, () -> false));
        SnapshotLog log =
            new SnapshotLog(
                kafka, topic, "job", ReadLimit.of(Duration.ofSeconds(4), () -> false))) {
      assertThat(first.find(7)).isNull();
      log.fromBeginning();
      own.pause();
      long begun = System.nanoTime();
      assertThatThrownBy(() -> log.next(1))
          .isInstanceOfSatisfying(
              KafkaFailure.class, f -> assertThat(f.category()).isEqualTo(Category.UNREACHABLE));
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    } finally {
      own.resume();
    }
  }

  @Test
  void reading_goes_on_where_it_was_when_the_broker_comes_back() throws Exception {
    String topic = broker.unique("samples");
    broker.create(topic, 1);
    broker.send(topic, 0, values(0, 100));
    KafkaSettings kafka = KafkaSettings.of(own.bootstrapServers());
    List<String> read = new CopyOnWriteArrayList<>();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    try (KafkaSampleSource source =
        KafkaSampleSource.connect(
            kafka, List.of(topic), SourceOptions.DEFAULTS.watching(Duration.ofSeconds(1)))) {
      Positions start = Positions.at(source.lanes(), List.of(new Position(0, 0)));
      source
          .records(new Feed(topic, null), start)
          .subscribe(
              batch ->
                  IntStream.range(0, batch.size())
                      .forEach(r -> read.add(new String(batch.value(r), UTF_8))),
              failures::add);
      await().atMost(LONG).until(() -> read.size() == 100);
      own.kill();
      own.restart();
      broker.send(topic, 0, values(100, 200));
      await().atMost(LONG).until(() -> read.size() >= 200 || !failures.isEmpty());
    }
    assertThat(failures).isEmpty();
    assertThat(read).isEqualTo(IntStream.range(0, 200).mapToObj(Integer::toString).toList());
  }

  private static List<byte[]> values(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> ("" + i).getBytes(UTF_8)).toList();
  }

  private static void flip(Path data, String topic, String text) throws Exception {
    try (var files = Files.walk(data)) {
      Path segment =
          files
              .filter(f -> f.toString().contains(topic + "-0") && f.toString().endsWith(".log"))
              .findFirst()
              .orElseThrow();
      String bytes =
          new String(Files.readAllBytes(segment), java.nio.charset.StandardCharsets.ISO_8859_1);
      int at = bytes.indexOf(text);
      assertThat(at).isPositive();
      try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
        file.seek(at);
        file.write(bytes.charAt(at) ^ 1);
      }
    }
  }

  /** A run that starts anew from the last committed checkpoint whenever a commit fails. */
  private static final class Writer implements Runnable {
    final AtomicLong accepted = new AtomicLong();
    private final String job;
    private final String samples;
    private final SinkTopics topics;
    private final KafkaSettings kafka = KafkaSettings.of(own.bootstrapServers());
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this);
    private volatile boolean stopping;
    private volatile long last;

    Writer(String stem) throws Exception {
      job = broker.unique(stem);
      samples = job + ".train";
      topics = SinkTopics.of(job);
      broker.create(samples, 1);
      for (String topic : topics.names()) {
        broker.create(topic, 1);
      }
      thread.start();
    }

    @Override
    public void run() {
      while (!stopping) {
        KafkaCheckpointStore store = new KafkaCheckpointStore(kafka, job, topics.checkpoints());
        try (TransactionalCutSink sink = TransactionalCutSink.open(kafka, topics, store, CODEC)) {
          long version = store.latest().map(Checkpoint::version).defaultIfEmpty(0L).block(LONG);
          while (!stopping) {
            version++;
            sink.accept(Cuts.cut(job, samples, version)).block(LONG);
            accepted.incrementAndGet();
            Thread.sleep(2);
          }
          sink.flush().block(LONG);
          last = version;
        } catch (KafkaFailure e) {
          failures.add(e);
        } catch (Exception e) {
          failures.add(e);
          return;
        }
      }
    }

    void stop() throws InterruptedException {
      stopping = true;
      thread.join(LONG.toMillis());
    }

    void check() {
      failures.forEach(f -> System.out.println("[fault] " + job + ": " + f));
      assertThat(failures)
          .allSatisfy(
              f ->
                  assertThat(f)
                      .isInstanceOfSatisfying(
                          KafkaFailure.class,
                          k ->
                              assertThat(k.category())
                                  .isIn(Category.RESTARTABLE, Category.UNREACHABLE)));
      List<ConsumerRecord<byte[], byte[]>> records =
          broker.readAll(topics.snapshots(), "read_committed", job);
      String previous = "";
      long version = 0;
      for (ConsumerRecord<byte[], byte[]> record : records) {
        SnapshotCodec.Decoded decoded = CODEC.decode(record.value());
        assertThat(decoded.snapshot().version()).isEqualTo(++version);
        assertThat(decoded.previous()).isEqualTo(previous);
        previous = Sha256.hex(record.value());
      }
      if (last > 0) {
        assertThat(version).isEqualTo(last);
      }
    }
  }
}
