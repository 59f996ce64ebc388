package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.app.CatalogueJob.Backtest;
import io.thalweg.app.CatalogueJob.Message;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobFileException;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.pipeline.Roles;
import io.thalweg.problem.Draws;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.problem.SmallProblems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.settings.Settings;
import io.thalweg.solver.MethodFixture;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.MethodVariant;
import io.thalweg.solver.Methods;
import io.thalweg.solver.RandomGame;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.BinarySamples;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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
  /** Jobs that run at a time. */
  private static final int ABREAST = 2;

  private static final int STEPS = 12;

  /** The step after which the service is stopped and started again. */
  private static final int CUT = 6;

  private static final int BATCH = 4;

  /** Rows an aggregator needs to weigh a batch. */
  private static final int WEIGHED = 8;

  /** Share of the upper level where a step takes a batch of either. */
  private static final double SHARE = 0.1;

  private static final String BROKEN = "{\"x\":[1";

  @TempDir private Path dir;
  private final TestBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ExecutorService jobs = Executors.newFixedThreadPool(ABREAST);

  CatalogueIT(TestBroker broker) {
    this.broker = broker;
    this.producer = broker.producer(Map.of());
  }

  @AfterEach
  void close() {
    jobs.shutdownNow();
    producer.close();
  }

  /** Some jobs abreast, each a test of its own. */
  private <T> Stream<DynamicTest> abreast(List<T> rows, Work<T> work) {
    List<DynamicTest> out = new ArrayList<>();
    for (T row : rows) {
      Future<?> running = jobs.submit(() -> work.on(row));
      out.add(DynamicTest.dynamicTest(row.toString(), () -> done(running)));
    }
    return out.stream();
  }

  /** What is done with a row of a table. */
  @FunctionalInterface
  private interface Work<T> {
    Void on(T row) throws Exception;
  }

  private static void done(Future<?> running) throws Throwable {
    try {
      running.get(180, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @TestFactory
  Stream<DynamicTest> every_problem_runs_on_topics_of_its_levels() {
    return abreast(SmallProblems.all(), this::problem);
  }

  private Void problem(SmallProblems.Row row) throws Exception {
    Draws draws = new Draws(7);
    onTwoTopics(
        row.type(),
        keys(row.problem(), row.solver(), BATCH, BATCH),
        (problem, level, rows) -> draws.batch(problem.schema(level), rows));
    return null;
  }

  @TestFactory
  Stream<DynamicTest> every_method_runs_on_topics_of_its_levels() {
    return abreast(MethodVariant.all(), this::method);
  }

  private Void method(MethodVariant variant) throws Exception {
    SplitMix64 rng = new SplitMix64(11);
    CatalogueJob job =
        onTwoTopics(
            variant.method(),
            keys(variant),
            (problem, level, rows) -> RandomGame.batch(problem, level, rng, rows));
    if (variant.isAggregated()) {
      assertThat(job.deadLetters()).anyMatch(reason -> reason.startsWith("left out by robust: "));
    }
    if (variant.escapes()) {
      List<Snapshot> found = job.snapshots();
      assertThat(found.get(found.size() - 1).metrics().get("perturbations")).isGreaterThan(1);
    }
    return null;
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
        keys(MethodFixture.of(variant.method()).problem(), solver, rows, rows);
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

  private static Map<String, Object> keys(
      Map<String, ?> problem, Map<String, ?> solver, int lower, int upper) {
    Map<String, Object> batch = new LinkedHashMap<>(Map.of("upper", upper, "linger", "1h"));
    if (Methods.reads(solver.get("method").toString()).contains(Level.LOWER)) {
      batch.put("lower", lower);
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("problem", problem);
    Map<String, Object> all = new LinkedHashMap<>(solver);
    all.put("batch", batch);
    keys.put("solver", all);
    return keys;
  }

  private CatalogueJob onTwoTopics(String stem, Map<String, Object> keys, Source source) throws Exception {
    CatalogueJob job = CatalogueJob.of(broker, dir, stem, keys);
    JobConfig config = job.config();
    Problem problem = config.problem();
    Rehearsal expected =
        Rehearsal.of(config, STEPS, (level, rows) -> source.rows(problem, level, rows));
    job.createTopics();
    Map<String, List<String>> files = new TreeMap<>();
    Map<Level, Feed> feeds = new EnumMap<>(Level.class);
    for (Level level : config.reads()) {
      Feed feed = new Feed(expected.rows(level), expected.after(CUT).drawn().get(level));
      feeds.put(level, feed);
      files.put(level == Level.LOWER ? "--train" : "--validation", feed.lines());
    }
    for (Map.Entry<Level, Feed> feed : feeds.entrySet()) {
      CatalogueJob.send(producer, topic(config, feed.getKey()), feed.getValue().before());
    }
    job.runTo(CUT);
    for (Map.Entry<Level, Feed> feed : feeds.entrySet()) {
      CatalogueJob.send(producer, topic(config, feed.getKey()), feed.getValue().after());
    }
    job.runTo(STEPS);
    verify(job, expected, job.backtest(files), CUT, STEPS);
    return job;
  }

  /** The first row of every problem of two levels. */
  private static List<SmallProblems.Row> ofTwoLevels() {
    Map<String, SmallProblems.Row> out = new LinkedHashMap<>();
    for (SmallProblems.Row row : SmallProblems.all()) {
      if (Methods.reads(row.solver().get("method").toString()).size() > 1) {
        out.putIfAbsent(row.type(), row);
      }
    }
    return List.copyOf(out.values());
  }

  @TestFactory
  Stream<DynamicTest> every_problem_of_two_levels_runs_on_one_topic_that_is_shared_out() {
    return abreast(ofTwoLevels(), this::sharedOut);
  }

  private Void sharedOut(SmallProblems.Row row) throws Exception {
    Map<String, Object> keys = keys(row.problem(), row.solver(), BATCH, 1);
    keys.put("upper", Map.of("init", 0.1)); // off the saddles
    keys.put("samples", Map.of("split", Map.of("upper", SHARE), "decode", "ahead"));
    CatalogueJob job = CatalogueJob.of(broker, dir, "split-" + row.type(), keys);
    Draws draws = new Draws(13);
    List<String> all =
        mixed(job.config().problem(), 200, (p, level, n) -> draws.batch(p.schema(level), n));
    all.add(1, BROKEN);
    all.add(all.size() / 2, BROKEN);
    List<String> before = all.subList(0, all.size() / 2);
    Rehearsal expected = rehearsal(job.config(), all);
    int cut = rehearsal(job.config(), before).steps().size();
    int steps = expected.steps().size();
    assertThat(cut).isGreaterThan(2).isLessThan(steps);

    job.createTopics();
    send(job, before);
    job.runTo(cut);
    send(job, all.subList(before.size(), all.size()));
    job.runTo(steps);
    verify(job, expected, job.backtest(Map.of("--samples", all)), cut, steps);
    return null;
  }

  private void send(CatalogueJob job, List<String> lines) throws Exception {
    List<Message> messages = lines.stream().map(Message::json).toList();
    CatalogueJob.send(producer, job.config().samples().topic(), messages);
  }

  /**
   * Records that are samples of either level: the fields of both, and an id where the number of the
   * record is even. A field that is as long for the one level as for the other is the same; one
   * that is not is left out.
   */
  private static List<String> mixed(Problem problem, int count, Source source) {
    Batch lower = source.rows(problem, Level.LOWER, count);
    Batch upper = source.rows(problem, Level.UPPER, count);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode sample = SampleTexts.json(upper, i);
      sample.setAll(SampleTexts.json(lower, i));
      for (Field field : lower.schema().fields()) {
        int other = upper.schema().column(field.name());
        if (other >= 0 && upper.schema().fields().get(other).width() != field.width()) {
          assertThat(field.required()).as(field.name()).isFalse();
          sample.remove(field.name());
        }
      }
      if (i % 2 == 0) {
        sample.put("id", i);
      }
      out.add(sample.toString());
    }
    return out;
  }

  /** As many steps as there are full batches for, each sample with its level by the hash. */
  private static Rehearsal rehearsal(JobConfig job, List<String> lines) {
    SampleDecoder decoder =
        SampleDecoders.create(SampleOptions.of(SampleFormat.JSON), Wiring.schemas(job.problem()));
    Roles roles = Wiring.roles(job);
    Lane lane = new Lane(job.samples().topic(), 0);
    Map<Level, Batch> rows = new EnumMap<>(Level.class);
    for (Level level : Level.values()) {
      rows.put(level, new Batch(job.problem().schema(level), lines.size()));
    }
    for (int offset = 0; offset < lines.size(); offset++) {
      decoder.open(lines.get(offset).getBytes(UTF_8), null);
      if (decoder.decode(0, Level.LOWER, rows.get(Level.LOWER))) {
        Level level = roles.byHash(decoder.hasId(), decoder.idHash(), lane, offset, 0);
        if (level == Level.UPPER) {
          rows.get(Level.LOWER).dropLastRow();
          assertThat(decoder.decode(0, level, rows.get(level))).isTrue();
        }
      }
    }
    Map<Level, Integer> at = new EnumMap<>(Map.of(Level.LOWER, 0, Level.UPPER, 0));
    return Rehearsal.of(
        job,
        Integer.MAX_VALUE,
        (level, count) -> {
          Batch from = rows.get(level);
          int start = at.get(level);
          if (start + count > from.size()) {
            return null;
          }
          at.put(level, start + count);
          return part(from, start, start + count);
        });
  }

  private static Batch part(Batch from, int start, int end) {
    Batch out = new Batch(from.schema(), end - start);
    for (int r = start; r < end; r++) {
      out.appendRow(from, r);
    }
    return out;
  }

  @TestFactory
  Stream<DynamicTest> batches_that_serve_both_levels_run_where_samples_hold_what_both_need() {
    return abreast(ofTwoLevels(), this::prequential);
  }

  private Void prequential(SmallProblems.Row row) throws Exception {
    prequential("both-" + row.type(), keys(row.problem(), row.solver(), BATCH, BATCH));
    return null;
  }

  private void prequential(String stem, Map<String, Object> keys) throws Exception {
    keys.put("samples", Map.of("split", "prequential", "decode", "ahead"));
    Problem problem = Problems.create(Settings.of("", keys).child("problem"));
    List<Field> lower = problem.schema(Level.LOWER).fields();
    List<Field> upper = problem.schema(Level.UPPER).fields();
    if (Collections.indexOfSubList(lower, upper) != 0) {
      assertThatExceptionOfType(JobFileException.class)
          .isThrownBy(() -> CatalogueJob.of(broker, dir, stem, keys))
          .withMessageContaining("samples.split: prequential lets every batch serve both levels");
      return;
    }
    CatalogueJob job = CatalogueJob.of(broker, dir, stem, keys);
    Draws draws = new Draws(17);
    Rehearsal expected =
        Rehearsal.of(
            job.config(), STEPS, (level, rows) -> draws.batch(problem.schema(level), rows));
    Feed feed = new Feed(expected.rows(Level.LOWER), expected.after(CUT).drawn().get(Level.LOWER));
    job.createTopics();
    String topic = job.config().samples().topic();
    CatalogueJob.send(producer, topic, feed.before());
    job.runTo(CUT);
    CatalogueJob.send(producer, topic, feed.after());
    job.runTo(STEPS);
    verify(job, expected, job.backtest(Map.of("--samples", feed.lines())), CUT, STEPS);
  }

  /**
   * A method on a regression, where a topic has too few samples of a level for full batches, but
   * enough for a sample in each.
   *
   * @param method its id
   * @param share of the upper level in the topic
   * @param scarce the level that is short
   * @param most batches of that level that a step takes
   * @param rows of that level that a step takes when all batches are full, in the mean
   * @param other batches of the other level that a step takes, in the mean
   */
  private record Uneven(
      String method, double share, Level scarce, int most, double rows, double other) {
    static Map<String, Object> keys(String method, Object split, int lower, int upper) {
      Map<String, Object> problem =
          Map.of("type", "logistic-regression", "features", 3, "terms", 50);
      Map<String, Object> keys =
          CatalogueIT.keys(problem, new MethodVariant(method, "").solver(), lower, upper);
      keys.put("samples", Map.of("split", split));
      return keys;
    }

    double shareOfScarce() {
      return scarce == Level.UPPER ? share : 1 - share;
    }

    /** Rows of the other level's batches, such that a step has half a batch for each it takes. */
    int rowsOfOther() {
      return (int) Math.ceil(rows / 2 * (1 / shareOfScarce() - 1) / other);
    }

    Map<String, Object> keys(int rowsOfOther) {
      boolean lower = scarce == Level.LOWER;
      return keys(
          method,
          Map.of("upper", share),
          lower ? BATCH : rowsOfOther,
          lower ? rowsOfOther : BATCH);
    }

    @Override
    public String toString() {
      return method + ", too few for the " + scarce.role() + " level";
    }
  }

  /** Every method whose steps take several batches of a level, and more than of the other one. */
  private List<Uneven> uneven() throws Exception {
    List<Uneven> out = new ArrayList<>();
    for (MethodInfo info : Methods.all()) {
      if (Methods.reads(info.id()).size() > 1) {
        Map<String, Object> keys = Uneven.keys(info.id(), Map.of("upper", SHARE), BATCH, BATCH);
        JobConfig job = CatalogueJob.of(broker, dir, "look", keys).config();
        Draws draws = new Draws(19);
        Rehearsal steps =
            Rehearsal.of(job, STEPS, (level, n) -> draws.batch(job.problem().schema(level), n));
        for (double share : new double[] {0.5, SHARE}) {
          for (Level scarce : Level.values()) {
            double ofScarce = scarce == Level.UPPER ? share : 1 - share;
            double other = steps.meanRows(scarce.other());
            int most = steps.mostRows(scarce) / BATCH;
            if (most > 1 && steps.meanRows(scarce) * (1 / ofScarce - 1) > 1.5 * other) {
              out.add(
                  new Uneven(
                      info.id(), share, scarce, most, steps.meanRows(scarce), other / BATCH));
            }
          }
        }
      }
    }
    return out;
  }

  @TestFactory
  Stream<DynamicTest> uneven_steps_share_out_the_batches_of_the_scarce_level() throws Exception {
    List<Uneven> rows = uneven();
    assertThat(rows).extracting(Uneven::scarce).contains(Level.LOWER, Level.UPPER);
    return abreast(rows, this::scarce);
  }

  /** What a batch holds depends on when a step was ready; the ledger says, and a replay agrees. */
  private Void scarce(Uneven row) throws Exception {
    int rowsOfOther = row.rowsOfOther();
    CatalogueJob job =
        CatalogueJob.of(broker, dir, "scarce-" + row.method(), row.keys(rowsOfOther));
    // many times what the other level may be ahead
    double ahead = rowsOfOther * (2 + row.other()) + 40 / row.share();
    int records = (int) (6 * ahead / (1 - row.shareOfScarce()));
    // more than there is for with full batches
    int steps = (int) Math.ceil(1.25 * records * row.shareOfScarce() / row.rows());
    Draws draws = new Draws(23);
    List<String> lines =
        mixed(
            job.config().problem(),
            2 * records,
            (problem, level, rows) -> draws.batch(problem.schema(level), rows));
    job.createTopics();
    send(job, lines.subList(0, records));
    job.runTo(Math.max(1, steps / 2));
    send(job, lines.subList(records, 2 * records));
    job.runTo(2L * steps);
    List<Snapshot> found = job.snapshots();
    assertChain(found, job.config());
    assertThat(found).allSatisfy(s -> assertThat(s.metrics()).containsEntry("refused-steps", 0.0));
    assertThat(found.stream().flatMap(s -> s.ledger().runs().stream()))
        .as("steps with batches that were shared out")
        .anyMatch(CatalogueIT::hasShortBatch);
    job.replay(found.size());
    return null;
  }

  private static boolean hasShortBatch(Ledger.Run run) {
    int[] shape = run.shape();
    for (int i = 0; i < shape.length; ) {
      int end = i + 2 + 2 * shape[i + 1];
      int rows = 0;
      for (int segment = i + 2; segment < end; segment += 2) {
        rows += shape[segment + 1];
      }
      if (rows < BATCH) {
        return true;
      }
      i = end;
    }
    return false;
  }

  @TestFactory
  Stream<DynamicTest> uneven_steps_take_batches_that_serve_both_levels() throws Exception {
    List<String> methods = uneven().stream().map(Uneven::method).distinct().toList();
    return abreast(
        methods,
        method -> {
          prequential("both-" + method, Uneven.keys(method, "prequential", BATCH, BATCH));
          return null;
        });
  }

  @TestFactory
  Stream<DynamicTest> a_share_that_can_never_do_for_a_step_ends_the_run_with_what_to_do()
      throws Exception {
    Map<Level, Uneven> rows = new EnumMap<>(Level.class);
    for (Uneven row : uneven()) {
      rows.merge(row.scarce(), row, (one, other) -> other.most() > one.most() ? other : one);
    }
    List<Starved> out = new ArrayList<>();
    for (Uneven row : rows.values()) {
      out.add(new Starved(row, 0));
      out.add(new Starved(row, 1));
    }
    return abreast(out, this::starved);
  }

  /** So many samples of the scarce level before all those of the other one. */
  private record Starved(Uneven row, int samples) {}

  private Void starved(Starved starved) throws Exception {
    Level scarce = starved.row().scarce();
    CatalogueJob job =
        CatalogueJob.of(
            broker, dir, "starved-" + starved.row().method(), starved.row().keys(BATCH));
    Draws draws = new Draws(29);
    List<String> lines = new ArrayList<>();
    for (String line :
        mixed(
            job.config().problem(),
            1_000,
            (problem, level, rows) -> draws.batch(problem.schema(level), rows))) {
      Level level = lines.size() < starved.samples() ? scarce : scarce.other();
      lines.add("{\"role\":\"" + level.role() + "\"," + line.substring(1));
    }
    job.createTopics();
    send(job, lines);
    CommandRun run = CommandRun.of("run", "-c", job.file());
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DATA);
    assertThat(run.err())
        .contains(starved.samples() == 0 ? "no sample" : "only 1 samples")
        .contains("for the " + scarce.role() + " level among ")
        .contains("for the " + scarce.other().role() + " level: ")
        .contains(
            starved.samples() == 0
                ? "expected a share as in samples.split"
                : "a step takes " + starved.row().most() + " batches of the first")
        .doesNotContain("\tat ");
    return null;
  }

  private static String topic(JobConfig job, Level level) {
    return level == Level.LOWER ? job.topics().train() : job.topics().validation();
  }

  /**
   * The rows of a level as records of all formats. The service is stopped when it has read beyond
   * what its steps take: one row and a record that cannot be read are read twice.
   */
  private static final class Feed {
    private final List<Message> before;
    private final List<Message> after;
    private final List<String> lines = new ArrayList<>();

    Feed(Batch rows, int cut) {
      before = records(rows, 0, cut);
      before.add(1, Message.json(BROKEN));
      before.add(Message.json(BROKEN));
      int read = Math.min(rows.size(), cut + 1);
      before.addAll(records(rows, cut, read));
      after = records(rows, read, rows.size());
      for (int r = 0; r < rows.size(); r++) {
        lines.add(SampleTexts.json(rows, r).toString());
      }
      lines.add(1, BROKEN);
      lines.add(cut + 1, BROKEN);
    }

    List<Message> before() {
      return before;
    }

    List<Message> after() {
      return after;
    }

    List<String> lines() {
      return lines;
    }

    /** One row as JSON, one as CSV, and three in a binary record. */
    private static List<Message> records(Batch rows, int from, int to) {
      BinarySamples.Encoder binary = new BinarySamples.Encoder(rows.schema());
      List<Message> out = new ArrayList<>();
      for (int r = from; r < to; r++) {
        switch (r % 5) {
          case 0 -> out.add(Message.json(SampleTexts.json(rows, r).toString()));
          case 1 -> out.add(new Message(SampleTexts.csv(rows, r).getBytes(UTF_8), "text/csv"));
          default -> {
            int end = Math.min(to, r - r % 5 + 5);
            out.add(new Message(binary.encode(rows, r, end), "application/x-thalweg-sample"));
            r = end - 1;
          }
        }
      }
      return out;
    }
  }

  /** What was published is what the loop and the backtest give, and follows from the topics. */
  private static void verify(
      CatalogueJob job, Rehearsal expected, Backtest backtest, int cut, int steps) {
    JobConfig config = job.config();
    List<Snapshot> found = job.snapshots();
    assertThat(found).extracting(Snapshot::step).isEqualTo(published(cut, steps));
    assertChain(found, config);
    for (Snapshot snapshot : found) {
      String at = config.method() + " at step " + snapshot.step();
      Rehearsal.Step step = expected.after(snapshot.step());
      assertBits(at, snapshot, step.x(), step.y());
      Snapshot tested = backtest.snapshots().get((int) snapshot.step() - 1);
      assertThat(tested.step()).isEqualTo(snapshot.step());
      assertThat(tested.config()).isEqualTo(snapshot.config());
      assertBits(at, tested, step.x(), step.y());
      assertThat(snapshot.upper()).as(at).isEqualTo(tested.upper());
      assertThat(counted(snapshot)).as(at).isEqualTo(counted(tested));
      assertThat(snapshot.metrics()).as(at).containsEntry("refused-steps", 0.0);
    }
    Snapshot last = found.get(found.size() - 1);
    Rehearsal.Step end = expected.after(last.step());
    assertThat(last.metrics()).containsEntry("samples-upper", (double) end.upper());
    if (config.reads().contains(Level.LOWER)) {
      assertThat(last.metrics()).containsEntry("samples-lower", (double) end.lower());
    }
    Rehearsal.Step first = expected.after(1);
    assertThat(Arrays.equals(first.x(), last.x()) && Arrays.equals(first.y(), last.y()))
        .as("x and y stand still")
        .isFalse();
    List<String> letters = job.deadLetters();
    assertThat(letters).isNotEmpty().containsExactlyInAnyOrderElementsOf(backtest.deadLetters());
    job.replay(found.size());
  }

  /** Every fifth step of a life, and the last one of each. */
  private static List<Long> published(int cut, int steps) {
    List<Long> out = new ArrayList<>();
    for (int[] life : new int[][] {{0, cut}, {cut, steps}}) {
      for (int step = life[0] + CatalogueJob.EVERY; step < life[1]; step += CatalogueJob.EVERY) {
        out.add((long) step);
      }
      out.add((long) life[1]);
    }
    return out;
  }

  /** Versions without a gap over two lives, each with a ledger that begins where one ended. */
  private static void assertChain(List<Snapshot> found, JobConfig config) {
    assertThat(found)
        .extracting(Snapshot::version)
        .isEqualTo(LongStream.rangeClosed(1, found.size()).boxed().toList());
    assertThat(found).extracting(Snapshot::config).containsOnly(config.fingerprint());
    assertThat(found.get(0).epoch()).isEqualTo(1);
    assertThat(found.get(found.size() - 1).epoch()).isEqualTo(2);
    Snapshot before = null;
    for (Snapshot snapshot : found) {
      Ledger ledger = snapshot.ledger();
      assertThat(ledger.steps()).isEqualTo(snapshot.step() - (before == null ? 0 : before.step()));
      if (before == null) {
        assertThat(ledger.from().lower()).containsOnly(Position.START);
        assertThat(ledger.from().upper()).containsOnly(Position.START);
      } else {
        assertFollows(before.positions(), ledger.from());
      }
      before = snapshot;
    }
  }

  /** Dead letters alone may lie between; a replay looks into that. */
  private static void assertFollows(Positions before, Positions from) {
    assertThat(from.lanes()).isEqualTo(before.lanes());
    for (int lane = 0; lane < from.lanes().size(); lane++) {
      for (Level level : Level.values()) {
        assertThat(from.of(lane, level)).isGreaterThanOrEqualTo(before.of(lane, level));
      }
    }
  }

  private static void assertBits(String at, Snapshot found, double[] x, double[] y) {
    assertThat(bits(found.x())).as("x of " + at).isEqualTo(bits(x));
    assertThat(bits(found.y())).as("y of " + at).isEqualTo(bits(y));
  }

  private static long[] bits(double[] vector) {
    long[] out = new long[vector.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Double.doubleToRawLongBits(vector[i]);
    }
    return out;
  }

  /** All figures but the one that says how far decoding is ahead of the steps. */
  private static Map<String, Double> counted(Snapshot snapshot) {
    Map<String, Double> out = new TreeMap<>(snapshot.metrics());
    out.remove("rejected-samples");
    return out;
  }
}
