package io.thalweg.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.thalweg.problem.ProblemInfo;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Parameter;
import io.thalweg.solver.MethodInfo;
import io.thalweg.solver.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JobSchemaTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode schema() throws IOException {
    return MAPPER.readTree(JobSchema.builtIn().text());
  }

  static Stream<Path> jobFiles() throws IOException {
    List<Path> out = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/jobs"))) {
      files.sorted().forEach(out::add);
    }
    for (String folder : List.of("docker", "load-tests", "src/docs", "src/main/resources")) {
      if (Files.isDirectory(Path.of(folder))) {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
          files.filter(JobSchemaTest::isJob).sorted().forEach(out::add);
        }
      }
    }
    return out.stream();
  }

  private static boolean isJob(Path file) {
    try {
      return file.toString().matches(".*\\.ya?ml")
          && Files.readString(file).lines().anyMatch(line -> line.startsWith("job:"))
          && Files.readString(file).lines().anyMatch(line -> line.startsWith("solver:"));
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jobFiles")
  void every_job_file_of_the_repository_is_right(Path file) {
    assertThat(new JobReader(Map.of(), List.of()).elsewhere().read(file).job()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jobFiles")
  void what_is_printed_as_effective_is_a_job_again_and_the_same(Path file) {
    JobReader reader = new JobReader(Map.of(), List.of()).elsewhere();
    JobConfig job = reader.read(file);
    JobConfig again = reader.read(job.effective(), "effective");
    assertThat(again.effective()).isEqualTo(job.effective());
    assertThat(again.fingerprint()).isEqualTo(job.fingerprint());
  }

  static Stream<Arguments> printedJobs() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
    for (String folder : List.of("src/docs", "docker", "load-tests", "topics")) {
      if (Files.isDirectory(Path.of(folder))) {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
          files.filter(f -> f.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
      }
    }
    List<Arguments> out = new ArrayList<>();
    // its job names a class that only the page itself makes; OwnProblemTest does so and runs it
    assertThat(pages.remove(Path.of("src/docs/own-problem.md"))).isTrue();
    for (Path page : pages) {
      Matcher block = YAML_BLOCK.matcher(Files.exists(page) ? Files.readString(page) : "");
      while (block.find()) {
        if (block.group(1).startsWith("job:")) {
          out.add(Arguments.of(page + "@" + block.start(), block.group(1)));
        }
      }
    }
    return out.stream();
  }

  private static final Pattern YAML_BLOCK =
      Pattern.compile("^```yaml\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  @ParameterizedTest(name = "{0}")
  @MethodSource("printedJobs")
  void every_job_printed_in_a_page_is_right(String place, String job) {
    assertThat(new JobReader(Map.of(), List.of()).read(job, place).job()).isNotEmpty();
  }

  @Test
  void the_schema_is_itself_valid_against_the_meta_schema() throws IOException {
    Schema meta =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(
                com.networknt.schema.SchemaLocation.of(
                    URI.create("https://json-schema.org/draft/2020-12/schema").toString()));
    assertThat(meta.validate(schema())).isEmpty();
    assertThat(meta.validate(MAPPER.readTree(SampleRecordSchema.text()))).isEmpty();
  }

  @Test
  void every_method_and_problem_with_every_parameter_is_in_it() throws IOException {
    JsonNode properties = schema().get("properties");
    for (MethodInfo method : Methods.all()) {
      assertThat(keys(properties.get("solver"), "method", method.id()))
          .as(method.id())
          .containsAll(method.parameters().stream().map(Parameter::key).toList())
          .contains("method", "batch", "on-idle-upper");
    }
    for (ProblemInfo problem : Problems.all()) {
      assertThat(keys(properties.get("problem"), "type", problem.id()))
          .as(problem.id())
          .containsAll(problem.parameters().stream().map(Parameter::key).toList())
          .contains("type");
    }
  }

  private static List<String> keys(JsonNode part, String selector, String id) {
    List<String> out = new ArrayList<>();
    for (JsonNode branch : part.get("allOf")) {
      if (branch.at("/if/properties/" + selector + "/const").asText().equals(id)) {
        branch.at("/then/properties").fieldNames().forEachRemaining(out::add);
      }
    }
    return out;
  }

  @Test
  void every_key_is_explained() throws IOException {
    List<String> silent = new ArrayList<>();
    explained(schema(), "", silent);
    assertThat(silent).isEmpty();
  }

  private static void explained(JsonNode node, String path, List<String> silent) {
    node.path("properties")
        .properties()
        .forEach(
            e -> {
              String key = path + "." + e.getKey();
              boolean own = !key.startsWith(".solver.") || !key.contains(".hypergradient");
              if (!e.getValue().has("description") && !e.getValue().has("$ref") && own) {
                silent.add(key);
              }
              explained(e.getValue(), key, silent);
            });
  }

  @Test
  void defaults_of_the_schema_obey_the_schema() {
    JobConfig job =
        new JobReader(Map.of(), List.of()).read(Path.of("src/test/resources/jobs/minimal.yaml"));
    assertThat(new JobReader(Map.of(), List.of()).read(job.effective(), "e").seed()).isEqualTo(42);
  }

  @Test
  void samples_shown_for_each_problem_fit_the_sample_schema() throws IOException {
    Schema sample =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(MAPPER.readTree(SampleRecordSchema.text()));
    for (ProblemInfo problem : Problems.all()) {
      for (String example : List.of(problem.lowerExample(), problem.upperExample())) {
        if (!example.isEmpty()) { // a problem of one level has no lower sample
          assertThat(sample.validate(MAPPER.readTree(example))).as(example).isEmpty();
        }
      }
    }
    assertThat(sample.validate(MAPPER.readTree("{\"role\":\"test\"}"))).isNotEmpty();
    assertThat(sample.validate(MAPPER.readTree("{\"i\":[1]}"))).isNotEmpty();
  }

  @Test
  void the_schema_travels_in_the_jar() throws IOException {
    try (InputStream in = JobSchema.class.getResourceAsStream("/schemas/job-v1.json")) {
      assertThat(in).isNotNull();
    }
  }
}
