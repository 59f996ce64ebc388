package io.thalweg.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class archives are made, taken by the JVM that made them, and harmless when out of date. */
class ArchiveIT {
  private static final Path JAR = Path.of(System.getProperty("thalweg.jar", "target/thalweg.jar"));
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String FROM_TOP = "source: shared objects file (top)";

  @TempDir Path folder;

  @Test
  void archives_are_made_used_and_passed_over_when_the_jar_is_another() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    install(home);
    Path jar = home.resolve("thalweg.jar");

    Run made = run(JAVA, "-jar", jar.toString(), "archive");
    assertThat(made.code()).as(made.text()).isZero();
    assertThat(home.resolve("thalweg.jsa")).isRegularFile();
    assertThat(home.resolve("thalweg-broker.jsa")).isRegularFile();

    String args = "@" + home.resolve("thalweg.args");
    Path loaded = folder.resolve("loaded.log");
    Run used = run(JAVA, logTo(loaded), args, "schema", "job");
    assertThat(used.code()).isZero();
    assertThat(used.text()).startsWith("{");
    assertThat(source(loaded, "io.thalweg.config.JobSchema")).contains(FROM_TOP);
    assertThat(source(loaded, "com.fasterxml.jackson.databind.ObjectMapper")).contains(FROM_TOP);

    brokerUses(jar);

    Run again = run(JAVA, "-jar", jar.toString(), "archive");
    assertThat(again.code()).isZero();
    assertThat(again.text()).contains("are of this build and this JDK");

    // as a new build would leave it; the JVM refuses the archive and nobody hears of it
    Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() + 10_000));
    Run stale = run(JAVA, args, "--version");
    assertThat(stale.code()).isZero();
    assertThat(stale.text()).startsWith("thalweg ");
    assertThat(stale.text().strip().lines()).hasSize(2);
  }

  /** The broker's child process takes its archive by itself. */
  private void brokerUses(Path jar) throws Exception {
    Path out = folder.resolve("broker.out");
    ProcessBuilder builder =
        new ProcessBuilder(
                JAVA,
                "-jar",
                jar.toString(),
                "broker",
                "--port=0",
                "--data=" + folder.resolve("kafka"))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    // reaches the child, too: one file for each process
    builder.environment().put("_JAVA_OPTIONS", logTo(folder.resolve("jvm-%p.log")));
    Process broker = builder.start();
    try {
      Awaitility.await()
          .atMost(90, TimeUnit.SECONDS)
          .until(() -> Files.readString(out).contains("\n127.0.0.1:") || !broker.isAlive());
      assertThat(Files.readString(out)).contains("127.0.0.1:");
    } finally {
      broker.destroy();
      broker.waitFor(60, TimeUnit.SECONDS);
    }
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> logs = Files.list(folder)) {
      for (Path log : logs.filter(f -> f.getFileName().toString().startsWith("jvm-")).toList()) {
        sources.append(source(log, "kafka.server.KafkaRaftServer"));
      }
    }
    assertThat(sources).contains(FROM_TOP);
  }

  /** Where a JVM took a class from, by its log; empty when it took it from nowhere. */
  private static String source(Path log, String type) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(l -> l.contains(" " + type + " source: ")).findFirst().orElse("");
    }
  }

  private static String logTo(Path file) {
    return "-Xlog:class+load:file=" + file;
  }

  private record Run(int code, String text) {}

  private Run run(String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "run", ".out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end within 120 s: " + Files.readString(out));
    }
    return new Run(process.exitValue(), Files.readString(out));
  }

  /** A copy of the packaged program, so that the build's own archives do not matter. */
  private static void install(Path home) throws IOException {
    Path target = JAR.toAbsolutePath().getParent();
    Files.copy(JAR, home.resolve("thalweg.jar"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String lib : List.of("lib", "lib-broker")) {
      Files.createDirectory(home.resolve(lib));
      try (Stream<Path> jars = Files.list(target.resolve(lib))) {
        for (Path jar : jars.toList()) {
          Files.copy(
              jar,
              home.resolve(lib).resolve(jar.getFileName()),
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
