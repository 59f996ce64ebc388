package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.config.JobConfig;
import io.thalweg.config.JobReader;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.wire.SampleDecoders;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the README shows is what the program takes. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));
  private static final String JAVA = "java -jar target/thalweg.jar ";
  private static final String README = read();

  private static String read() {
    try {
      return Files.readString(ROOT.resolve("README.md"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> blocks(String language) {
    List<String> found = new ArrayList<>();
    Matcher m = Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```").matcher(README);
    while (m.find()) {
      found.add(m.group(1));
    }
    return found;
  }

  private static List<String> commands() {
    List<String> found = new ArrayList<>();
    for (String block : blocks("sh")) {
      for (String line : block.split("\\R|&&")) {
        if (!line.isBlank()) {
          found.add(line.strip());
        }
      }
    }
    return found;
  }

  @Test
  void every_command_is_one_the_program_knows_with_options_it_has() {
    List<String> ours = commands().stream().filter(c -> c.startsWith(JAVA)).toList();
    assertThat(ours).hasSizeGreaterThan(6);
    for (String command : ours) {
      CommandLine line = Thalweg.commandLine();
      line.parseArgs(command.substring(JAVA.length()).split(" "));
    }
  }

  @Test
  void every_command_named_in_the_text_exists() {
    Matcher m =
        Pattern.compile("`(?:java -jar target/thalweg.jar|thalweg) ([a-z]+)").matcher(README);
    List<String> named = new ArrayList<>();
    while (m.find()) {
      named.add(m.group(1));
    }
    assertThat(named).isNotEmpty();
    assertThat(Thalweg.commandLine().getSubcommands().keySet()).containsAll(named);
  }

  @Test
  void the_test_command_is_the_one_that_checks_every_submission() throws IOException {
    assertThat(commands()).contains("./mvnw verify");
    assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("./mvnw verify");
  }

  @Test
  void every_job_file_is_valid() {
    List<String> jobs = blocks("yaml");
    assertThat(jobs).isNotEmpty();
    for (String job : jobs) {
      JobConfig config = new JobReader(Map.of(), List.of()).read(job, "README.md");
      config.solver(config.problem());
    }
  }

  @Test
  void every_sample_decodes_for_the_job_beside_it() {
    JobConfig job = new JobReader(Map.of(), List.of()).read(blocks("yaml").get(0), "README.md");
    Problem problem = job.problem();
    List<String> samples = blocks("json");
    assertThat(samples).isNotEmpty();
    for (String sample : samples) {
      SampleDecoder decoder =
          SampleDecoders.create(Wiring.options(job.samples()), Wiring.schemas(problem));
      assertThat(decoder.open(sample.getBytes(StandardCharsets.UTF_8), null)).isEqualTo(1);
      Batch batch = new Batch(problem.schema(Level.LOWER), 1);
      assertThat(decoder.decode(0, Level.LOWER, batch)).as(decoder.rejection()).isTrue();
    }
  }

  @Test
  void the_table_of_methods_is_the_one_the_program_prints() {
    Matcher m =
        Pattern.compile("(?s)<!-- methods:[^\n]*-->\n(.*?)<!-- /methods -->").matcher(README);
    assertThat(m.find()).isTrue();
    assertThat(m.group(1)).isEqualTo(MethodsTable.markdown());
  }

  @Test
  void the_table_of_problems_is_the_one_the_program_prints() {
    Matcher m =
        Pattern.compile("(?s)<!-- problems:[^\n]*-->\n(.*?)<!-- /problems -->").matcher(README);
    assertThat(m.find()).isTrue();
    assertThat(m.group(1)).isEqualTo(ProblemsTable.markdown());
  }

  @Test
  void the_exit_codes_are_those_of_the_program() {
    for (int code :
        new int[] {
          ExitCode.OK,
          ExitCode.FAILURE,
          ExitCode.USAGE,
          ExitCode.DATA,
          ExitCode.BROKER,
          ExitCode.DIVERGED,
          ExitCode.CONFIGURATION
        }) {
      assertThat(README).contains("| " + code + " | ");
    }
  }

  @Test
  void every_test_named_as_proof_exists() throws IOException {
    List<String> classes;
    try (var files = Files.walk(ROOT.resolve("src/test/java"))) {
      classes = files.map(p -> p.getFileName().toString()).toList();
    }
    Matcher m = Pattern.compile("`([A-Z]\\w+(?:Test|IT))`").matcher(README);
    List<String> named = new ArrayList<>();
    while (m.find()) {
      named.add(m.group(1) + ".java");
    }
    assertThat(named).hasSizeGreaterThan(5);
    assertThat(classes).containsAll(named);
  }

  @Test
  void nothing_is_left_to_be_filled_in() {
    assertThat(README).doesNotContain("@@", "TODO", "TBD");
  }

  @Test
  void every_link_leads_somewhere() {
    Matcher m = Pattern.compile("\\]\\(([^)#]+)\\)").matcher(README);
    while (m.find()) {
      String target = m.group(1);
      if (!target.startsWith("http")) {
        assertThat(ROOT.resolve(target)).exists();
      }
    }
  }

  @Test
  void help_of_every_command_teaches_with_an_example() {
    for (Map.Entry<String, CommandLine> command :
        Thalweg.commandLine().getSubcommands().entrySet()) {
      if (command.getKey().equals("generate-completion")) {
        continue;
      }
      StringWriter text = new StringWriter();
      command.getValue().usage(new PrintWriter(text));
      assertThat(text.toString()).as(command.getKey()).contains("thalweg " + command.getKey());
    }
  }
}
