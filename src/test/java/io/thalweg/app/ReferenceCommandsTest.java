package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Parameter;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ReferenceCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = Thalweg.commandLine();
    line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
  }

  @Test
  void methods_lists_every_method_with_its_paper() {
    assertThat(run("methods")).isZero();
    String text = out.toString().replaceAll("\\s+", " "); // lines are wrapped
    for (MethodInfo method : Methods.all()) {
      assertThat(text).contains(method.id(), method.paper());
    }
  }

  @Test
  void the_tables_of_the_readme_are_printed_on_request() {
    CommandRun methods = CommandRun.of("methods", "--markdown");
    assertThat(methods.code()).isZero();
    assertThat(methods.out()).isEqualTo(MethodsTable.markdown());
    CommandRun problems = CommandRun.of("problems", "--markdown");
    assertThat(problems.code()).isZero();
    assertThat(problems.out()).isEqualTo(ProblemsTable.markdown());
    assertThat(problems.lines()).hasSize(Problems.all().size() + 2);
    CommandRun both = CommandRun.of("problems", "pl-game", "--markdown");
    assertThat(both.code()).isEqualTo(ExitCode.USAGE);
    assertThat(both.err()).contains("--markdown is for all problems: leave out pl-game");
  }

  @Test
  void a_method_is_explained_key_by_key() {
    for (MethodInfo method : Methods.all()) {
      assertThat(run("methods", method.id())).isZero();
      for (Parameter parameter : method.parameters()) {
        assertThat(out.toString()).contains("  " + parameter.key());
      }
    }
    assertThat(out.toString()).contains("number in (0, inf)", "hypergradient: lanczos");
  }

  @Test
  void a_problem_is_explained_with_its_samples() {
    assertThat(run("problems")).isZero();
    for (ProblemInfo problem : Problems.all()) {
      assertThat(out.toString()).contains(problem.id());
      assertThat(run("problems", problem.id())).isZero();
      assertThat(out.toString()).contains(problem.lowerExample(), problem.upperExample());
    }
  }

  @Test
  void an_unknown_id_is_a_usage_error_with_a_suggestion() {
    assertThat(run("methods", "msgboi")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("there is no method \"msgboi\"; did you mean \"msgbio\"?");
    assertThat(run("problems", "pl-gamee")).isEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest(name = "schema {0}")
  @ValueSource(strings = {"job", "sample", "snapshot"})
  void schemas_are_json(String what) throws Exception {
    assertThat(run("schema", what)).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).path("$schema").asText())
        .contains("2020-12");
  }

  @Test
  void a_right_job_file_validates_offline() {
    assertThat(run("validate", "--offline", "-c", "src/test/resources/jobs/pl-game.yaml")).isZero();
    assertThat(out.toString()).contains("vr-msgbio tunes 3 upper and trains 4 lower");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void the_effective_job_is_all_that_is_printed_to_stdout() {
    assertThat(
            run(
                "validate",
                "--offline",
                "--print-effective",
                "-c",
                "src/test/resources/jobs/minimal.yaml",
                "--set",
                "seed=9"))
        .isZero();
    assertThat(out.toString()).startsWith("job: churn-l2\nseed: 9\n").contains("linger: 50ms");
  }

  @Test
  void a_header_without_the_label_makes_no_samples(@TempDir Path dir) throws Exception {
    String text =
        "job: a\nproblem: {type: logistic-regression, features: 8}\nsolver: {method: auto}\n"
            + "samples: {topic: t, split: prequential, format: csv, header: [age, COLUMN]}\n";
    Path job = Files.writeString(dir.resolve("job.yaml"), text.replace("COLUMN", "z"));
    assertThat(run("validate", "--offline", "-c", job.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(err.toString()).contains("samples.header", "must name the column y");
    Files.writeString(job, text.replace("COLUMN", "y"));
    assertThat(run("validate", "--offline", "-c", job.toString())).isZero();
  }

  @Test
  void a_wrong_job_file_is_78_with_every_mistake_and_no_stack_trace(@TempDir Path dir)
      throws Exception {
    Path job =
        Files.writeString(
            dir.resolve("job.yaml"),
            "job: a\nproblem: {type: pl-game, dx: 1, dy: 1}\nsolver: {method: mgbio, gama: 1}\n"
                + "sed: 3\n");
    assertThat(run("validate", "--offline", "-c", job.toString()))
        .isEqualTo(ExitCode.CONFIGURATION);
    assertThat(err.toString().lines())
        .containsExactly(
            job + ":3:25: solver.gama: unknown key; did you mean \"gamma\"?",
            job + ":4:1: sed: unknown key; did you mean \"seed\"?",
            "2 mistakes in the job file");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_missing_job_file_is_78() {
    assertThat(run("validate", "-c", "nowhere.yaml")).isEqualTo(ExitCode.CONFIGURATION);
    assertThat(err.toString()).contains("nowhere.yaml: there is no such file");
  }

  @Test
  void no_job_file_is_a_usage_error() {
    assertThat(run("validate")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("--config");
  }

  @Test
  void completion_knows_the_commands() {
    assertThat(run("generate-completion")).isZero();
    assertThat(out.toString()).contains("validate", "methods", "vr-msgbio");
  }
}
