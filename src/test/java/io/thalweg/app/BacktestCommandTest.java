package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.wire.SnapshotCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacktestCommandTest {
  private static final String JOB =
      """
      job: churn
      problem: {type: logistic-regression, features: 2}
      solver: {method: msgbio, hypergradient: dense, batch: {lower: 8, upper: 4}}
      snapshots: {every: {steps: 10, time: 1ms}}
      """;

  @TempDir private Path dir;
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void job() throws IOException {
    Files.writeString(dir.resolve("job.yaml"), JOB);
  }

  private int backtest(String... more) {
    List<String> args = new ArrayList<>(List.of("backtest", "-c", path("job.yaml")));
    args.addAll(List.of("--snapshots", path("out.jsonl"), "--dead-letters", path("dead.jsonl")));
    args.addAll(List.of(more));
    return Thalweg.commandLine().setErr(new PrintWriter(err)).execute(args.toArray(new String[0]));
  }

  private String path(String name) {
    return dir.resolve(name).toString();
  }

  private List<JsonNode> lines(String name) throws IOException {
    List<JsonNode> out = new ArrayList<>();
    for (String line : Files.readAllLines(dir.resolve(name))) {
      out.add(new ObjectMapper().readTree(line));
    }
    return out;
  }

  /** Deterministic numbers without a pattern the method could fall for. */
  private static List<String> samples(int from, int count) {
    List<String> out = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      double a = StrictMath.sin(i * 1.7);
      double b = StrictMath.cos(i * 2.3);
      out.add("{\"x\":[" + a + "," + b + "],\"y\":" + (a + 0.3 * b > 0 ? 1 : 0) + "}");
    }
    return out;
  }

  private void write(String name, List<String> lines) throws IOException {
    Files.write(dir.resolve(name), lines);
  }

  private String[] levels(String train, String validation) {
    return new String[] {"--train", path(train), "--validation", path(validation)};
  }

  @Test
  void snapshots_come_by_steps_and_at_the_end_and_never_by_the_clock() throws IOException {
    write("t.jsonl", samples(0, 25 * 8 + 3));
    write("v.jsonl", samples(1000, 26 * 4));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).as(err.toString()).isZero();
    List<JsonNode> out = lines("out.jsonl");
    assertThat(out.stream().map(s -> s.get("step").longValue())).containsExactly(10L, 20L, 26L);
    assertThat(out.stream().map(s -> s.get("version").longValue())).containsExactly(1L, 2L, 3L);
    JsonNode last = out.get(2);
    assertThat(last.at("/offsets/churn.train/0").longValue()).isEqualTo(203);
    assertThat(last.at("/offsets/churn.validation/0").longValue()).isEqualTo(104);
    assertThat(last.at("/ledger/runs").toString())
        .isEqualTo("[[5,[0,1,0,8,1,1,1,4]],[1,[0,1,0,3,1,1,1,4]]]");
    assertThat(err.toString()).contains("26 steps (0 refused), 3 snapshots").contains("0 rejected");
    assertThat(dir.resolve("dead.jsonl")).isEmptyFile();
  }

  @Test
  void two_backtests_of_the_same_files_give_the_same_numbers() throws IOException {
    write("t.jsonl", samples(0, 400));
    write("v.jsonl", samples(1000, 200));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isZero();
    List<JsonNode> first = lines("out.jsonl");
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isZero();
    List<JsonNode> second = lines("out.jsonl");
    for (String key : List.of("step", "x", "y", "upper", "metrics", "offsets", "ledger")) {
      assertThat(second.stream().map(s -> s.get(key)).toList())
          .isEqualTo(first.stream().map(s -> s.get(key)).toList());
    }
  }

  @Test
  void a_portfolio_publishes_members_whose_weighted_sum_is_y() throws IOException {
    Files.writeString(
        dir.resolve("job.yaml"),
        """
        job: churn
        problem: {type: logistic-regression, features: 2}
        solver: {method: auto, batch: {lower: 8, upper: 8}}
        samples: {topic: all, split: prequential}
        snapshots: {every: {steps: 10, time: 1ms}}
        """);
    write("all.jsonl", samples(0, 800));
    assertThat(backtest("--samples", path("all.jsonl"))).as(err.toString()).isZero();
    List<JsonNode> out = lines("out.jsonl");
    assertThat(out).hasSizeGreaterThan(5);
    for (JsonNode snapshot : out) {
      double weights = 0;
      double[] sum = new double[snapshot.get("y").size()];
      List<String> names = new ArrayList<>();
      for (JsonNode member : snapshot.get("members")) {
        names.add(member.get("name").textValue());
        weights += member.get("weight").doubleValue();
        assertThat(member.get("y")).hasSize(sum.length);
        for (int j = 0; j < sum.length; j++) {
          sum[j] += member.get("weight").doubleValue() * member.at("/y/" + j).doubleValue();
        }
      }
      assertThat(names)
          .hasSizeGreaterThan(2)
          .doesNotHaveDuplicates()
          .startsWith("reference")
          .isEqualTo(names(out.get(0)));
      assertThat(weights).isCloseTo(1, within(1e-12));
      for (int j = 0; j < sum.length; j++) {
        assertThat(sum[j]).isCloseTo(snapshot.at("/y/" + j).doubleValue(), within(1e-12));
      }
    }
    JsonNode last = out.get(out.size() - 1);
    assertThat(last.at("/members/0/y")).isNotEqualTo(last.at("/members/1/y"));
    assertThat(last.at("/members/0/weight").doubleValue())
        .isNotEqualTo(out.get(0).at("/members/0/weight").doubleValue());
  }

  private static List<String> names(JsonNode snapshot) {
    List<String> names = new ArrayList<>();
    snapshot.get("members").forEach(member -> names.add(member.get("name").textValue()));
    return names;
  }

  @Test
  void the_lines_are_a_chain_that_the_codec_reads() throws IOException {
    write("t.jsonl", samples(0, 400));
    write("v.jsonl", samples(1000, 200));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isZero();
    SnapshotCodec codec = new SnapshotCodec(SnapshotCodec.Vectors.PLAIN);
    String previous = "";
    for (String line : Files.readAllLines(dir.resolve("out.jsonl"))) {
      SnapshotCodec.Decoded read = codec.decode(line.getBytes(StandardCharsets.UTF_8));
      assertThat(read.previous()).isEqualTo(previous);
      previous = read.sha();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"all.csv", "all.csv.gz", "all-untitled.csv", "all.jsonl"})
  void one_file_serves_both_levels_by_turns_whatever_it_is_written_in(String name)
      throws IOException {
    List<String> json = samples(0, 330);
    json.remove(1); // its value has an exponent in no other form
    List<String> rows = new ArrayList<>();
    if (!name.contains("untitled")) {
      rows.add("y,\"x0\",x1,comment");
    }
    for (String sample : json) {
      JsonNode s = new ObjectMapper().readTree(sample);
      String x = s.at("/x/0") + "," + s.at("/x/1");
      rows.add(name.contains("untitled") ? x + "," + s.get("y") : s.get("y") + "," + x + ",none");
    }
    Path file = dir.resolve(name);
    if (name.endsWith(".gz")) {
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        out.write(String.join("\r\n", rows).getBytes(StandardCharsets.UTF_8));
      }
    } else {
      Files.write(file, name.endsWith(".csv") ? rows : json);
    }
    write("all.plain", json);
    String[] prequential = {"--set", "samples.topic=s", "--set", "samples.split=prequential"};
    assertThat(backtest(with(prequential, "--samples", path("all.plain")))).isZero();
    List<JsonNode> expected = lines("out.jsonl");
    assertThat(backtest(with(prequential, "--samples", path(name)))).as(err.toString()).isZero();
    List<JsonNode> found = lines("out.jsonl");
    assertThat(found).hasSize(5);
    assertThat(found.stream().map(s -> s.get("y")).toList())
        .isEqualTo(expected.stream().map(s -> s.get("y")).toList());
  }

  private static String[] with(String[] first, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  @Test
  void samples_of_one_file_may_name_their_roles() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String s : samples(0, 2000)) {
      // validation samples come late, and far fewer of them
      String role = lines.size() > 300 && lines.size() % 10 == 0 ? "validation" : "train";
      lines.add(s.replace("{", "{\"role\":\"" + role + "\","));
    }
    write("all.jsonl", lines);
    assertThat(backtest("--samples", path("all.jsonl"))).as(err.toString()).isZero();
    JsonNode last = lines("out.jsonl").get(lines("out.jsonl").size() - 1);
    assertThat(last.at("/metrics/samples-upper").doubleValue()).isEqualTo(169);
  }

  @Test
  void a_sample_that_names_the_other_role_does_not_stall_its_file() throws IOException {
    write("t.jsonl", samples(0, 400));
    List<String> validation = samples(1000, 200);
    validation.set(3, validation.get(3).replace("{", "{\"role\":\"train\","));
    validation.set(90, validation.get(90).replace("{", "{\"role\":\"train\","));
    write("v.jsonl", validation);
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).as(err.toString()).isZero();
    List<JsonNode> out = lines("out.jsonl");
    assertThat(out.get(out.size() - 1).at("/metrics/samples-upper").doubleValue()).isEqualTo(198);
  }

  @Test
  void bad_samples_are_listed_with_file_and_line_and_the_rest_goes_on() throws IOException {
    List<String> train = samples(0, 80);
    train.set(6, "{\"x\":[1");
    train.set(7, "{\"x\":[1,2,3],\"y\":1}");
    train.set(8, "{\"x\":[1,1e999],\"y\":1}");
    train.set(9, "{\"x\":[1,NaN],\"y\":1}");
    train.set(10, "{\"x\":[1,2],\"y\":1,\"role\":\"test\"}");
    train.set(11, "\u0000\u0001");
    write("t.jsonl", train);
    write("v.jsonl", samples(1000, 80));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).as(err.toString()).isZero();
    assertThat(err.toString())
        .contains("6 rejected")
        .contains("t.jsonl:7: ", "t.jsonl:8: ", "t.jsonl:11: ", "and 1 more");
    List<JsonNode> dead = lines("dead.jsonl");
    assertThat(dead).hasSize(6);
    assertThat(dead.get(1).get("where").textValue()).endsWith("t.jsonl:8");
    assertThat(dead.get(1).get("value").textValue()).isEqualTo("{\"x\":[1,2,3],\"y\":1}");
    JsonNode last = lines("out.jsonl").get(0);
    assertThat(last.at("/metrics/samples-lower").doubleValue()).isEqualTo(74);
  }

  @Test
  void records_that_the_aggregator_leaves_out_are_dead_letters_when_asked_for() throws IOException {
    List<String> train = samples(0, 240);
    List<String> validation = samples(1000, 240);
    List<Integer> bad = new ArrayList<>();
    for (int i = 5; i < 240; i += 37) {
      train.set(i, train.get(i).replace("}", ",\"w\":1e6}"));
      bad.add(i + 1);
    }
    validation.set(7, validation.get(7).replace("}", ",\"w\":1e6}"));
    write("t.jsonl", train);
    write("v.jsonl", validation);
    String[] aggregated =
        with(
            levels("t.jsonl", "v.jsonl"),
            "--set",
            "solver.batch.lower=24",
            "--set",
            "solver.batch.upper=24",
            "--set",
            "robust.xi=100");
    assertThat(backtest(aggregated)).as(err.toString()).isZero();
    assertThat(lines("dead.jsonl")).isEmpty();
    List<JsonNode> quiet = lines("out.jsonl");
    JsonNode metrics = quiet.get(quiet.size() - 1).get("metrics");
    assertThat(metrics.get("aggregator-rows-removed-lower").doubleValue()).isEqualTo(bad.size());
    assertThat(metrics.get("aggregator-rows-removed-upper").doubleValue()).isOne();

    assertThat(backtest(with(aggregated, "--set", "robust.dead-letters=true")))
        .as(err.toString())
        .isZero();
    List<JsonNode> out = lines("out.jsonl");
    assertThat(out.get(out.size() - 1).get("y")).isEqualTo(quiet.get(quiet.size() - 1).get("y"));
    assertThat(out.get(0).get("config")).isEqualTo(quiet.get(0).get("config"));
    List<String> expected = new ArrayList<>();
    bad.forEach(line -> expected.add("t.jsonl:" + line));
    expected.add("v.jsonl:8");
    List<JsonNode> dead = lines("dead.jsonl");
    assertThat(dead)
        .extracting(letter -> letter.get("where").textValue().replaceAll(".*/", ""))
        .containsExactlyInAnyOrderElementsOf(expected);
    JsonNode upper =
        dead.stream()
            .filter(letter -> letter.get("where").textValue().contains("v.jsonl"))
            .findFirst()
            .orElseThrow();
    assertThat(upper.get("value").textValue()).isEqualTo(validation.get(7));
    assertThat(upper.get("reason").textValue())
        .startsWith("left out by robust")
        .contains("validation");
  }

  @Test
  void records_left_out_of_batches_that_a_method_joins_are_dead_letters_too() throws IOException {
    String job =
        """
        job: joined
        problem: {type: logistic-regression, features: 2}
        solver: {method: vrbo, large-batch: 3, inner-steps: 1, batch: {lower: 24, upper: 24}}
        robust: {xi: 100, dead-letters: true}
        kafka: {bootstrap.servers: "b:1"}
        """;
    Files.writeString(dir.resolve("job.yaml"), job);
    List<String> train = samples(0, 24 * 20);
    List<String> expected = new ArrayList<>();
    // the first step takes five batches, the three of the large one among them
    for (int i : List.of(5, 47, 71, 100)) {
      train.set(i, train.get(i).replace("}", ",\"w\":1e6}"));
      expected.add("t.jsonl:" + (i + 1));
    }
    write("t.jsonl", train);
    write("v.jsonl", samples(1000, 24 * 20));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).as(err.toString()).isZero();
    assertThat(lines("dead.jsonl"))
        .extracting(letter -> letter.get("where").textValue().replaceAll(".*/", ""))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void without_one_good_sample_of_a_level_it_ends_with_65() throws IOException {
    write("t.jsonl", List.of("nonsense", "{}", "{\"x\":[1]}"));
    write("v.jsonl", samples(0, 50));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isEqualTo(ExitCode.DATA);
    assertThat(err.toString()).contains("no step could be made", "3 that cannot be used");
    assertThat(err.toString()).contains("t.jsonl:1: ").doesNotContain("\tat ");
  }

  @Test
  void an_empty_file_ends_with_65() throws IOException {
    write("t.jsonl", List.of());
    write("v.jsonl", samples(0, 50));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isEqualTo(ExitCode.DATA);
    assertThat(err.toString()).contains("t.jsonl: the file is empty");
  }

  @Test
  void a_missing_file_ends_with_65_and_its_name() throws IOException {
    write("v.jsonl", samples(0, 50));
    assertThat(backtest(levels("none.jsonl", "v.jsonl"))).isEqualTo(ExitCode.DATA);
    assertThat(err.toString()).contains("none.jsonl").doesNotContain("\tat ");
  }

  @Test
  void a_mistake_in_the_job_file_ends_with_78_and_the_line() throws IOException {
    Files.writeString(dir.resolve("job.yaml"), JOB.replace("msgbio", "msgbo"));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(err.toString()).contains("job.yaml:3:").doesNotContain("\tat ");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "no samples | ",
        "one level | --train=t.jsonl",
        "both ways | --train=t.jsonl --validation=v.jsonl --samples=s.jsonl",
        "no pass | --samples=s.jsonl --repeat=0",
      })
  void wrong_options_end_with_2(String name, String options) {
    String[] args = options == null ? new String[0] : options.split(" ");
    assertThat(backtest(args)).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void steps_that_explode_end_with_70() throws IOException {
    write("t.jsonl", samples(0, 8000));
    write("v.jsonl", samples(1000, 8000));
    int code =
        backtest(
            with(
                levels("t.jsonl", "v.jsonl"),
                "--set",
                "solver.lambda=1e300",
                "--set",
                "solver.eta=1"));
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.DIVERGED);
    assertThat(err.toString()).contains("100 steps in a row were refused");
  }

  @Test
  void a_short_run_of_refused_steps_ends_with_70_too() throws IOException {
    write("t.jsonl", samples(0, 8 * 20));
    write("v.jsonl", samples(1000, 4 * 20));
    int code =
        backtest(
            with(
                levels("t.jsonl", "v.jsonl"),
                "--set",
                "solver.lambda=1e300",
                "--set",
                "solver.eta=1"));
    assertThat(code).as(err.toString()).isEqualTo(ExitCode.DIVERGED);
    assertThat(err.toString())
        .contains(" steps in a row were refused, the last because ")
        .contains(
            "; smaller step sizes (thalweg methods msgbio lists them) or a smaller upper box");
    assertThat(lines("out.jsonl")).isNotEmpty();
  }

  @ParameterizedTest(name = "by role: {0}")
  @ValueSource(booleans = {false, true})
  void what_one_level_has_left_when_the_other_ran_out_is_said(boolean byRole) throws IOException {
    String[] stocbio = {
      "--set", "solver={method: stocbio, batch: {lower: 4, upper: 4}}", "--repeat", "2"
    };
    if (byRole) {
      List<String> all = new ArrayList<>();
      for (String sample : samples(0, 4 * 11 * 2 + 4 * 30)) {
        String role = all.size() % 26 < 11 ? "train" : "validation";
        all.add(sample.replace("{", "{\"role\":\"" + role + "\","));
      }
      write("all.jsonl", all);
      assertThat(backtest(with(stocbio, "--samples", path("all.jsonl"))))
          .as(err.toString())
          .isZero();
    } else {
      write("t.jsonl", samples(0, 4 * 11 * 2));
      write("v.jsonl", samples(1000, 700));
      assertThat(backtest(with(levels("t.jsonl", "v.jsonl"), stocbio))).as(err.toString()).isZero();
    }
    JsonNode last = lines("out.jsonl").get(lines("out.jsonl").size() - 1);
    int given = byRole ? 2 * (int) validations(26, 4 * 11 * 2 + 4 * 30) : 1400;
    int left = given - last.at("/metrics/samples-upper").intValue();
    assertThat(left).isGreaterThan(20);
    assertThat(err.toString())
        .contains(
            left
                + " validation samples were left over: a step of stocbio takes 11 lower batches and"
                + " 1 upper batch");
  }

  private static long validations(int period, int count) {
    return IntStream.range(0, count).filter(i -> i % period >= 11).count();
  }

  @Test
  void nothing_is_said_of_samples_left_over_where_there_are_none() throws IOException {
    write("t.jsonl", samples(0, 8 * 20));
    write("v.jsonl", samples(1000, 4 * 20));
    assertThat(backtest(levels("t.jsonl", "v.jsonl"))).isZero();
    assertThat(err.toString()).doesNotContain("left over");
  }

  @Test
  void an_exception_of_an_own_problem_names_its_class_and_the_step() throws IOException {
    List<String> labels = new ArrayList<>(Collections.nCopies(40, "{\"y\":0}"));
    labels.set(24, "{\"y\":1}");
    write("t.jsonl", labels);
    write("v.jsonl", labels);
    int code =
        backtest(
            with(
                levels("t.jsonl", "v.jsonl"),
                "--set",
                "problem={type: io.thalweg.app.Boom}",
                "--set",
                "solver={method: msgbio, hypergradient: linear-system, batch: {lower: 8, upper: 8}}"));
    assertThat(code).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString())
        .contains(
            "step 4 on problem io.thalweg.app.Boom: unexpected IllegalStateException: boom"
                + " (--verbose shows the stack trace)");
  }

  @Test
  void an_output_that_cannot_be_written_is_named() throws IOException {
    write("s.jsonl", samples(0, 10));
    int code =
        Thalweg.commandLine()
            .setErr(new PrintWriter(err))
            .execute(
                "backtest",
                "-c",
                path("job.yaml"),
                "--samples",
                path("s.jsonl"),
                "--snapshots",
                path("no/such/folder"));
    assertThat(code).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).contains("no/such/folder: cannot be written");
  }
}
