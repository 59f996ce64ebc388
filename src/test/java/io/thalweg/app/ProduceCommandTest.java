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
    "--role=test,expected train or validation",
    "--format=xml,expected json or csv",
    "--check=all,none"
  })
  void wrong_options_are_usage_errors(String option, String message) {
    CommandRun run = CommandRun.of("produce", "-c", job, "--file", "-", option);
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(message);
  }

  @Test
  void the_role_is_needed_when_each_level_has_its_topic() {
    CommandRun run = CommandRun.of("produce", "-c", job, "--file", "-");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("--role");
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
