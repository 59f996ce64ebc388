package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.thalweg.oracle.Capability;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page about problems of one's own, followed to the letter. */
class OwnProblemTest {
  private static final Path PAGE =
      Path.of(System.getProperty("project.basedir", ".")).resolve("src/docs/own-problem.md");

  @TempDir private Path dir;

  private static String block(String language) throws Exception {
    Matcher m =
        Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```").matcher(Files.readString(PAGE));
    assertThat(m.find()).as("a block of %s", language).isTrue();
    String found = m.group(1);
    assertThat(m.find()).as("one block of %s only", language).isFalse();
    return found;
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  @Test
  void the_readme_shows_the_class_that_this_test_runs() throws Exception {
    String readme = Files.readString(PAGE.resolve("../../../README.md").normalize());
    assertThat(readme).contains(block("java"));
    assertThat(block("java").lines().count()).isLessThanOrEqualTo(60);
  }

  @Test
  void the_commands_of_the_page_lead_to_the_model_it_promises() throws Exception {
    Files.writeString(dir.resolve("Ridge.java"), block("java"));
    Files.writeString(dir.resolve("ridge.yaml"), block("yaml"));
    String commands = block("sh");
    assertThat(commands).contains("-cp target/thalweg.jar");
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-e", "-c", commands.replace("target/thalweg.jar", "$JAR"));
    shell.environment().put("JAR", classPath());
    shell
        .environment()
        .merge("PATH", Path.of(System.getProperty("java.home"), "bin") + ":", (o, n) -> n + o);
    Path said = dir.resolve("said");
    Process process =
        shell
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    List<String> lines = Files.readAllLines(said, UTF_8);
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
    assertThat(last.at("/upper/ridge").doubleValue()).isBetween(0.0, 0.3);
    double[] truth = {1, -2, 0.5};
    for (int j = 0; j < 3; j++) {
      assertThat(last.get("y").get(j).doubleValue()).isCloseTo(truth[j], within(0.3));
    }
    assertThat(last.at("/metrics/samples-lower").doubleValue()).isEqualTo(8000);
  }

  @Test
  void the_class_of_the_page_compiles_without_a_warning_and_its_gradients_are_right()
      throws Exception {
    String code = block("java");
    assertThat(code.lines()).hasSizeLessThanOrEqualTo(60);
    DocPage.compile(dir, "Ridge", code);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {dir.toUri().toURL()}, getClass().getClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      check(
          Problems.create(Settings.of("problem", Map.of("type", "com.acme.Ridge", "features", 3))));
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /** Defaults of a problem, and its gradients by differences. */
  private static void check(Problem problem) {
    assertThat(problem.id()).isEqualTo("com.acme.Ridge");
    assertThat(problem.capabilities())
        .containsExactlyInAnyOrder(Capability.VALUE, Capability.FIRST_ORDER);
    assertThat(problem.defaultUpper()).containsExactly(0);
    assertThat(problem.defaultLower()).containsExactly(0, 0, 0);
    assertThat(problem.upperBounds())
        .isEqualTo(new double[][] {{Double.NEGATIVE_INFINITY}, {Double.POSITIVE_INFINITY}});
    Batch batch = new Batch(problem.schema(Level.LOWER), 2);
    for (double[] row : new double[][] {{0.5, -1.2, 3, 4.4}, {1, 2, -0.5, 0.1}}) {
      batch.openRow();
      for (int j = 0; j < 3; j++) {
        batch.set(0, j, row[j]);
      }
      batch.set(1, 0, row[3]);
      batch.commitRow();
    }
    double[] x = {-0.3};
    double[] y = {0.4, -0.7, 0.9};
    double[] gx = new double[1];
    double[] gy = new double[3];
    double[] fx = {7};
    double[] fy = new double[3];
    problem.gradLowerX(x, y, batch, gx);
    problem.gradLowerY(x, y, batch, gy);
    problem.gradUpperX(x, y, batch, fx);
    problem.gradUpperY(x, y, batch, fy);
    double d = 1e-6;
    double[] ahead = {x[0] + d};
    double[] behind = {x[0] - d};
    assertThat(gx[0])
        .isCloseTo(
            (problem.lowerValue(ahead, y, batch) - problem.lowerValue(behind, y, batch)) / (2 * d),
            within(1e-8));
    assertThat(fx[0]).isZero();
    for (int j = 0; j < 3; j++) {
      double[] up = y.clone();
      double[] down = y.clone();
      up[j] += d;
      down[j] -= d;
      assertThat(gy[j])
          .isCloseTo(
              (problem.lowerValue(x, up, batch) - problem.lowerValue(x, down, batch)) / (2 * d),
              within(1e-7));
      assertThat(fy[j])
          .isCloseTo(
              (problem.upperValue(x, up, batch) - problem.upperValue(x, down, batch)) / (2 * d),
              within(1e-7));
    }
  }
}
