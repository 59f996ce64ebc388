package io.thalweg.load.bench;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.data.BankMarketing;
import io.thalweg.kafka.KafkaSampleSource;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SourceOptions;
import io.thalweg.load.workload.SampleValues;
import io.thalweg.load.workload.Workload.Format;
import io.thalweg.pipeline.Feed;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicSpec;
import io.thalweg.topics.TopicsTool;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records of one kind in the topics of a broker, and the jobs that take them in. */
final class Backlog {
  /** Samples per step and level. */
  static final int ROWS = 64;

  /** Distinct records per topic; they are sent again and again. */
  private static final int DISTINCT = 4096;

  private final BankMarketing bank;
  private final String bootstrap;
  private final Wire wire;
  private final int samples;
  private final JobConfig shape;
  private final Map<Level, SampleSchema> schemas = new EnumMap<>(Level.class);
  private final SampleOptions options;

  Backlog(BankMarketing bank, String bootstrap, Wire wire) {
    this.bank = bank;
    this.bootstrap = bootstrap;
    this.wire = wire;
    int unit = 2 * ROWS * wire.perRecord();
    this.samples = Math.max(1, wire.samples() / unit) * unit;
    this.shape = job("msgbio", 0);
    Problem problem = shape.problem();
    for (Level level : Level.values()) {
      schemas.put(level, problem.schema(level));
    }
    this.options =
        SampleOptions.of(wire.format() == Format.JSON ? SampleFormat.JSON : SampleFormat.BINARY);
  }

  /** A job that takes the samples in from the beginning; each round is another one. */
  JobConfig job(String method, int round) {
    return new JobReader(Map.of(), List.of())
        .read(
            """
            job: bench-%s-%d
            problem:
              type: logistic-regression
              features: %d
              encoding: %s
              hyperparameters: {l2: {per: %s, scale: log, init: -4, bounds: [-12, 4]}}
            solver:
              method: %s
              hypergradient: {type: linear-system, rho: 0.3, radius: 5.0}
              gamma: 0.3
              lambda: 0.3
              batch: {lower: %d, upper: %d}
            samples: {format: %s}
            topics: {train: bench.train, validation: bench.validation, partitions: %d}
            snapshots: {every: {steps: 10000000, time: 1s}}
            kafka: {bootstrap.servers: "%s"}
            """
                .formatted(
                    method,
                    round,
                    wire.sparse() ? SampleValues.SPARSE_FEATURES : bank.features(),
                    wire.sparse() ? "sparse" : "dense",
                    wire.sparse() ? "global" : "feature",
                    method,
                    ROWS,
                    ROWS,
                    wire.format().name().toLowerCase(Locale.ROOT),
                    wire.partitions(),
                    bootstrap),
            "bench.yaml");
  }

  /** Makes the topics a job needs. */
  void topics(JobConfig job) {
    List<TopicSpec> specs = new ArrayList<>();
    TopicCatalog.builtIn()
        .of(job.job())
        .forEach(
            spec ->
                specs.add(
                    switch (spec.kind()) {
                      case TRAIN ->
                          spec.named(job.topics().train()).withPartitions(wire.partitions());
                      case VALIDATION ->
                          spec.named(job.topics().validation()).withPartitions(wire.partitions());
                      default -> spec;
                    }));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      TopicsTool.apply(admin, specs);
    }
  }

  /** Sends the samples, half of them to each level. */
  void fill() {
    topics(shape);
    byte[][] values =
        new SampleValues(bank, schema(), wire.sparse(), wire.format())
            .make(Math.max(2, DISTINCT / wire.perRecord()), wire.perRecord());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "linger.ms", "20", "batch.size", "262144"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < samples / wire.perRecord(); i++) {
        // what is not there in the end is missed by the round, which says so
        Future<RecordMetadata> unused =
            producer.send(
                new ProducerRecord<>(
                    i % 2 == 0 ? shape.topics().train() : shape.topics().validation(),
                    values[i % values.length]));
      }
    }
  }

  KafkaSampleSource source() {
    return KafkaSampleSource.connect(
        KafkaSettings.of(bootstrap),
        List.of(shape.topics().train(), shape.topics().validation()),
        SourceOptions.DEFAULTS);
  }

  List<Feed> feeds() {
    return List.of(
        new Feed(shape.topics().train(), Level.LOWER),
        new Feed(shape.topics().validation(), Level.UPPER));
  }

  Wire wire() {
    return wire;
  }

  /** How many there are. */
  int samples() {
    return samples;
  }

  /** In how many records. */
  int records() {
    return samples / wire.perRecord();
  }

  Map<Level, SampleSchema> schemas() {
    return schemas;
  }

  SampleSchema schema() {
    SampleSchema schema = schemas.get(Level.LOWER);
    if (schema == null) {
      throw new IllegalStateException("no schema");
    }
    return schema;
  }

  SampleOptions options() {
    return options;
  }
}
