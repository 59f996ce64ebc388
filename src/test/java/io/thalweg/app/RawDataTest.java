package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as users have them, from the command line to the published model. */
class RawDataTest {
  /** Without a step size of the data's own. */
  static final String BANK =
      """
      job: bank
      problem: {type: logistic-regression, features: 256, hyperparameters: {l2: {per: global}}}
      solver: {method: auto}
      samples:
        topic: bank.calls
        split: prequential
        format: csv
        separator: ";"
        classes: ["no", "yes"]
        standardize: true
      """;

  @TempDir private Path dir;

  @BeforeEach
  void job() throws Exception {
    Files.writeString(dir.resolve("bank.yaml"), BANK);
  }

  private String path(String name) {
    return dir.resolve(name).toString();
  }

  private CommandRun backtest(String job, String samples, String... more) {
    List<String> args = new ArrayList<>(List.of("backtest", "-c", path(job)));
    args.addAll(List.of("--samples", path(samples), "--snapshots", path("out.jsonl")));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray(new String[0]));
  }

  private List<JsonNode> snapshots() throws Exception {
    List<JsonNode> out = new ArrayList<>();
    for (String line : Files.readAllLines(dir.resolve("out.jsonl"))) {
      out.add(new ObjectMapper().readTree(line));
    }
    return out;
  }

  private static double metric(JsonNode snapshot, String name) {
    return snapshot.get("metrics").get(name).doubleValue();
  }

  private static double[] numbers(JsonNode array) {
    double[] out = new double[array.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = array.get(i).doubleValue();
    }
    return out;
  }

  /** The raw file of the bank's calls, from each of the three starts. */
  @ParameterizedTest(name = "start {0}, {1}")
  @CsvSource({"0.003, dense", "0.1, dense", "1, dense", "0.1, sparse"})
  void the_raw_bank_file_is_learned_as_well_as_a_prepared_one(String start, String encoding)
      throws Exception {
    try (InputStream packed = RawDataTest.class.getResourceAsStream("/data/bank-full.csv.gz");
        OutputStream out = Files.newOutputStream(dir.resolve("bank-full.csv"))) {
      assertThat(packed).isNotNull();
      new GZIPInputStream(packed).transferTo(out);
    }
    CommandRun run =
        backtest(
            "bank.yaml",
            "bank-full.csv",
            "--set=solver.start.step-size=" + start,
            "--set=problem.encoding=" + encoding);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("45211 samples", " 0 rejected");
    List<JsonNode> all = snapshots();
    JsonNode last = all.get(all.size() - 1);
    assertThat(metric(last, "prequential-loss")).isLessThan(0.2165);
    assertThat(metric(last, "prequential-loss-mixed")).isLessThan(0.2165);
    assertThat(metric(last, "missing-entries")).isZero();
  }

  /** Every record is scored by hand with the snapshot published before it, and nothing else. */
  @Test
  void a_snapshot_is_all_it_takes_to_score_a_raw_record() throws Exception {
    Files.writeString(
        dir.resolve("raw.yaml"),
        """
        job: raw
        problem: {type: logistic-regression, features: 3}
        solver: {method: auto, batch: {lower: 1, upper: 1}}
        samples: {topic: t, split: prequential, standardize: true}
        snapshots: {every: {steps: 1}}
        """);
    List<double[]> rows = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double a = 1e4 + 2e3 * StrictMath.sin(i * 1.7);
      double b = 1e-3 * StrictMath.cos(i * 2.3) * (i % 40 == 39 ? 300 : 1);
      double label = StrictMath.sin(i * 1.7) + 1e3 * b > 0 ? 1 : 0;
      rows.add(new double[] {a, b, 7, label});
      lines.add("{\"x\":[" + a + "," + b + ",7],\"y\":" + (int) label + "}");
    }
    Files.write(dir.resolve("raw.jsonl"), lines);
    assertThat(backtest("raw.yaml", "raw.jsonl").code()).isZero();
    List<JsonNode> all = snapshots();
    assertThat(all).hasSize(301); // the initial point, and one for each record
    double loss = 0;
    for (int i = 0; i < rows.size(); i++) {
      double[] x = rows.get(i);
      double[] y = numbers(all.get(i).get("y"));
      double[] low = numbers(all.get(i).get("range").get("low"));
      double[] high = numbers(all.get(i).get("range").get("high"));
      double score = y[3];
      for (int j = 0; j < 3; j++) {
        score += y[j] * Math.min(high[j], Math.max(low[j], x[j]));
      }
      loss += Math.log1p(Math.exp(x[3] == 1 ? -score : score));
    }
    JsonNode last = all.get(300);
    assertThat(loss / 300).isCloseTo(metric(last, "prequential-loss"), within(1e-9));
    assertThat(metric(last, "prequential-loss")).isLessThan(0.5);
    assertThat(metric(last, "clipped-entries")).isPositive();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"reject", "mean", "zero"})
  void gaps_are_refused_or_filled_as_the_job_says(String missing) throws Exception {
    List<String> lines = new ArrayList<>(List.of("age;job;y"));
    for (int i = 0; i < 200; i++) {
      lines.add((i % 10 == 3 ? "" : 30 + i % 17) + ";" + (i % 3 == 0 ? "clerk" : "cook") + ";no");
    }
    Files.write(dir.resolve("gaps.csv"), lines);
    CommandRun run = backtest("bank.yaml", "gaps.csv", "--set=samples.missing=" + missing);
    assertThat(run.code()).as(run.err()).isZero();
    boolean reject = missing.equals("reject");
    assertThat(run.err()).contains((reject ? 180 : 200) + " samples");
    assertThat(run.err()).contains(reject ? "age is missing" : " 0 rejected");
    List<JsonNode> all = snapshots();
    assertThat(metric(all.get(all.size() - 1), "missing-entries"))
        .isEqualTo(missing.equals("mean") ? 20 : 0);
  }

  /** The share goes to the upper level by the hash of the id; importance weights count. */
  @Test
  void one_file_is_split_by_the_hash_of_ids_and_weighed() throws Exception {
    List<String> lines = new ArrayList<>(List.of("id;age;w;y"));
    for (int i = 0; i < 400; i++) {
      boolean old = i % 31 > 15;
      boolean counts = i % 2 == 1; // the others say the opposite
      lines.add(
          i + ";" + (20 + i % 31) + ";" + (counts ? 1 : 0) + ";" + (old == counts ? "yes" : "no"));
    }
    Files.write(dir.resolve("ids.csv"), lines);
    CommandRun run =
        backtest(
            "bank.yaml",
            "ids.csv",
            "--set=samples.split={upper: 0.25}",
            "--set=solver.batch={lower: 3, upper: 1}");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode last = snapshots().get(snapshots().size() - 1);
    // a quarter of 400, or less where the training samples ran out first
    assertThat(metric(last, "samples-upper")).isBetween(80.0, 115.0);
    assertThat(metric(last, "prequential-loss")).isLessThan(0.5);
    assertThat(metric(last, "prequential-error")).isLessThan(0.2);
  }
}
