package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.thalweg.config.JobReader;
import io.thalweg.kafka.SampleProducer;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.settings.Settings;
import io.thalweg.wire.CsvHeader;
import io.thalweg.wire.SampleDecoders;
import io.thalweg.wire.SampleFormat;
import io.thalweg.wire.SampleOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.CommandSpec;

/** What the page on record formats shows is what the program reads. */
class RecordFormatsPageTest {
  private static final DocPage PAGE = DocPage.read("src/docs/record-formats.md");

  @TempDir Path folder;

  /** One sample of a logistic regression, decoded. */
  private record Read(SampleDecoder decoder, Batch batch) {
    static Read of(SampleOptions options, int features, String text) {
      Problem problem =
          Problems.create(
              Settings.of("problem", Map.of("type", "logistic-regression", "features", features)));
      SampleDecoder decoder = SampleDecoders.create(options, Wiring.schemas(problem));
      Batch batch = new Batch(problem.schema(Level.LOWER), 1);
      assertThat(decoder.open(text.getBytes(StandardCharsets.UTF_8), null)).as(text).isEqualTo(1);
      assertThat(decoder.decode(0, Level.LOWER, batch)).as(decoder.rejection()).isTrue();
      return new Read(decoder, batch);
    }

    static Read json(int features, String text) {
      return of(SampleOptions.DEFAULT, features, text);
    }

    double[] x(int features) {
      return Arrays.copyOf(batch.column(0), features);
    }
  }

