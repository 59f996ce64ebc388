package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.app.CatalogueJob.Message;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobFileException;
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
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.MethodVariant;
import io.thalweg.solver.Methods;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Ledger;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * One topic for both levels of every problem: shared out by a hash, serving both levels batch by
 * batch, and too poor in samples of one level for the full batches of methods that take many.
 */
@WithBroker
class SharedTopicIT {
  private static final int STEPS = 12;

  /** The step after which the service is stopped and started again. */
  private static final int CUT = 6;

  private static final int BATCH = 4;

  /** Share of the upper level where a step takes a batch of either. */
  private static final double SHARE = 0.1;

  @TempDir private Path dir;
  private final TestBroker broker;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Abreast abreast = new Abreast();

  SharedTopicIT(TestBroker broker) {
    this.broker = broker;
    this.producer = broker.producer(Map.of());
  }

  @AfterEach
  void close() {
    abreast.close();
    producer.close();
  }

  /** Draws rows of a level. */
  @FunctionalInterface
  private interface Source {
    Batch rows(Problem problem, Level level, int rows);
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
    return abreast.tests(ofTwoLevels(), this::sharedOut);
  }

  private void sharedOut(SmallProblems.Row row) throws Exception {
    Map<String, Object> keys = CatalogueJob.keys(row.problem(), row.solver(), BATCH, 1);
    keys.put("upper", Map.of("init", 0.1)); // off the saddles
    keys.put("samples", Map.of("split", Map.of("upper", SHARE), "decode", "ahead"));
    CatalogueJob job = CatalogueJob.of(broker, dir, "split-" + row.type(), keys);
    Draws draws = new Draws(13);
    List<String> all =
        mixed(job.config().problem(), 300, (p, level, n) -> draws.batch(p.schema(level), n));
    all.add(1, LevelFeed.BROKEN);
    all.add(all.size() / 2, LevelFeed.BROKEN);
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
    Published.verify(job, expected, job.backtest(Map.of("--samples", all)), cut, steps);
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
    return abreast.tests(ofTwoLevels(), this::prequential);
  }

  private void prequential(SmallProblems.Row row) throws Exception {
    prequential("both-" + row.type(), CatalogueJob.keys(row.problem(), row.solver(), BATCH, BATCH));
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
    LevelFeed feed =
        new LevelFeed(expected.rows(Level.LOWER), expected.after(CUT).drawn().get(Level.LOWER));
    job.createTopics();
    String topic = job.config().samples().topic();
    CatalogueJob.send(producer, topic, feed.before());
    job.runTo(CUT);
    CatalogueJob.send(producer, topic, feed.after());
    job.runTo(STEPS);
    Published.verify(job, expected, job.backtest(Map.of("--samples", feed.lines())), CUT, STEPS);
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
          CatalogueJob.keys(problem, new MethodVariant(method, "").solver(), lower, upper);
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
          method, Map.of("upper", share), lower ? BATCH : rowsOfOther, lower ? rowsOfOther : BATCH);
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
      // a regression is no minimax problem
      if (Methods.reads(info.id()).size() > 1 && !info.id().equals("perturbed-gdmax")) {
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
    return abreast.tests(rows, this::scarce);
  }

  /** What a batch holds depends on when a step was ready; the ledger says, and a replay agrees. */
  private void scarce(Uneven row) throws Exception {
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
    Published.assertChain(found, job.config());
    assertThat(found).allSatisfy(s -> assertThat(s.metrics()).containsEntry("refused-steps", 0.0));
    assertThat(found.stream().flatMap(s -> s.ledger().runs().stream()))
        .as("steps with batches that were shared out")
        .anyMatch(SharedTopicIT::hasShortBatch);
    job.replay(found.size());
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
    return abreast.tests(
        methods,
        method -> {
          prequential("both-" + method, Uneven.keys(method, "prequential", BATCH, BATCH));
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
    return abreast.tests(out, this::starved);
  }

  /** So many samples of the scarce level before all those of the other one. */
  private record Starved(Uneven row, int samples) {}

  private void starved(Starved starved) throws Exception {
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
  }
}
