package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels in a file of their own. */
class LateLabelsBacktestTest {
  private static final int RECORDS = 500;

  @TempDir private Path dir;

  private static double a(int i) {
    return StrictMath.sin(i * 1.7);
  }

  private static double b(int i) {
    return StrictMath.cos(i * 2.3);
  }

  private static int label(int i) {
    return a(i) + 0.3 * b(i) > 0.2 * StrictMath.sin(i * 11.1) ? 1 : 0;
  }

  private String job(String samples) throws IOException {
    Path file = dir.resolve("job" + samples.length() + ".yaml");
    Files.writeString(
        file,
        """
        job: late
        problem: {type: logistic-regression, features: 2}
        solver: {method: auto, batch: {lower: 7, upper: 7}}
        samples: %s
        snapshots: {every: {steps: 100000}}
        """
            .formatted(samples));
    return file.toString();
  }

  private static final String APART = "{topic: calls, labels: {topic: outcomes}}";
  private static final String WHOLE = "{topic: calls, split: prequential}";

  private JsonNode last(String job, String... more) throws IOException {
    CommandRun run = run(job, more);
    assertThat(run.code()).as(run.err()).isZero();
    List<String> lines = Files.readAllLines(dir.resolve("out.jsonl"));
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  private CommandRun run(String job, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("backtest", "-c", job, "--snapshots", dir.resolve("out.jsonl").toString()));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray(new String[0]));
  }

  private String write(String name, List<String> lines) throws IOException {
    return Files.write(dir.resolve(name), lines).toString();
  }

  @ParameterizedTest(name = "{0} records late, order by {1}")
  @CsvSource({"0,count", "1,count", "30,count", "30,time", "0,turns"})
  void the_numbers_are_those_of_the_label_delay_bit_for_bit(int delay, String order)
      throws IOException {
    boolean timed = order.equals("time");
    List<String> whole = new ArrayList<>();
    List<String> records = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      String x = "\"x\":[" + a(i) + "," + b(i) + "]";
      String id = "{\"id\":" + (17 * i);
      whole.add("{" + x + ",\"y\":" + label(i) + "}");
      records.add(id + "," + x + (timed ? ",\"t\":" + (1000 * i) : "") + "}");
      if (i < RECORDS - delay) { // the others come after the end
        String t = timed ? ",\"t\":" + (1000 * (i + delay) + 1) : "";
        labels.add(id + ",\"y\":" + label(i) + t + "}");
      }
    }
    String calls = write("calls.jsonl", records);
    String outcomes = write("outcomes.jsonl", labels);
    List<String> more = new ArrayList<>(List.of("--samples", calls, "--labels", outcomes));
    if (order.equals("count")) {
      more.addAll(List.of("--label-delay", Integer.toString(delay)));
    }
    JsonNode apart = last(job(APART), more.toArray(new String[0]));
    JsonNode simulated =
        last(
            job(WHOLE),
            "--samples",
            write("whole.jsonl", whole),
            "--label-delay",
            Integer.toString(delay));
    for (String part : List.of("x", "y", "members", "upper")) {
      assertThat(apart.get(part)).as(part).isNotNull().isEqualTo(simulated.get(part));
    }
    for (String figure : List.of("reference-loss", "prequential-loss-mixed", "share-reference")) {
      assertThat(apart.at("/metrics/" + figure)).isEqualTo(simulated.at("/metrics/" + figure));
    }
    // summed up batch by batch, and batches differ
    assertThat(apart.at("/metrics/prequential-loss").doubleValue())
        .isCloseTo(simulated.at("/metrics/prequential-loss").doubleValue(), within(1e-12))
        .isPositive();
    assertThat(apart.at("/metrics/label-delay").doubleValue()).isEqualTo(delay);
    assertThat(apart.at("/metrics/waiting-records").intValue()).isEqualTo(delay);
    assertThat(apart.at("/metrics/samples-lower").intValue()).isEqualTo(RECORDS);
    assertThat(apart.at("/metrics/samples-upper").intValue()).isEqualTo(RECORDS - delay);
  }

  @Test
  void csv_with_ids_in_both_files() throws IOException {
    List<String> records = new ArrayList<>(List.of("id,x0,x1"));
    List<String> labels = new ArrayList<>(List.of("y,id"));
    for (int i = 0; i < RECORDS; i++) {
      records.add("c" + i + "," + a(i) + "," + b(i));
      labels.add(label(i) + ",c" + i);
    }
    JsonNode end =
        last(
            job(APART),
            "--samples",
            write("calls.csv", records),
            "--labels",
            write("outcomes.csv", labels));
    assertThat(end.at("/metrics/samples-upper").intValue()).isEqualTo(RECORDS);
    assertThat(end.at("/metrics/waiting-records").intValue()).isZero();
    assertThat(end.at("/metrics/rejected-samples").intValue()).isZero();
  }

  @Test
  void unmatched_labels_are_dead_letters_with_the_line_they_were_on() throws IOException {
    List<String> records = new ArrayList<>();
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      records.add("{\"id\":" + i + ",\"x\":[" + a(i) + "," + b(i) + "]}");
      labels.add("{\"id\":" + (i == 4 ? 9999 : i) + ",\"y\":" + label(i) + "}");
    }
    JsonNode end =
        last(
            job(APART),
            "--set",
            "samples.labels.expire.records=20",
            "--samples",
            write("calls.jsonl", records),
            "--labels",
            write("outcomes.jsonl", labels),
            "--dead-letters",
            dir.resolve("dead.jsonl").toString());
    assertThat(end.at("/metrics/unmatched-labels").intValue()).isEqualTo(1);
    assertThat(end.at("/metrics/expired-records").intValue()).isEqualTo(1);
    List<String> dead = Files.readAllLines(dir.resolve("dead.jsonl"));
    assertThat(dead).hasSize(1);
    assertThat(dead.get(0))
        .contains("outcomes.jsonl:5")
        .contains("no record of this id came within 20 records or labels of it");
  }

  private static final List<String> CALLS =
      List.of("{\"id\":1,\"x\":[1,2]}", "{\"id\":2,\"x\":[2,1]}", "{\"id\":3,\"x\":[0,1]}");
  private static final List<String> OUTCOMES = List.of("{\"id\":1,\"y\":1}", "{\"id\":9,\"y\":0}");

  @Test
  void the_summary_says_where_records_and_labels_stand() throws IOException {
    CommandRun run =
        run(
            job(APART),
            "--samples",
            write("calls.jsonl", CALLS),
            "--labels",
            write("outcomes.jsonl", OUTCOMES));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains("labels: 1 joined, 2 records wait, 0 expired, 1 early, 0 unmatched")
        .doesNotContain("nothing was learned");
    CommandRun none =
        run(
            job(APART),
            "--samples",
            write("calls.jsonl", CALLS),
            "--labels",
            write("outcomes.jsonl", List.of("{\"id\":77,\"y\":1}")));
    assertThat(none.err()).contains("no label met its record, so nothing was learned");
  }

  @Test
  void labels_that_would_come_after_the_last_record_never_come() throws IOException {
    String whole = write("whole.jsonl", List.of("{\"x\":[1,2],\"y\":1}", "{\"x\":[2,1],\"y\":0}"));
    CommandRun run = run(job(WHOLE), "--samples", whole, "--label-delay", "2");
    assertThat(run.code()).isZero();
    assertThat(run.err())
        .contains("no label ever came")
        .contains("--label-delay 2 is no less than the number of records, 2");
    CommandRun one = run(job(WHOLE), "--samples", whole, "--label-delay", "1");
    assertThat(one.err()).doesNotContain("no label ever came");
  }

  @Test
  void what_is_wrong_with_a_delay_is_said_of_the_option_that_was_typed() throws IOException {
    String whole = write("whole.jsonl", List.of("{\"x\":[1,2],\"y\":1}"));
    CommandRun run = run(job(WHOLE), "--samples", whole, "--label-delay", "200000");
    assertThat(run.code()).isNotZero();
    assertThat(run.err())
        .contains("--label-delay: solver.label-delay: expected a whole number in [0, 100000]")
        .doesNotContain("--set");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"swapped", "swapped csv", "separator", "empty"})
  void the_likely_cause_is_named(String what) throws IOException {
    String calls = write("calls.jsonl", CALLS);
    String outcomes = write("outcomes.jsonl", OUTCOMES);
    CommandRun run =
        switch (what) {
          case "swapped" -> run(job(APART), "--samples", outcomes, "--labels", calls);
          case "swapped csv" ->
              run(
                  job(APART),
                  "--samples",
                  write("outcomes.csv", List.of("id,y", "c1,1")),
                  "--labels",
                  write("calls.csv", List.of("id,x0,x1", "c1,1,2")));
          case "separator" ->
              run(
                  job(APART),
                  "--samples",
                  write("calls.csv", List.of("id;x0;x1", "c1;1;2")),
                  "--labels",
                  write("outcomes.csv", List.of("id;y", "c1;1")));
          default ->
              run(job(APART), "--samples", calls, "--labels", write("none.jsonl", List.of()));
        };
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err())
        .contains(
            switch (what) {
              case "swapped", "swapped csv" -> "--samples and --labels look swapped";
              case "separator" ->
                  "calls.csv:1: the line is one cell, for cells are separated by \",\", but 3 where"
                      + " they are by \";\"; samples.separator: \";\" says so";
              default -> "none.jsonl: the file is empty";
            });
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"labels for a whole job", "no labels", "negative", "repeat"})
  void what_does_not_go_together_is_refused(String what) throws IOException {
    String calls = write("calls.jsonl", List.of("{\"id\":1,\"x\":[1,2]}"));
    CommandRun run =
        switch (what) {
          case "labels for a whole job" -> run(job(WHOLE), "--samples", calls, "--labels", calls);
          case "no labels" -> run(job(APART), "--samples", calls);
          case "negative" -> run(job(WHOLE), "--samples", calls, "--label-delay", "-1");
          default -> run(job(APART), "--samples", calls, "--labels", calls, "--repeat", "2");
        };
    assertThat(run.code()).isNotZero();
    assertThat(run.err())
        .contains(
            switch (what) {
              case "labels for a whole job" -> "name their topic as samples.labels.topic";
              case "no labels" -> "name the files of both with --samples and --labels";
              case "negative" -> "--label-delay must be at least 0, but was -1";
              default -> "--labels takes one pass";
            });
  }
}