  @Test
  void the_sample_in_json_is_read() {
    Read read = Read.json(2, PAGE.blocks("json").get(0).strip());
    assertThat(read.x(2)).containsExactly(0.5, -2);
    assertThat(read.batch.column(1)[0]).isEqualTo(1);
    assertThat(read.batch.column(2)[0]).isEqualTo(2);
    String other = "{\"x\": [1], \"y\": 0, \"id\": \"%s\"}";
    assertThat(read.decoder.idHash())
        .isEqualTo(Read.json(1, other.formatted("customer-17")).decoder.idHash())
        .isNotEqualTo(Read.json(1, other.formatted("customer-18")).decoder.idHash());
    assertThat(read.decoder.eventTime()).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void the_sample_in_csv_is_the_same() {
    List<String> lines = PAGE.blocks("csv").get(0).lines().toList();
    SampleOptions csv =
        SampleOptions.of(SampleFormat.CSV).withHeader(Level.LOWER, CsvHeader.names(lines.get(0)));
    Read read = Read.of(csv, 2, lines.get(1));
    assertThat(read.x(2)).containsExactly(0.5, -2);
    assertThat(read.batch.column(1)[0]).isEqualTo(1);
    assertThat(read.batch.column(2)[0]).isEqualTo(2);
  }

  @Test
  void features_come_in_each_of_the_forms() {
    List<String> forms =
        PAGE.find("^\\* `(\"[xif]\": .*?)` ").stream().map(m -> m.group(1)).toList();
    assertThat(forms).hasSize(3);
    assertThat(Read.json(2, "{" + forms.get(0) + ", \"y\": 1}").x(2)).containsExactly(0.5, -2);
    double[] sparse = Read.json(20, "{" + forms.get(1) + ", \"y\": 1}").x(20);
    assertThat(sparse[3]).isEqualTo(1.5);
    assertThat(sparse[17]).isEqualTo(-1);
    double[] named = Read.json(100, "{" + forms.get(2) + ", \"y\": 1}").x(100);
    double[] put =
        Read.json(100, "{\"f\": {\"country=DE\": 1, \"age\": 37, \"member\": 1}, \"y\": 1}").x(100);
    assertThat(named).containsExactly(put);
    assertThat(Arrays.stream(named).map(Math::abs).filter(v -> v > 0).sorted())
        .containsExactly(1.0, 1.0, 37.0);
  }

  @Test
  void an_event_time_may_be_a_text_and_an_id_a_number() {
    String text = PAGE.find("RFC 3339 time such as `(.*?)`").get(0).group(1);
    Read read = Read.json(1, "{\"x\": [1], \"y\": 1, \"id\": 17, \"t\": \"" + text + "\"}");
    assertThat(read.decoder.eventTime())
        .isEqualTo(OffsetDateTime.parse(text).toInstant().toEpochMilli());
    assertThat(PAGE.text()).contains("`17` and `\"17\"` are one id");
    assertThat(read.decoder.idHash())
        .isEqualTo(Read.json(1, "{\"x\": [1], \"y\": 1, \"id\": \"17\"}").decoder.idHash());
  }

  @Test
  void every_format_has_its_name_and_its_content_type() {
    List<MatchResult> rows = PAGE.find("^\\| (?:JSON|CSV|binary) \\| `([a-z]+)` \\| `([^`]+)`");
    assertThat(rows).hasSize(SampleFormat.values().length);
    for (MatchResult row : rows) {
      SampleFormat format = SampleFormat.valueOf(row.group(1).toUpperCase(Locale.ROOT));
      assertThat(row.group(2)).isEqualTo(format.contentType());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "logistic-regression | features: 2",
        "softmax-regression | features: 2, classes: 3",
        "ridge-regression | features: 2",
        "data-cleaning | features: 2, classes: 3, terms: 5",
        "minimax-auc | features: 2, positive-share: 0.5",
        "group-dro | features: 2, groups: 2"
      })
  void the_fields_of_a_problem_are_those_of_its_row(String id, String settings) {
    Problem problem =
        new JobReader(Map.of(), List.of())
            .read(
                "job: a\nproblem: {type: " + id + ", " + settings + "}\nsolver: {method: msgbio}",
                id)
            .problem();
    TreeSet<String> fields = new TreeSet<>();
    for (Level level : Level.values()) {
      problem.schema(level).fields().stream()
          .map(Field::name)
          .filter(name -> !name.equals("x"))
          .forEach(fields::add);
    }
    String row = PAGE.find("^\\| `" + id + "` \\| (.*) \\|$").get(0).group(1);
    assertThat(
            Pattern.compile("`([a-z]+)`")
                .matcher(row.replaceAll("`(classes|terms|groups)`", ""))
                .results()
                .map(m -> m.group(1)))
        .containsExactlyInAnyOrderElementsOf(fields);
  }

  @Test
  void a_record_and_its_label_meet() throws Exception {
    Path records = Files.writeString(folder.resolve("records"), cell("a record"));
    Path labels = Files.writeString(folder.resolve("labels"), cell("a label"));
    Path job =
        Files.writeString(
            folder.resolve("job.yaml"),
            """
            job: late
            problem: {type: logistic-regression, features: 2}
            solver: {method: auto, batch: {lower: 1, upper: 1}}
            samples: {topic: calls, labels: {topic: outcomes}}
            """);
    Path out = folder.resolve("out");
    CommandRun run =
        CommandRun.of(
            "backtest",
            "-c=" + job,
            "--samples=" + records,
            "--labels=" + labels,
            "--snapshots=" + out);
    assertThat(run.code()).as(run.err()).isZero();
    List<String> lines = Files.readAllLines(out);
    assertThat(lines.get(lines.size() - 1)).contains("\"samples-lower\":1.0");
  }

  private static String cell(String row) {
    return PAGE.find("^\\| " + row + " \\| `([^`]*)`").get(0).group(1) + "\n";
  }

  @Test
  void python_packs_what_the_page_shows_byte_by_byte() throws Exception {
    assumeThat(DocPage.numpy()).as("numpy for " + DocPage.PYTHON).isTrue();
    String said =
        DocPage.python(
            "import struct\nimport numpy as np\nprint(("
                + PAGE.blocks("python").get(0).strip()
                + ").hex())");
    assertThat(said.strip())
        .isEqualTo(
            PAGE.blocks("hex dense").get(0).replaceAll("(?m)#.*$", "").replaceAll("\\s", ""));
  }

  @Test
  void a_record_ends_where_the_table_says() {
    CommandSpec produce = Thalweg.commandLine().getSubcommands().get("produce").getCommandSpec();
    SampleProducer.Options options = SampleProducer.Options.DEFAULTS;
    List<String> rows = new ArrayList<>();
    for (MatchResult row :
        PAGE.find("^\\| .* \\| `(--[a-z-]+)`, (.*?) \\| `([a-z]+)`, (.*?) \\|$")) {
      rows.add(row.group(3));
      String help = String.join(" ", produce.findOption(row.group(1)).description());
      if (row.group(2).equals("no default")) {
        assertThat(help).contains("Default: every line is a record as it stands");
      } else {
        assertThat(help).contains("default " + row.group(2));
      }
      assertThat(row.group(4))
          .isEqualTo(
              switch (row.group(3)) {
                case "samples" -> "" + options.samples();
                case "bytes" -> "" + options.bytes();
                default -> options.linger().toMillis() + " ms";
              });
    }
    assertThat(rows).containsExactly("samples", "bytes", "linger");
    assertThat(PAGE.text()).contains("`memory`, " + (options.memory() >> 20) + " MiB");
  }
}
