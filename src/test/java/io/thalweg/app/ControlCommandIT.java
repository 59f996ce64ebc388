package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.stream.Snapshot;
import io.thalweg.wire.SnapshotCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators type, a running job, and what the topics hold afterwards. */
@WithBroker
@Timeout(300)
class ControlCommandIT {
  private static final SnapshotCodec CODEC = new SnapshotCodec(SnapshotCodec.Vectors.COMPACT);
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Pattern APPLIED =
      Pattern.compile("applied at step (\\d+), version (\\d+): (.*)\\R");

  @TempDir private Path dir;
  private final TestBroker broker;
  private String name = "";
  private String file = "";
  private JobConfig job;
  private int sent;
  private int features;

  ControlCommandIT(TestBroker broker) {
    this.broker = broker;
  }

  private void job(String method, int features, String snapshots) throws Exception {
    this.features = features;
    sent = 0;
    name = broker.unique("control");
    Path yaml = dir.resolve(name + ".yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem:
          type: logistic-regression
          features: %d
          hyperparameters: {l2: {per: feature, scale: log, init: -4, bounds: [-12, 4]}}
        solver: {method: %s, batch: {lower: 8, upper: 4, linger: 20ms}}
        snapshots: {every: {steps: 7, time: 1h}%s}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, features, method, snapshots, broker.bootstrap()));
    file = yaml.toString();
    job = new JobReader(Map.of(), List.of()).read(yaml);
    assertThat(CommandRun.of("topics", "apply", "-c", file).code()).isZero();
  }

  private void feed(int count) throws Exception {
    List<byte[]> out = new ArrayList<>();
    for (int i = sent; i < sent + count; i++) {
      double a = StrictMath.sin(i * 1.7);
      double b = StrictMath.cos(i * 2.3);
      out.add(
          ("{\"x\":["
                  + a
                  + ","
                  + b
                  + ",1".repeat(features - 2)
                  + "],\"y\":"
                  + (a + b > 0 ? 1 : 0)
                  + "}")
              .getBytes(UTF_8));
    }
    broker.send(name + ".train", 0, out);
    broker.send(name + ".validation", 0, out.subList(0, count / 2));
    sent += count;
  }

  private CommandRun run(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("-c", file));
    return CommandRun.of(line.toArray(new String[0]));
  }

  /** The answer of a command that is obeyed: step, version and what was done. */
  private Matcher good(String... words) {
    CommandRun run = run(words);
    assertThat(run.code()).as(run.err() + run.out()).isZero();
    Matcher answer = APPLIED.matcher(run.out());
    assertThat(answer.matches()).as(run.out()).isTrue();
    return answer;
  }

  private List<Snapshot> snapshots() {
    List<Snapshot> out = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record :
        broker.readAll(name + ".snapshots", "read_committed", name)) {
      out.add(CODEC.decode(record.value()).snapshot());
    }
    return out;
  }

  private Snapshot snapshot(Matcher answer) {
    long version = Long.parseLong(answer.group(2));
    Snapshot found =
        snapshots().stream().filter(s -> s.version() == version).findFirst().orElseThrow();
    assertThat(found.step()).isEqualTo(Long.parseLong(answer.group(1)));
    return found;
  }

  private void assertReplays() {
    CommandRun replay = run("replay", "--verify");
    assertThat(replay.code()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.out()).contains("equal bit for bit");
  }

  private static void awaitSteps(TuningService service, long steps) {
    await().atMost(LONG).until(() -> service.progress().step() >= steps);
  }

  private void stop(ServiceRun run) throws Exception {
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
  }

  @Test
  void every_command_is_answered_with_step_and_version_and_a_replay_reproduces_it()
      throws Exception {
    job("soba", 3, "");
    feed(400);
    TuningService service = new TuningService(job, "a", List.of());
    ServiceRun run = ServiceRun.start(service);
    awaitSteps(service, 20);

    assertThat(good("control", "snapshot").group(3)).isEqualTo("published");
    Snapshot bounded = snapshot(good("control", "bounds", "l2.*", "--upper", "0.01"));
    assertThat(bounded.upper().values()).allSatisfy(l2 -> assertThat(l2).isLessThan(0.0100001));
    assertThat(bounded.ledger().commands()).hasSize(1);
    assertThat(bounded.ledger().commands().get(0).text()).contains("\"by\":\"");
    Snapshot frozen = snapshot(good("control", "freeze", "l2.1"));
    assertThat(good("control", "step-size", "0.5").group(3))
        .isEqualTo("step sizes are 0.5 of the job's");
    good("control", "reset-estimators");
    feed(200);
    awaitSteps(service, frozen.step() + 10);
    Snapshot later = snapshot(good("control", "snapshot"));
    assertThat(later.upper().get("l2.1")).isEqualTo(frozen.upper().get("l2.1"));
    assertThat(later.upper().get("l2.0")).isNotEqualTo(frozen.upper().get("l2.0"));
    good("control", "unfreeze", "l2.1");
    Snapshot back = snapshot(good("control", "rollback", Long.toString(bounded.version())));
    assertThat(back.x()).containsExactly(bounded.x());
    assertThat(back.y()).containsExactly(bounded.y());
    assertThat(back.events().get(back.events().size() - 1).figures())
        .containsEntry("from-version", back.version() - 1.0)
        .containsEntry("to-version", (double) bounded.version());
    Matcher best = good("snapshot", "rollback", "best");
    assertThat(best.group(3)).startsWith("gone back to version ");
    assertThat(snapshot(best).ledger().commands().get(0).text())
        .contains("\"version\":")
        .doesNotContain("best");

    CommandRun none = run("control", "freeze", "l2.7");
    assertThat(none.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(none.out())
        .startsWith("rejected at step ")
        .contains("there is no coordinate l2.7; snapshots name them in upper");
    CommandRun gone = run("control", "rollback", "4711");
    assertThat(gone.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(gone.out()).contains("version 4711 is not in the snapshot topic, or not any more");
    CommandRun wrong = run("control", "step-size", "-1");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).contains("factor must be positive, but was -1.0");
    CommandRun unwaited = run("control", "snapshot", "--no-wait");
    assertThat(unwaited.code()).isZero();
    assertThat(unwaited.out()).startsWith("sent: " + name + ".control-0@");

    long before = service.progress().control().rejected();
    foreign("{\"command\":\"puase\"}", true);
    foreign("hello", false);
    await().atMost(LONG).until(() -> service.progress().control().rejected() == before + 2);
    stop(run);

    CommandRun log = run("control", "log");
    assertThat(log.code()).isZero();
    assertThat(log.out())
        .contains("{\"command\":\"freeze\",\"name\":\"l2.1\"}")
        .doesNotContain("waits");
    assertThat(log.out().replaceAll("\\s+", " ")) // its last column wraps
        .containsPattern("rejected \\d+ \\d+ there is no command puase; did you mean \"pause\"");
    assertThat(log.lines()).hasSizeGreaterThan(12);
    assertReplays();
  }

  private void foreign(String value, boolean asCommand) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(name + ".control", 0, name.getBytes(UTF_8), value.getBytes(UTF_8));
      if (asCommand) {
        record.headers().add("thalweg-command", "1".getBytes(UTF_8));
      }
      producer.send(record).get();
    }
  }

  @Test
  void a_pause_and_a_rollback_survive_a_restart() throws Exception {
    job("vr-msgbio", 3, "");
    feed(200);
    TuningService first = new TuningService(job, "a", List.of());
    ServiceRun run = ServiceRun.start(first);
    awaitSteps(first, 10);
    Snapshot early = snapshot(good("control", "snapshot"));
    feed(200);
    awaitSteps(first, early.step() + 10);
    Snapshot back = snapshot(good("control", "rollback", Long.toString(early.version())));
    Matcher paused = good("control", "pause");
    stop(run);
    long version = snapshots().get(snapshots().size() - 1).version();
    assertThat(version).isEqualTo(Long.parseLong(paused.group(2)));

    TuningService second = new TuningService(job, "a", List.of());
    ServiceRun again = ServiceRun.start(second);
    feed(200);
    await().atMost(LONG).until(() -> second.lag() > 0);
    CommandRun waited = run("control", "snapshot");
    assertThat(waited.out()).startsWith("applied at step " + paused.group(1) + ", ");
    await()
        .during(Duration.ofMillis(500))
        .atMost(LONG)
        .until(() -> second.progress().step() == Long.parseLong(paused.group(1)));
    assertThat(second.progress().control().isPaused()).isTrue();
    assertThat(good("control", "resume").group(3)).isEqualTo("resumed");
    awaitSteps(second, Long.parseLong(paused.group(1)) + 10);
    stop(again);
    assertThat(back.version()).isGreaterThan(early.version());
    assertReplays();
  }

  @Test
  void a_job_that_nobody_runs_does_not_answer_and_obeys_when_it_runs() throws Exception {
    job("soba", 3, "");
    feed(100);
    TuningService service = new TuningService(job, "a", List.of());
    ServiceRun run = ServiceRun.start(service);
    awaitSteps(service, 5);
    stop(run);
    CommandRun unanswered = run("control", "step-size", "0.25", "--timeout", "1s");
    assertThat(unanswered.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(unanswered.err())
        .contains("no answer to the command at " + name + ".control-0@")
        .contains("the command takes effect when a leader reads it");
    TuningService later = new TuningService(job, "a", List.of());
    ServiceRun again = ServiceRun.start(later);
    await().atMost(LONG).until(() -> later.progress().control().applied() == 1);
    stop(again);
    assertThat(run("control", "log").out()).contains("step sizes are 0.25");
    assertReplays();
  }

  @Test
  void a_job_obeys_what_was_asked_before_its_first_start() throws Exception {
    job("soba", 3, "");
    feed(100);
    assertThat(run("control", "step-size", "0.5", "--no-wait").code()).isZero();
    assertThat(run("control", "pause", "--no-wait").code()).isZero();
    TuningService service = new TuningService(job, "a", List.of());
    ServiceRun run = ServiceRun.start(service);
    await().atMost(LONG).until(() -> service.progress().control().applied() == 2);
    assertThat(service.progress().control().isPaused()).isTrue();
    stop(run);
  }

  @Test
  void a_portfolio_goes_back_too() throws Exception {
    job("auto", 3, "");
    feed(300);
    TuningService service = new TuningService(job, "a", List.of());
    ServiceRun run = ServiceRun.start(service);
    awaitSteps(service, 10);
    Snapshot early = snapshot(good("control", "snapshot"));
    feed(200);
    awaitSteps(service, early.step() + 5);
    Snapshot back = snapshot(good("control", "rollback", Long.toString(early.version())));
    assertThat(back.x()).containsExactly(early.x());
    stop(run);
    assertReplays();
  }

  @Test
  void a_model_whose_vectors_are_over_keyframes_goes_back_too() throws Exception {
    job("msgbio", 70, ", inline: 64, keyframe-every: 4");
    feed(300);
    TuningService service = new TuningService(job, "a", List.of());
    ServiceRun run = ServiceRun.start(service);
    awaitSteps(service, 10);
    Matcher early = good("control", "snapshot");
    feed(200);
    awaitSteps(service, Long.parseLong(early.group(1)) + 10);
    Matcher back = good("control", "rollback", early.group(2));
    assertThat(back.group(3)).isEqualTo("gone back to version " + early.group(2));
    stop(run);
    assertThat(whole(back).x()).hasSize(70).containsExactly(whole(early).x());
    assertThat(whole(back).y()).containsExactly(whole(early).y());
    assertReplays();
  }

  /** A snapshot whose long vectors the registry puts together. */
  private Snapshot whole(Matcher answer) {
    CommandRun get = run("snapshot", "get", answer.group(2), "--output", "json");
    assertThat(get.code()).as(get.err()).isZero();
    return CODEC.decode(get.out().strip().getBytes(UTF_8)).snapshot();
  }
}
