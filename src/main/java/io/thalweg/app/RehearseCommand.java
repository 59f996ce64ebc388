package io.thalweg.app;

import io.thalweg.kafka.KafkaFailure;
import io.thalweg.kafka.KafkaSettings;
import io.thalweg.kafka.LeaderElection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Loads what {@code run} loads, for {@code archive} to write down: a job on two small files, and
 * the Kafka clients against a port where nobody is. Prints nothing and asks nothing of anybody.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Loads the classes of a run and ends; used by 'thalweg archive'.")
final class RehearseCommand implements Callable<Integer> {
  private static final String NOBODY = "127.0.0.1:1";
  private static final int STEPS = 200;

  RehearseCommand() {}

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("thalweg-rehearsal-");
    Path job = folder.resolve("job.yaml");
    Path samples = folder.resolve("samples.jsonl");
    try {
      Files.writeString(
          job,
          """
          job: rehearsal
          problem: {type: logistic-regression, features: 2}
          solver: {method: vr-msgbio, hypergradient: linear-system, batch: {lower: 2, upper: 1}}
          kafka: {bootstrap.servers: "%s"}
          """
              .formatted(NOBODY));
      Files.writeString(
          samples, "{\"x\":[0.5,-1.25],\"y\":1}\n{\"x\":[-1,0.1],\"y\":0}\n".repeat(STEPS));
      CommandLine line = Thalweg.commandLine();
      line.setOut(new PrintWriter(Writer.nullWriter()));
      int code =
          line.execute(
              "backtest",
              "--config=" + job,
              "--train=" + samples,
              "--validation=" + samples,
              "--snapshots=" + folder.resolve("snapshots.jsonl"));
      clients();
      return code;
    } finally {
      for (String file : List.of("snapshots.jsonl", "samples.jsonl", "job.yaml")) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.deleteIfExists(folder);
    }
  }

  /** Each client is made and finds nobody. */
  private static void clients() {
    Map<String, String> settings =
        Map.of(
            "bootstrap.servers", NOBODY,
            "request.timeout.ms", "100",
            "default.api.timeout.ms", "100",
            "delivery.timeout.ms", "1000",
            "max.block.ms", "100");
    Duration moment = Duration.ofMillis(50);
    try {
      LeaderElection.join(new KafkaSettings(settings), "rehearsal", "rehearsal.control", null)
          .close();
    } catch (KafkaFailure nobody) {
      // as expected
    }
    Map<String, Object> consumer = new HashMap<>(settings);
    consumer.keySet().removeAll(List.of("delivery.timeout.ms", "max.block.ms"));
    consumer.put("group.id", "rehearsal");
    consumer.put("enable.auto.commit", "false");
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> made = new KafkaConsumer<>(consumer, bytes, bytes)) {
      made.subscribe(List.of("rehearsal"));
      made.poll(moment);
      made.close(CloseOptions.timeout(moment));
    }
    try (Producer<byte[], byte[]> made = Feeding.producer(settings, 1024)) {
      made.partitionsFor("rehearsal");
    } catch (KafkaException nobody) {
      return; // as expected
    }
  }
}
