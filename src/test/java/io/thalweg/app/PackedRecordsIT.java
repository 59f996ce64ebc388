package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.kafka.KafkaFailure;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SampleProducer;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicsTool;
import io.thalweg.wire.BinarySamples;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import io.thalweg.wire.SampleRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many samples per record, from the file or the program that has them to the model. */
@WithBroker
class PackedRecordsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Path jobFile(TestBroker kafka, String name, String... more) throws Exception {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        job: %s
        seed: 5
        problem: {type: logistic-regression, features: 3}
        solver: {method: vr-msgbio, hypergradient: linear-system, batch: {lower: 8, upper: 2, linger: 1h}}
        snapshots: {every: {steps: 50, time: 1h}}
        topics: {partitions: 1}
        kafka: {bootstrap.servers: "%s"}
        """
                .formatted(name, kafka.bootstrap())
            + String.join("\n", more)
            + "\n");
    try (Admin admin = kafka.admin()) {
      TopicsTool.apply(admin, WantedTopics.of(job(file), TopicCatalog.builtIn()));
    }
    return file;
  }

  private static JobConfig job(Path file) {
    return new JobReader(Map.of(), List.of()).read(file);
  }

  private static String lines(int count, long seed, String more) {
    Random random = new Random(seed);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < count; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      out.append(
          String.format(
              Locale.ROOT,
              "{\"x\":[%.6f,%s,1],\"y\":%d%s}%n",
              a,
              b,
              a + 0.5 * random.nextGaussian() > 0 ? 1 : 0,
              more.replace("#", String.valueOf(i))));
    }
    return out.toString();
  }

  private static CommandRun produce(Path job, String role, Path file, String... more) {
    List<String> words = new ArrayList<>(List.of("produce", "-c", job.toString()));
    words.addAll(List.of("--role", role, "--file", file.toString()));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray(String[]::new));
  }

  private static SampleDecoder decoder(JobConfig job) {
    return SampleDecoders.create(
        SampleOptions.of(SampleFormat.JSON), Wiring.schemas(job.problem()));
  }

  /** The sizes of records in samples, read as the job reads them. */
  private static List<Integer> sizes(TestBroker kafka, JobConfig job, String topic) {
    SampleDecoder decoder = decoder(job);
    return kafka.readAll(topic, "read_committed").stream()
        .map(r -> decoder.open(r.value(), contentType(r)))
        .toList();
  }

  private static @Nullable String contentType(ConsumerRecord<byte[], byte[]> record) {
    var header = record.headers().lastHeader("content-type");
    return header == null ? null : new String(header.value(), UTF_8);
  }

  @Test
  void a_file_of_lines_becomes_packed_records_with_ids_times_and_roles(TestBroker kafka)
      throws Exception {
    Path file = jobFile(kafka, kafka.unique("lines"));
    JobConfig job = job(file);
    Path lines = folder.resolve("train.jsonl");
    String more = ",\"id\":\"customer-#\",\"t\":17000000#,\"role\":\"validation\"";
    Files.writeString(lines, lines(25, 1, more));
    CommandRun run = produce(file, "train", lines, "--pack", "10", "--linger", "1h");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("25 samples in 3 records, ").contains(" samples/s)");
    assertThat(sizes(kafka, job, job.topics().train())).containsExactly(10, 10, 5);
    // each sample is what its line alone is
    SampleDecoder packed = decoder(job);
    SampleDecoder alone = decoder(job);
    List<String> texts = Files.readAllLines(lines);
    int n = 0;
    for (ConsumerRecord<byte[], byte[]> record :
        kafka.readAll(job.topics().train(), "read_committed")) {
      int count = packed.open(record.value(), contentType(record));
      for (int i = 0; i < count; i++, n++) {
        Batch ours = new Batch(job.problem().schema(Level.UPPER), 1);
        Batch theirs = new Batch(job.problem().schema(Level.UPPER), 1);
        assertThat(packed.decode(i, Level.UPPER, ours)).isTrue();
        alone.open(texts.get(n).getBytes(UTF_8), null);
        assertThat(alone.decode(0, Level.UPPER, theirs)).isTrue();
        assertThat(packed.idHash()).isEqualTo(alone.idHash());
        assertThat(packed.eventTime()).isEqualTo(alone.eventTime());
        assertThat(packed.role()).isEqualTo(Level.UPPER);
        for (int f = 0; f < 3; f++) {
          assertThat(ours.column(f)).isEqualTo(theirs.column(f));
        }
      }
    }
    assertThat(n).isEqualTo(25);
  }

  @Test
  void a_bad_line_is_named_and_ends_the_sending_before_it(TestBroker kafka) throws Exception {
    Path file = jobFile(kafka, kafka.unique("badline"));
    JobConfig job = job(file);
    Path csv = folder.resolve("train.csv");
    Files.writeString(csv, "x0,x1,x2,y\n" + "1,2,3,1\n".repeat(7) + "1,2,3,5\n1,2,3,1\n");
    CommandRun run =
        produce(
            file,
            "train",
            csv,
            "--pack=4",
            "--linger=1h",
            "--set=samples.header.train=[x0,x1,x2,y]");
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("train.csv:9: ", "must be 1, 0 or -1").doesNotContain("\tat ");
    assertThat(sizes(kafka, job, job.topics().train())).containsExactly(4, 3);
  }

  @Test
  void a_program_packs_by_count_by_bytes_and_by_linger(TestBroker kafka) throws Exception {
    JobConfig job = job(jobFile(kafka, kafka.unique("program")));
    SampleSchema schema = job.problem().schema(Level.LOWER);
    KafkaSettings settings = KafkaSettings.of(kafka.bootstrap());
    SampleProducer.Options options =
        SampleProducer.Options.DEFAULTS.withSamples(4).withLinger(Duration.ofHours(1));
    String topic = job.topics().train();
    try (SampleProducer samples =
        SampleProducer.open(settings, topic, schema, Level.LOWER, options)) {
      fill(samples, 10);
    }
    assertThat(sizes(kafka, job, topic)).containsExactly(4, 4, 2);
    // 5 numbers of 8 bytes each and a header of 16: five are 216 bytes
    try (SampleProducer samples =
        SampleProducer.open(
            settings, topic, schema, null, options.withSamples(100).withBytes(220))) {
      fill(samples, 6);
    }
    assertThat(sizes(kafka, job, topic)).containsExactly(4, 4, 2, 5, 1);
    try (SampleProducer samples =
        SampleProducer.open(
            settings,
            topic,
            schema,
            null,
            options.withSamples(100).withLinger(Duration.ofMillis(5)))) {
      fill(samples, 3);
      Awaitility.await().atMost(LIMIT).until(() -> samples.acknowledged() == 3);
      assertThat(sizes(kafka, job, topic).stream().mapToInt(Integer::intValue).sum()).isEqualTo(19);
    }
  }

  private static void fill(SampleProducer samples, int count) {
    SampleRow row = samples.newRow();
    for (int i = 0; i < count; i++) {
      samples.send(row.features(new double[] {i, 1, 2}).set("y", i % 2));
    }
  }

  @Test
  void a_missing_topic_is_said_when_a_producer_is_opened(TestBroker kafka) throws Exception {
    JobConfig job = job(jobFile(kafka, kafka.unique("opened")));
    assertThatThrownBy(
            () ->
                SampleProducer.open(
                    KafkaSettings.of(kafka.bootstrap()),
                    "no.such.topic",
                    job.problem().schema(Level.LOWER),
                    null,
                    SampleProducer.Options.DEFAULTS))
        .isInstanceOf(KafkaFailure.class)
        .hasMessageContaining("no.such.topic");
  }

  @Test
  void one_bad_sample_of_a_record_is_a_dead_letter_with_offset_and_index(TestBroker kafka)
      throws Exception {
    JobConfig job = job(jobFile(kafka, kafka.unique("deadletter")));
    SampleSchema schema = job.problem().schema(Level.LOWER);
    Batch rows = new Batch(schema, 16);
    for (int r = 0; r < 16; r++) {
      rows.openRow();
      rows.set(0, 0, r == 11 ? Double.NaN : r);
      rows.set(schema.column("y"), 0, r % 2);
      rows.commitRow();
    }
    BinarySamples.Encoder encoder = new BinarySamples.Encoder(schema);
    List<byte[]> packed = List.of(encoder.encode(rows, 0, 8), encoder.encode(rows, 8, 16));
    Path lines = folder.resolve("v.jsonl");
    Files.writeString(lines, lines(200, 3, ""));
    Path file = folder.resolve(job.job() + ".yaml");
    assertThat(produce(file, "train", save(lines(160, 4, "")), "--pack", "16").code()).isZero();
    assertThat(produce(file, "validation", lines, "--pack", "7").code()).isZero();
    kafka.send(job.topics().train(), 0, packed); // the header is missing: the job must say binary
    JobConfig binary =
        new JobReader(Map.of(), List.of("samples.format=binary", "snapshots.every.time=200ms"))
            .read(file);
    ServiceRun run = ServiceRun.start(new TuningService(binary, "only", List.of()));
    Awaitility.await()
        .atMost(LIMIT)
        .until(() -> !kafka.readAll(job.topics().deadLetters(), "read_committed").isEmpty());
    run.stop();
    assertThat(run.await(LIMIT)).isNotNull();
    var letters = kafka.readAll(job.topics().deadLetters(), "read_committed");
    assertThat(letters).hasSize(1);
    assertThat(header(letters.get(0), "offset")).isEqualTo("11");
    assertThat(header(letters.get(0), "index")).isEqualTo("3");
    assertThat(header(letters.get(0), "reason")).contains("x[0] must be finite, but was NaN");
  }

  private Path save(String text) throws Exception {
    return Files.writeString(folder.resolve("lines-" + System.nanoTime() + ".jsonl"), text);
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    var header = letter.headers().lastHeader("__thalweg.errors." + name);
    return header == null ? "no header " + name : new String(header.value(), UTF_8);
  }

  @Test
  void a_model_does_not_depend_on_how_its_samples_were_packed(TestBroker kafka) throws Exception {
    Path train = save(lines(800, 8, ",\"id\":\"a-#\",\"t\":#"));
    Path validation = save(lines(200, 9, ""));
    List<List<String>> ends = new ArrayList<>();
    for (String[] packing :
        new String[][] {
          {}, {"--pack", "1"}, {"--pack", "16"}, {"--pack", "13", "--pack-bytes", "500"}
        }) {
      Path file = jobFile(kafka, kafka.unique("bits"));
      JobConfig job = job(file);
      CommandRun first = produce(file, "train", train, packing);
      assertThat(first.code()).as(first.err()).isZero();
      assertThat(produce(file, "validation", validation, packing).code()).isZero();
      ServiceRun run = ServiceRun.start(new TuningService(job, "only", List.of()));
      List<ConsumerRecord<byte[], byte[]>> snapshots = new ArrayList<>();
      Awaitility.await()
          .atMost(LIMIT)
          .until(
              () -> {
                snapshots.clear();
                snapshots.addAll(
                    kafka.readAll(job.topics().snapshots(), "read_committed", job.job()));
                return snapshots.size() >= 2;
              });
      run.stop();
      assertThat(run.await(LIMIT)).isNotNull();
      List<String> bits = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> snapshot : snapshots.subList(0, 2)) {
        JsonNode json = JSON.readTree(snapshot.value());
        bits.add(json.get("step") + " " + json.get("x") + " " + json.get("y"));
      }
      ends.add(bits);
    }
    assertThat(ends.get(0)).allSatisfy(bits -> assertThat(bits).hasSizeGreaterThan(20));
    assertThat(ends).allSatisfy(bits -> assertThat(bits).isEqualTo(ends.get(0)));
  }
}
