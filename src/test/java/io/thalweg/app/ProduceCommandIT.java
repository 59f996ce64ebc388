package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.broker.EmbeddedBroker;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithBroker
class ProduceCommandIT {
  private static final String LOWER =
      "{\"q\":[0,0,0,0],\"a\":[0,0,0],\"b\":[0,0,0,0],\"e\":[0,0,0,%d]}\n";

  @TempDir Path folder;

  @Test
  void a_file_becomes_records_in_order_each_once(TestBroker broker) throws Exception {
    String name = broker.unique("produce");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    broker.create(name + ".train", 1);
    Path file = folder.resolve("train.jsonl.gz");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      text.append(String.format(LOWER, i));
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.toString().getBytes(UTF_8));
    }
    CommandRun run =
        CommandRun.of(
            "produce", "-c", job, "--role=train", "--check=sample", "--file", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("5000 records, ").contains(" to " + name + ".train in ");
    assertThat(values(broker, name + ".train")).isEqualTo(text.toString().lines().toList());
  }

  @Test
  void a_line_the_problem_cannot_use_stops_before_it_is_sent(TestBroker broker) throws Exception {
    String name = broker.unique("check");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    broker.create(name + ".validation", 1);
    Path file = folder.resolve("valid.jsonl");
    String good = "{\"p\":[1,2,3],\"a\":[1,2,3],\"b\":[1,2,3,4],\"s\":[1,2,3],\"t\":[0,0,0,0]}";
    Files.writeString(file, good + "\n" + good.replace("[1,2,3,4]", "[1,2]") + "\n");
    CommandRun run =
        CommandRun.of("produce", "-c", job, "--role=validation", "--file", file.toString());
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("valid.jsonl:2: ", "4", "2").doesNotContain("\tat ");
    assertThat(values(broker, name + ".validation")).containsExactly(good);
    CommandRun records =
        CommandRun.of(
            "produce", "-c", job, "--role=validation", "--check=record", "--file", file.toString());
    assertThat(records.code()).as(records.err()).isZero();
    assertThat(values(broker, name + ".validation")).hasSize(3);
  }

  @Test
  void csv_loses_its_titles_and_gains_a_content_type(TestBroker broker) throws Exception {
    String name = broker.unique("csv");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    broker.create(name + ".train", 1);
    Path file = folder.resolve("train.csv");
    String titles = "q0,q1,q2,q3,a0,a1,a2,b0,b1,b2,b3,e0,e1,e2,e3";
    Files.writeString(file, titles + "\n" + "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n");
    CommandRun run =
        CommandRun.of(
            "produce", "-c", job, "--role=train", "--check=sample", "--file", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    var records = broker.readAll(name + ".train", "read_committed");
    assertThat(records).hasSize(1);
    assertThat(new String(records.get(0).value(), UTF_8)).startsWith("1,2,3");
    assertThat(records.get(0).headers().lastHeader("content-type").value())
        .asString(UTF_8)
        .isEqualTo("text/csv");
  }

  @Test
  void a_missing_topic_is_78_with_the_command_to_type(TestBroker broker) throws Exception {
    String name = broker.unique("missing");
    String job = CommandRun.job(folder, name, broker.bootstrap()).toString();
    Path file = folder.resolve("t.jsonl");
    Files.writeString(file, "{}\n");
    CommandRun run = CommandRun.of("produce", "-c", job, "--role=train", "--file", file.toString());
    assertThat(run.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "topic "
                + name
                + ".train does not exist on "
                + broker.bootstrap()
                + "; create it with: thalweg topics apply -c "
                + job);
  }

  @Test
  void a_broker_that_is_not_there_is_69() throws Exception {
    String job = CommandRun.job(folder, "nobody", "127.0.0.1:1").toString();
    Path file = folder.resolve("t.jsonl");
    Files.writeString(file, "{}\n");
    CommandRun run = CommandRun.of("produce", "-c", job, "--role=train", "--file", file.toString());
    assertThat(run.code()).isEqualTo(ExitCode.BROKER);
    assertThat(run.err().strip().lines()).hasSize(1);
  }

  @Test
  void records_sent_while_the_broker_stands_still_arrive_when_it_goes_on() throws Exception {
    try (EmbeddedBroker own = EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS)) {
      TestBroker broker = TestBroker.around(own);
      String job = CommandRun.job(folder, "pause", broker.bootstrap()).toString();
      broker.create("pause.train", 1);
      Path file = folder.resolve("t.jsonl");
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 400; i++) {
        text.append("{\"n\":").append(i).append("}\n");
      }
      Files.writeString(file, text);
      Thread hiccup =
          new Thread(
              () -> {
                own.pause();
                try {
                  Thread.sleep(1_500); // longer than the schedule: the records are late, not fewer
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                own.resume();
              });
      // the topic is looked up first; then the schedule begins
      java.util.concurrent.CompletableFuture<CommandRun> run =
          java.util.concurrent.CompletableFuture.supplyAsync(
              () ->
                  CommandRun.of(
                      "produce",
                      "-c",
                      job,
                      "--role=train",
                      "--rate=200",
                      "--check=record",
                      "--file",
                      file.toString()));
      org.awaitility.Awaitility.await()
          .atMost(java.time.Duration.ofSeconds(60))
          .until(() -> !values(broker, "pause.train").isEmpty());
      hiccup.start();
      hiccup.join();
      assertThat(run.get(120, java.util.concurrent.TimeUnit.SECONDS).code()).isZero();
      assertThat(values(broker, "pause.train")).isEqualTo(text.toString().lines().toList());
    }
  }

  private static List<String> values(TestBroker broker, String topic) {
    return broker.readAll(topic, "read_committed").stream()
        .map(r -> new String(r.value(), UTF_8))
        .toList();
  }
}
