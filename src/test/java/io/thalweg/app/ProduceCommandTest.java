package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong before a broker is needed. */
class ProduceCommandTest {
  @TempDir Path folder;
  private String job = "";

  @BeforeEach
  void job() throws Exception {
    job = CommandRun.job(folder, "p", "127.0.0.1:1").toString();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "--rate=0,--rate must be above 0",
    "--rate=NaN,--rate must be above 0",
    "--batch=0,--batch must be at least 1",
    "--role=test,'expected train, validation or labels'",
    "--format=xml,expected json or csv",
    "--check=all,none",
    "--pack=0,--pack must be at least 1",
    "--linger=5ms,say --pack N",
    "--pack-bytes=10,say --pack N",
    "--linger=soon,expected a duration such as 50ms"
  })
  void wrong_options_are_usage_errors(String option, String message) {
    CommandRun run = CommandRun.of("produce", "-c", job, "--file", "-", option);
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(message);
  }

  @Test
  void packed_lines_are_always_checked_as_samples() {
    CommandRun run =
        CommandRun.of("produce", "-c", job, "--file", "-", "--pack=9", "--check=record");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--pack reads every line as a sample: leave --check record out");
  }

  @Test
  void a_topic_shared_by_hash_is_packed_only_where_the_levels_take_the_same_samples()
      throws Exception {
    String shared = "samples: {topic: game.all, split: {upper: 0.5}}";
    String game = CommandRun.job(folder, "g", "127.0.0.1:1", shared).toString();
    CommandRun run = CommandRun.of("produce", "-c", game, "--file", "-", "--pack=9");
    assertThat(run.code()).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(run.err()).contains("--pack", "by hash", "different samples");
  }

  @Test
  void the_role_is_needed_when_each_level_has_its_topic() {
    CommandRun run = CommandRun.of("produce", "-c", job, "--file", "-");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--role");
  }

  @Test
  void training_samples_mean_nothing_where_labels_come_apart() throws Exception {
    Path apart = folder.resolve("apart.yaml");
    Files.writeString(
        apart,
        """
        job: late
        problem: {type: logistic-regression, features: 2}
        solver: {method: auto}
        samples: {topic: calls, labels: {topic: outcomes}}
        kafka: {bootstrap.servers: "127.0.0.1:1"}
        """);
    CommandRun run =
        CommandRun.of("produce", "-c", apart.toString(), "--role", "train", "--file", "-");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains("--role train has no meaning for a job with samples.labels")
        .contains("labels with --role labels");
  }

  @Test
  void a_missing_file_is_named() {
    CommandRun run =
        CommandRun.of("produce", "-c", job, "--role", "train", "--file", folder + "/no.jsonl");
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("no.jsonl", "no such file").doesNotContain("\tat ");
  }

  @Test
  void columns_in_another_order_than_the_jobs_are_refused_with_both_shown() throws Exception {
    Path csv = folder.resolve("s.csv");
    Files.writeString(csv, "b0,b1\n1,2\n");
    CommandRun run =
        CommandRun.of("produce", "-c", job, "--role", "train", "--file", csv.toString());
    assertThat(run.code()).isEqualTo(ExitCode.DATA);
    assertThat(run.err()).contains("s.csv:1", "q0,q1", "b0,b1", "samples.header");
  }
}
