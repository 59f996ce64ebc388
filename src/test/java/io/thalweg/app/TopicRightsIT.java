package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.broker.EmbeddedBroker.Options;
import io.thalweg.broker.TestBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

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
                            + " user_reader=\"reader\";",
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
                "--principal=reader=User:reader")
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
    Path lower = Files.writeString(folder.resolve("lower.jsonl"), LOWER.repeat(40));
    Path upper = Files.writeString(folder.resolve("upper.jsonl"), UPPER.repeat(40));
    String producer = jobAs("producer").toString();
    for (String[] send :
        new String[][] {{"train", lower.toString()}, {"validation", upper.toString()}}) {
      CommandRun run =
          CommandRun.of("produce", "-c", producer, "--role", send[0], "--file", send[1]);
      assertThat(run.code()).as(run.err()).isZero();
    }
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
    } finally {
      run.stop();
      run.await(Duration.ofSeconds(60));
    }
    CommandRun watch =
        CommandRun.of(
            "watch",
            "-c",
            jobAs("reader").toString(),
            "--from-beginning",
            "--seconds=2",
            "--output=json");
    assertThat(watch.code()).as(watch.err()).isZero();
    assertThat(watch.out()).contains("\"job\":\"" + JOB + "\"");
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
    assertThat(apply.err()).contains("not authorise").doesNotContain("\tat ");
  }

  @Test
  void a_producer_cannot_read_nor_a_reader_write() throws Exception {
    Path lower = Files.writeString(folder.resolve("one.jsonl"), LOWER);
    CommandRun write =
        CommandRun.of(
            "produce",
            "-c",
            jobAs("reader").toString(),
            "--role=train",
            "--file",
            lower.toString());
    assertThat(write.code()).isEqualTo(ExitCode.BROKER);
    assertThat(write.err()).contains("not authorise").doesNotContain("\tat ");
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
