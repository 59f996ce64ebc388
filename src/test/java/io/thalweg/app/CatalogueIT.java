package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Draws;
import io.thalweg.problem.Problem;
import io.thalweg.problem.SmallProblems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.MethodFixture;
import io.thalweg.solver.MethodVariant;
import io.thalweg.solver.Methods;
import io.thalweg.solver.RandomGame;
import io.thalweg.stream.Snapshot;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every problem and every method of the catalogue through Kafka: samples of all formats on topics,
 * a run in two lives, and snapshots that are what a plain loop, a backtest and a replay give, bit
 * for bit. What is added to the tables of the catalogue is run without a word here.
 */
@WithBroker
class CatalogueIT {
  private static final int STEPS = 12;

  /** The step after which the service is stopped and started again. */
  private static final int CUT = 6;

  private static final int BATCH = 4;

  /** Rows an aggregator needs to weigh a batch. */
  private static final int WEIGHED = 8;

  @TempDir private Path dir;
  private final TestBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Abreast abreast = new Abreast();

  CatalogueIT(TestBroker broker) {
    this.broker = broker;
    this.producer = broker.producer(Map.of());
  }

  @AfterEach
  void close() {
    abreast.close();
    producer.close();
  }

  @TestFactory
  Stream<DynamicTest> every_problem_runs_on_topics_of_its_levels() {
    return abreast.tests(SmallProblems.all(), this::problem);
  }

  private void problem(SmallProblems.Row row) throws Exception {
    Draws draws = new Draws(7);
    onTwoTopics(
        row.type(),
        CatalogueJob.keys(row.problem(), row.solver(), BATCH, BATCH),
        (problem, level, rows) -> draws.batch(problem.schema(level), rows));
  }

  @TestFactory
  Stream<DynamicTest> every_method_runs_on_topics_of_its_levels() {
    return abreast.tests(MethodVariant.all(), this::method);
  }

  private void method(MethodVariant variant) throws Exception {
    SplitMix64 rng = new SplitMix64(11);
    Map<Level, Integer> terms = new EnumMap<>(Level.class);
    CatalogueJob job =
        onTwoTopics(
            variant.method(),
            keys(variant),
            (problem, level, rows) ->
                inTurn(RandomGame.batch(problem, level, rng, rows), level, terms));
    if (variant.isAggregated()) {
      assertThat(job.deadLetters()).anyMatch(reason -> reason.startsWith("left out by robust: "));
    }
    if (variant.escapes()) {
      List<Snapshot> found = job.snapshots();
      assertThat(found.get(found.size() - 1).metrics().get("perturbations")).isGreaterThan(1);
    }
  }

  /** The terms of a finite sum come one after the other, so that all of them soon have come. */
  private static Batch inTurn(Batch batch, Level level, Map<Level, Integer> terms) {
    int column = batch.schema().column("index");
    if (column >= 0) {
      int below = batch.schema().fields().get(column).below();
      for (int r = 0; r < batch.size(); r++) {
        batch.column(column)[r] = terms.merge(level, 1, Integer::sum) % below;
      }
    }
    return batch;
  }

  /** Draws rows of a level. */
  @FunctionalInterface
  private interface Source {
    Batch rows(Problem problem, Level level, int rows);
  }

  private static Map<String, Object> keys(MethodVariant variant) {
    int rows = variant.isAggregated() ? WEIGHED : BATCH;
    Map<String, Object> solver = variant.solver();
    Object robust = solver.remove("robust");
    Map<String, Object> keys =
        CatalogueJob.keys(MethodFixture.of(variant.method()).problem(), solver, rows, rows);
    if (robust instanceof Map<?, ?> aggregator) {
      Map<Object, Object> named = new LinkedHashMap<>(aggregator);
      named.put("dead-letters", true);
      keys.put("robust", named);
    }
    if (Methods.reads(variant.method()).size() > 1) {
      keys.put("upper", Map.of("constraint", Map.of("type", "box", "lower", -0.4, "upper", 0.4)));
    }
    return keys;
  }

  private CatalogueJob onTwoTopics(String stem, Map<String, Object> keys, Source source)
      throws Exception {
    CatalogueJob job = CatalogueJob.of(broker, dir, stem, keys);
    JobConfig config = job.config();
    Problem problem = config.problem();
    Rehearsal expected =
        Rehearsal.of(config, STEPS, (level, rows) -> source.rows(problem, level, rows));
    job.createTopics();
    Map<String, List<String>> files = new TreeMap<>();
    Map<Level, LevelFeed> feeds = new EnumMap<>(Level.class);
    for (Level level : config.reads()) {
      LevelFeed feed = new LevelFeed(expected.rows(level), expected.after(CUT).drawn().get(level));
      feeds.put(level, feed);
      files.put(level == Level.LOWER ? "--train" : "--validation", feed.lines());
    }
    for (Map.Entry<Level, LevelFeed> feed : feeds.entrySet()) {
      CatalogueJob.send(producer, topic(config, feed.getKey()), feed.getValue().before());
    }
    job.runTo(CUT);
    for (Map.Entry<Level, LevelFeed> feed : feeds.entrySet()) {
      CatalogueJob.send(producer, topic(config, feed.getKey()), feed.getValue().after());
    }
    job.runTo(STEPS);
    Published.verify(job, expected, job.backtest(files), CUT, STEPS);
    return job;
  }

  private static String topic(JobConfig job, Level level) {
    return level == Level.LOWER ? job.topics().train() : job.topics().validation();
  }
}
