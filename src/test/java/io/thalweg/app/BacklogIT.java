package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.kafka.KafkaSampleSource;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SourceOptions;
import io.thalweg.pipeline.CutSink;
import io.thalweg.pipeline.Feed;
import io.thalweg.pipeline.SolverPipeline;
import io.thalweg.problem.Problem;
import io.thalweg.stream.Cut;
import io.thalweg.topics.TopicCatalog;
import io.thalweg.topics.TopicsTool;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Memory is the bound of the queues and not the backlog. */
@WithBroker
class BacklogIT {
  private static final int RECORDS_PER_LEVEL = 500_000;
  private static final int FEATURES = 8;
  private static final long MEGABYTE = 1 << 20;
  private static final long SLACK = 24 * MEGABYTE;

  private static JobConfig job(TestBroker kafka, String name) {
    JobConfig job =
        new JobReader(Map.of(), List.of())
            .read(
                """
                job: %s
                problem:
                  type: logistic-regression
                  features: %d
                  hyperparameters: {l2: {per: feature, scale: log, init: -4, bounds: [-12, 4]}}
                solver: {method: msgbio, hypergradient: linear-system, batch: {lower: 64, upper: 64}}
                snapshots: {every: {steps: 500, time: 1s}}
                kafka: {bootstrap.servers: "%s"}
                """
                    .formatted(name, FEATURES, kafka.bootstrap()),
                "job.yaml");
    try (Admin admin = kafka.admin()) {
      TopicsTool.apply(admin, WantedTopics.of(job, TopicCatalog.builtIn()));
    }
    return job;
  }

  private static void fill(TestBroker kafka, String topic, int records) {
    byte[][] values = new byte[97][];
    for (int i = 0; i < values.length; i++) {
      StringJoiner x = new StringJoiner(",");
      for (int j = 0; j < FEATURES; j++) {
        x.add(String.valueOf((i * (j + 3) % 11 - 5) / 4.0));
      }
      values[i] = ("{\"x\":[" + x + "],\"y\":" + i % 2 + "}").getBytes(StandardCharsets.UTF_8);
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", kafka.bootstrap(),
                "linger.ms", "20",
                "batch.size", "262144"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(topic, values[i % values.length]));
      }
    }
  }

  private static long usedAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void the_heap_stays_flat_while_a_million_records_are_taken_in(TestBroker kafka) throws Exception {
    JobConfig job = job(kafka, kafka.unique("backlog"));
    fill(kafka, job.topics().train(), RECORDS_PER_LEVEL);
    fill(kafka, job.topics().validation(), RECORDS_PER_LEVEL);

    TuningService service = new TuningService(job, "only", List.of());
    ServiceRun run = ServiceRun.start(service);
    List<Long> used = new ArrayList<>();
    int share = 0;
    while (service.progress().samples() < 2L * RECORDS_PER_LEVEL - 128) {
      if (run.await(Duration.ofMillis(100)) != null) {
        throw new AssertionError("the run ended by itself");
      }
      int now = (int) (10 * service.progress().samples() / (2 * RECORDS_PER_LEVEL));
      if (now > share) {
        share = now;
        used.add(usedAfterCollection());
      }
    }
    run.stop();
    assertThat(run.await(Duration.ofSeconds(60))).isNotNull();
    assertThat(used).hasSizeGreaterThan(3);
    // what other tests have left may go at any moment, so only a rise of the floor tells: two
    // thirds
    // of a million records would be 48 MB as numbers, and as much again as bytes
    int third = used.size() / 3;
    long before = Collections.min(used.subList(0, third));
    long after = Collections.min(used.subList(used.size() - third, used.size()));
    assertThat(after - before).as("of %s", used).isLessThan(SLACK);
  }

  @Test
  void without_demand_downstream_reading_stops_and_the_heap_stays_flat(TestBroker kafka) {
    JobConfig job = job(kafka, kafka.unique("stuck"));
    fill(kafka, job.topics().train(), 200_000);
    fill(kafka, job.topics().validation(), 200_000);
    CutSink stuck =
        new CutSink() {
          @Override
          public Mono<Void> accept(Cut cut) {
            return Mono.never();
          }

          @Override
          public Mono<Void> flush() {
            return Mono.empty();
          }
        };
    Scheduler solver = Schedulers.newSingle("stuck-solver");
    Problem problem = job.problem();
    try (KafkaSampleSource source =
        KafkaSampleSource.connect(
            new KafkaSettings(job.kafka().values()),
            Wiring.feeds(job).stream().map(Feed::topic).toList(),
            SourceOptions.DEFAULTS)) {
      SolverPipeline pipeline =
          new SolverPipeline(
              Wiring.tuning(job, problem, () -> 0),
              Wiring.assembly(job, problem),
              source,
              stuck,
              Mono::empty,
              solver,
              null,
              List.of());
      var running = pipeline.run(Flux.never()).subscribe();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> pipeline.progress().version() >= 2);
      long samples = pipeline.progress().samples();
      long before = usedAfterCollection();
      Awaitility.await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(20))
          .until(() -> pipeline.progress().samples() == samples);
      assertThat(usedAfterCollection() - before).isLessThan(SLACK);
      assertThat(samples).isLessThan(150_000);
      running.dispose();
    } finally {
      solver.dispose();
    }
  }
}
