package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's first command, on the packaged program. */
class DemoIT {
  private static final Path JAR = Path.of(System.getProperty("thalweg.jar", "target/thalweg.jar"));

  @ParameterizedTest(name = "{0}")
  @CsvSource({"auto, reference", "vr-msgbio, fixed defaults"})
  void it_streams_tunes_publishes_and_ends_with_a_summary(
      String method, String compared, @TempDir Path folder) throws Exception {
    Path out = folder.resolve("out.txt");
    Process demo =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                JAR.toString(),
                "demo",
                "--seconds",
                "8",
                "--method",
                method,
                "--data",
                folder.resolve("demo").toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(demo.waitFor(180, TimeUnit.SECONDS)).isTrue();
    } finally {
      demo.destroyForcibly();
    }
    String text = Files.readString(out);
    assertThat(demo.exitValue()).as(text).isZero();
    assertThat(number(text, "samples +([\\d,]+) taken in")).isPositive();
    assertThat(number(text, "snapshots ([\\d,]+) in")).isPositive();
    assertThat(number(text, "tuned +([\\d.]+)")).isBetween(0.001, 2.0);
    assertThat(number(text, compared + " +([\\d.]+)")).isBetween(0.001, 2.0);
    assertThat(folder.resolve("demo").resolve("job.yaml")).exists();
  }

  @Test
  void the_broker_is_not_on_the_class_path_of_the_solver() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      String path = jar.getManifest().getMainAttributes().getValue("Class-Path");
      assertThat(path).contains("lib/kafka-clients-").doesNotContain("kafka_2.13", "scala");
    }
    try (var broker = Files.list(JAR.resolveSibling("lib-broker"))) {
      assertThat(broker.map(p -> p.getFileName().toString()))
          .anyMatch(name -> name.startsWith("kafka_2.13-"));
    }
  }

  private static double number(String text, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(text);
    assertThat(m.find()).as("%s in %s", pattern, text).isTrue();
    return Double.parseDouble(m.group(1).replace(",", ""));
  }
}
