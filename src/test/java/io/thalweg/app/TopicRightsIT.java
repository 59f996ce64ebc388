package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.broker.EmbeddedBroker.Options;
import io.thalweg.broker.TestBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.SnapshotReader;
import io.thalweg.wire.SnapshotAlias;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The exported rights on a broker that enforces them: they are enough for every role, and not more
 * than enough. Passwords are the names of the users.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicRightsIT {
  private static final String JOB = "guarded";
  private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";

  @TempDir static Path folder;
  private EmbeddedBroker broker;
  private int guarded;

  @BeforeAll
  void guardedBroker() throws Exception {
    int open = freePort();
    int controller = freePort();
    guarded = freePort();
    broker =
        EmbeddedBroker.start(
            Options.DEFAULTS
                .on(open)
                .with(
                    Map.of(
                        "listeners",
                        "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d,GUARDED://127.0.0.1:%d"
                            .formatted(open, controller, guarded),
                        "advertised.listeners",
                        "PLAINTEXT://127.0.0.1:%d,GUARDED://127.0.0.1:%d".formatted(open, guarded),
                        "listener.security.protocol.map",
                        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,GUARDED:SASL_PLAINTEXT",
                        "controller.quorum.voters",
                        "1@127.0.0.1:" + controller,
                        "listener.name.guarded.sasl.enabled.mechanisms",
                        "PLAIN",
                        "listener.name.guarded.plain.sasl.jaas.config",
                        PLAIN
                            + " required user_solver=\"solver\" user_producer=\"producer\""
                            + " user_reader=\"reader\" user_operator=\"operator\""
                            + " user_owner=\"owner\" user_stranger=\"stranger\";",
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users",
                        "User:ANONYMOUS")));
    String admin = CommandRun.job(folder, JOB, broker.bootstrapServers()).toString();
    assertThat(CommandRun.of("topics", "apply", "-c", admin).code()).isZero();
    grant(
        CommandRun.of(
                "topics",
                "export",
                "-c",
                admin,
                "--format=acls",
                "--principal=solver=User:solver",
                "--principal=producer=User:producer",
                "--principal=reader=User:reader",
                "--principal=operator=User:operator",
                "--principal=owner=User:owner")
            .lines());
  }

  @AfterAll
  void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  @Test
  void the_roles_can_do_their_work() throws Exception {
    Path lower = Files.writeString(folder.resolve("lower.jsonl"), LOWER.repeat(40) + "bad\n");
    Path upper = Files.writeString(folder.resolve("upper.jsonl"), UPPER.repeat(40));
    done("producer", "produce", "--role=train", "--file=" + lower, "--check=none");
    done("producer", "produce", "--role=validation", "--file=" + upper);
    runAsSolver(
        () -> {
          operatorSteers();
          readerReads();
          ownerSeesWhatWasRefused();
        });
    // a restart reads its checkpoint, its snapshots and the commands of before
    done("operator", "control", "pause", "--no-wait");
    runAsSolver(() -> assertThat(done("operator", "control", "resume").out()).contains("applied"));
    assertThat(done("solver", "replay", "--verify").out()).contains("equal");
    done("solver", "snapshot", "pin", "latest");
    done("solver", "validate");
  }

  private void operatorSteers() throws Exception {
    for (String[] command :
        new String[][] {
          {"control", "pause"},
          {"control", "resume"},
          {"control", "snapshot"},
          {"control", "step-size", "0.5"},
          {"control", "rollback", "latest"}
        }) {
      assertThat(done("operator", command).out()).contains("applied");
    }
    assertThat(done("operator", "control", "log").out()).contains("step-size", "rollback");
  }

  private void readerReads() throws Exception {
    assertThat(done("reader", "watch", "--from-beginning", "--seconds=2", "--output=json").out())
        .contains("\"job\":\"" + JOB + "\"");
    done("reader", "snapshot", "list");
    done("reader", "snapshot", "export", "latest", "--format=npz", "--out=" + folder + "/m.npz");
    KafkaSettings settings =
        new KafkaSettings(
            new JobReader(Map.of(), List.of()).read(jobAs("reader")).kafka().values());
    try (SnapshotReader models =
        SnapshotReader.open(settings, JOB + ".snapshots", JOB, SnapshotAlias.LATEST)) {
      models.await(Duration.ofSeconds(30));
      assertThat(models.current().y()).hasSize(4);
    }
  }

  private void ownerSeesWhatWasRefused() throws Exception {
    Map<String, Object> settings =
        new HashMap<>(new JobReader(Map.of(), List.of()).read(jobAs("owner")).kafka().values());
    TopicPartition letters = new TopicPartition(JOB + ".dead-letters", 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(letters));
      consumer.seekToBeginning(List.of(letters));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
    }
  }

  /** Something done while the job runs and has published. */
  private interface Meanwhile {
    void act() throws Exception;
  }

  private void runAsSolver(Meanwhile meanwhile) throws Exception {
    JobConfig solver = new JobReader(Map.of(), List.of()).read(jobAs("solver"));
    ServiceRun run = ServiceRun.start(new TuningService(solver, null, List.of()));
    TestBroker superuser = TestBroker.around(broker);
    try {
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  run.await(Duration.ZERO) == null
                      && !superuser.readAll(JOB + ".snapshots", "read_committed").isEmpty());
      meanwhile.act();
    } finally {
      run.stop();
      run.await(Duration.ofSeconds(60));
    }
  }

  private CommandRun done(String user, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(words));
    command.add("--config=" + jobAs(user));
    CommandRun run = CommandRun.of(command.toArray(String[]::new));
    assertThat(run.code()).as("%s: %s%n%s", user, command, run.err()).isZero();
    return run;
  }

  @ParameterizedTest(name = "{0} may not {1}")
  @CsvSource({
    "operator, snapshot pin latest, Read on topic guarded.snapshots",
    "operator, snapshot list, Read on topic guarded.snapshots",
    "operator, produce --role=train --file=FILE, ",
    "operator, topics plan, 'Describe on topics guarded.checkpoints, guarded.dead-letters,"
        + " guarded.snapshots, guarded.train, guarded.validation'",
    "operator, validate, Describe on topics",
    "reader, produce --role=train --file=FILE, ",
    "reader, control pause, Read on topic guarded.control",
    "reader, control log, Read on topic guarded.control",
    "reader, snapshot pin latest, Write on topic guarded.snapshots",
    "reader, snapshot unpin, Write on topic guarded.snapshots",
    "reader, replay --verify, ",
    "owner, snapshot list, Read on topic guarded.snapshots",
    "owner, control pause, Read on topic guarded.control",
    "producer, snapshot list, Read on topic guarded.snapshots",
    "producer, snapshot export latest --format=npy --out=FILE, Read on topic guarded.snapshots",
    "producer, control pause, Read on topic guarded.control",
    "producer, watch --from-beginning --seconds=2, Read on topic guarded.snapshots",
    "producer, run, ",
    "stranger, snapshot list, Read on topic guarded.snapshots",
    "stranger, control pause, Read on topic guarded.control",
    "stranger, produce --role=train --file=FILE, "
  })
  void a_role_can_do_no_work_of_another(String user, String words, @Nullable String right)
      throws Exception {
    published();
    Path lower = Files.writeString(folder.resolve("one-" + user + ".jsonl"), LOWER);
    List<String> command =
        new ArrayList<>(List.of(words.replace("FILE", lower.toString()).split(" ")));
    command.add("--config=" + jobAs(user));
    CommandRun run = CommandRun.of(command.toArray(String[]::new));
    assertThat(run.code()).as(run.err() + run.out()).isEqualTo(ExitCode.BROKER);
    if (right != null) {
      assertThat(run.err()).contains("the right " + right, "is missing");
    }
    assertThat(run.err())
        .containsPattern("not authorise|refused by the broker: the right ")
        .contains("thalweg topics export --format acls")
        .doesNotContain("\tat ");
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  /** There is something to pin: a copy of what the solver would write. */
  private void published() throws Exception {
    TestBroker superuser = TestBroker.around(broker);
    if (superuser.readAll(JOB + ".snapshots", "read_committed").isEmpty()) {
      the_roles_can_do_their_work();
    }
  }

  @Test
  void the_solver_sees_its_topics_and_can_change_none() throws Exception {
    String solver = jobAs("solver").toString();
    CommandRun plan = CommandRun.of("topics", "plan", "-c", solver, "--detailed-exitcode");
    assertThat(plan.code()).as(plan.err() + plan.out()).isZero();
    Path drift = Files.createDirectories(folder.resolve("drift"));
    Files.writeString(
        drift.resolve("train.yaml"),
        Files.readString(Path.of(System.getProperty("project.basedir", "."), "topics/train.yaml"))
            .replace("max.message.bytes: 1048588", "max.message.bytes: 2097152"));
    CommandRun apply = CommandRun.of("topics", "apply", "-c", solver, "--folder", drift.toString());
    assertThat(apply.out()).contains("~ guarded.train ", "max.message.bytes: 1048588 -> 2097152");
    assertThat(apply.code()).isEqualTo(ExitCode.BROKER);
    assertThat(apply.err())
        .contains(
            "not authorise",
            "the right AlterConfigs on topic guarded.train is missing: that is for an"
                + " administrator")
        .doesNotContain("\tat ");
  }

  @Test
  void a_producer_cannot_read_snapshots() throws Exception {
    CommandRun read =
        CommandRun.of(
            "watch", "-c", jobAs("producer").toString(), "--from-beginning", "--seconds=2");
    assertThat(read.code()).isEqualTo(ExitCode.BROKER);
  }

  @Test
  void a_wrong_password_is_69_in_one_line() throws Exception {
    Path job = jobAs("solver");
    Files.writeString(
        job, Files.readString(job).replace("password=\\\"solver", "password=\\\"guess"));
    CommandRun run = CommandRun.of("topics", "plan", "-c", job.toString());
    assertThat(run.code()).isEqualTo(ExitCode.BROKER);
    assertThat(run.err()).contains("refused the login").doesNotContain("guess", "\tat ");
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  private static final String LOWER = "{\"q\":[1,1,1,1],\"a\":[0,0,0],\"b\":[0,0,0,0]}\n";
  private static final String UPPER = "{\"p\":[1,1,1],\"a\":[0,0,0],\"b\":[0,0,0,0]}\n";

  private Path jobAs(String user) throws Exception {
    Path own = Files.createDirectories(folder.resolve(user));
    Path job = CommandRun.job(own, JOB, "127.0.0.1:" + guarded);
    Files.writeString(
        job,
        Files.readString(job)
            .replace(
                "kafka: {",
                "kafka: {security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN,"
                    + " sasl.jaas.config: \""
                    + PLAIN
                    + " required username=\\\"%s\\\" password=\\\"%s\\\";\", "
                        .formatted(user, user)));
    return job;
  }

  /** Grants what the commands for kafka-acls.sh say. */
  private void grant(List<String> commands) throws Exception {
    List<AclBinding> bindings = new ArrayList<>();
    for (String command : commands) {
      assertThat(command)
          .startsWith("kafka-acls.sh --bootstrap-server " + broker.bootstrapServers());
      String principal = "";
      List<AclOperation> operations = new ArrayList<>();
      ResourcePattern resource = null;
      Iterator<String> words = Arrays.asList(command.split(" ", -1)).iterator();
      while (words.hasNext()) {
        switch (words.next()) {
          case "--allow-principal" -> principal = words.next().replace("'", "");
          case "--operation" -> operations.add(operation(words.next()));
          case "--topic" -> resource = literal(ResourceType.TOPIC, words.next());
          case "--group" -> resource = literal(ResourceType.GROUP, words.next());
          case "--transactional-id" ->
              resource = literal(ResourceType.TRANSACTIONAL_ID, words.next());
          default -> {}
        }
      }
      for (AclOperation operation : operations) {
        bindings.add(
            new AclBinding(
                resource,
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
      }
    }
    try (Admin admin = TestBroker.around(broker).admin()) {
      admin.createAcls(bindings).all().get(30, TimeUnit.SECONDS);
    }
  }

  private static ResourcePattern literal(ResourceType type, String name) {
    return new ResourcePattern(type, name, PatternType.LITERAL);
  }

  private static AclOperation operation(String word) {
    return word.equals("DescribeConfigs")
        ? AclOperation.DESCRIBE_CONFIGS
        : AclOperation.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", 0));
      return socket.getLocalPort();
    }
  }
}
