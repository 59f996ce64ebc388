package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.broker.TestBroker;
import io.thalweg.broker.WithBroker;
import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The raw file of a bank's calls: sent by {@code produce}, learned, published and recomputed. */
@WithBroker
@Timeout(180)
class RawDataIT {
  private static final int CALLS = 4_000;
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir private Path dir;
  private final TestBroker broker;

  RawDataIT(TestBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest(name = "{0} per record")
  @ValueSource(ints = {1, 256})
  void raw_csv_becomes_the_model_that_a_backtest_makes_of_it(int pack) throws Exception {
    Path file = dir.resolve("calls.csv");
    try (InputStream packed = RawDataIT.class.getResourceAsStream("/data/bank-full.csv.gz")) {
      assertThat(packed).isNotNull();
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8));
      // the year the bank called fewer people, and more of them said yes
      List<String> all = lines.lines().collect(Collectors.toList());
      List<String> some = all.subList(all.size() - CALLS, all.size());
      some.set(17, some.get(17).replaceFirst("[0-9]+", ""));
      some.add(0, all.get(0));
      Files.write(file, some);
    }
    String name = broker.unique("bank");
    Path yaml = dir.resolve("job.yaml");
    Files.writeString(
        yaml,
        """
        job: %s
        problem: {type: logistic-regression, features: 256, hyperparameters: {l2: {per: global}}}
        solver: {method: auto}
        samples:
          topic: %s.calls
          split: prequential
          format: csv
          separator: ";"
          header: [age, job, marital, education, default, balance, housing, loan, contact, day,
            month, duration, campaign, pdays, previous, poutcome, y]
          classes: ["no", "yes"]
          missing: mean
          standardize: true
        topics: {partitions: 1}
        snapshots: {every: {steps: 20}}
        kafka: {bootstrap.servers: "%s"}
        """
            .formatted(name, name, broker.bootstrap()));
    assertThat(CommandRun.of("topics", "apply", "-c", yaml.toString()).code()).isZero();
    String[] produce = {
      "produce", "-c", yaml.toString(), "--file", file.toString(), "--check=sample"
    };
    if (pack > 1) {
      produce =
          new String[] {
            "produce", "-c", yaml.toString(), "--file", file.toString(), "--pack=" + pack
          };
    }
    CommandRun sent = CommandRun.of(produce);
    assertThat(sent.code()).as(sent.err()).isZero();

    run(new JobReader(Map.of(), List.of()).read(yaml));

    CommandRun watch =
        CommandRun.of(
            "watch", "-c", yaml.toString(), "--output=json", "--from-beginning", "--seconds=2");
    JsonNode last = new ObjectMapper().readTree(watch.lines().get(watch.lines().size() - 1));
    assertThat(last.get("metrics").get("samples-lower").longValue()).isEqualTo(CALLS);
    assertThat(last.get("metrics").get("missing-entries").longValue()).isEqualTo(1);
    CommandRun replay = CommandRun.of("replay", "-c", yaml.toString(), "--verify");
    assertThat(replay.code()).as(replay.err() + replay.out()).isZero();

    CommandRun backtest =
        CommandRun.of(
            "backtest",
            "-c",
            yaml.toString(),
            "--samples",
            file.toString(),
            "--snapshots",
            dir.resolve("out.jsonl").toString());
    assertThat(backtest.code()).as(backtest.err()).isZero();
    List<String> tested = Files.readAllLines(dir.resolve("out.jsonl"));
    JsonNode same = new ObjectMapper().readTree(tested.get(tested.size() - 1));
    // the same records in their order: the same sum, whatever batches they came in
    assertThat(last.get("metrics").get("prequential-loss-mixed"))
        .isEqualTo(same.get("metrics").get("prequential-loss-mixed"));
    assertThat(last.get("metrics").get("prequential-loss").doubleValue())
        .isCloseTo(same.get("metrics").get("prequential-loss").doubleValue(), within(1e-12));
  }

  private static void run(JobConfig job) throws Exception {
    TuningService service = new TuningService(job, "test", List.of());
    ServiceRun run = ServiceRun.start(service);
    await()
        .atMost(LONG)
        .until(
            () ->
                run.await(Duration.ofMillis(50)) != null || service.progress().samples() >= CALLS);
    run.stop();
    assertThat(run.await(LONG)).isNotNull();
  }
}
