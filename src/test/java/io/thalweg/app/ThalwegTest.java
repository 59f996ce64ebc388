package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ThalwegTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return run(Thalweg.commandLine(), args);
  }

  private int run(CommandLine line, String... args) {
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
  }

  @Test
  void help_names_every_exit_code_and_goes_to_stdout() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("0 ok", "65 data", "69 broker", "70 diverged", "78 conf");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void version_is_printed() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("thalweg ");
  }

  @Test
  void no_command_is_a_usage_error() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("Missing command", "--help");
  }

  @Test
  void a_misspelt_command_is_a_usage_error_with_a_suggestion() {
    assertThat(run("generate-completio")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("generate-completion");
  }

  @Test
  void a_misspelt_command_of_a_command_has_a_suggestion_too() {
    assertThat(run("control", "pauze", "-c", "job.yaml")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("pauze", "control pause").doesNotContain("Missing");
    assertThat(run("contrl", "pause", "-c", "job.yaml")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("contrl", "thalweg control");
    assertThat(run("snapshot", "lst", "-c", "job.yaml")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("lst", "snapshot list");
  }

  @Test
  void a_misspelt_option_is_a_usage_error() {
    assertThat(fail(new IllegalStateException("never"), "--log-forma=json"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--log-forma");
  }

  @Test
  void an_unknown_log_format_is_a_usage_error() {
    assertThat(run("generate-completion", "--log-format=xml")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--log-format", "xml", "text", "json");
  }

  @Test
  void every_command_teaches_its_use() {
    for (String name : Thalweg.commandLine().getSubcommands().keySet()) {
      assertThat(run(name, "--help")).as(name).isZero();
    }
  }

  @Test
  void a_user_error_is_one_line_without_a_stack_trace() {
    assertThat(fail(new UserError(ExitCode.DATA, "f.csv:3: expected 4 columns, found 3")))
        .isEqualTo(ExitCode.DATA);
    assertThat(err.toString()).isEqualToIgnoringNewLines("f.csv:3: expected 4 columns, found 3");
  }

  @Test
  void verbose_adds_the_stack_trace() {
    assertThat(fail(new UserError(ExitCode.DATA, "no"), "--verbose")).isEqualTo(ExitCode.DATA);
    assertThat(err.toString()).contains("at io.thalweg.app.ThalwegTest");
  }

  @Test
  void a_broker_that_does_not_answer_is_69_even_deep_in_the_causes() {
    assertThat(fail(new IllegalStateException(new TimeoutException("no node"))))
        .isEqualTo(ExitCode.BROKER);
    assertThat(err.toString()).contains("no node").doesNotContain("\tat ");
  }

  @Test
  void anything_else_is_a_failure_without_a_stack_trace() {
    assertThat(fail(new IllegalStateException("odd"))).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString()).contains("IllegalStateException: odd").doesNotContain("\tat ");
  }

  private int fail(RuntimeException failure, String... more) {
    CommandLine line = Thalweg.commandLine();
    Failing command = new Failing(failure);
    line.addSubcommand("fail", command);
    String[] args = new String[more.length + 1];
    System.arraycopy(more, 0, args, 0, more.length);
    args[more.length] = "fail";
    return run(line, args);
  }

  @Command
  private static final class Failing implements Runnable {
    private final RuntimeException failure;

    Failing(RuntimeException failure) {
      this.failure = failure;
    }

    @Override
    public void run() {
      throw failure;
    }
  }
}
