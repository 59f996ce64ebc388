package io.thalweg.peers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Where and of what figures were taken.
 *
 * @param processor its name, cores and system
 * @param jvm name and version
 * @param flags of the JVM
 * @param load average when the figures were written
 * @param commit of the project
 * @param vowpalWabbit version of the artifact
 * @param moa version of the artifact
 */
record Machine(
    String processor,
    String jvm,
    List<String> flags,
    double load,
    String commit,
    String vowpalWabbit,
    String moa) {
  static Machine here() throws IOException {
    return new Machine(
        describe(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        revision(),
        version("com.github.vowpalwabbit/vw-jni"),
        version("nz.ac.waikato.cms.moa/moa"));
  }

  private static String describe() throws IOException {
    return model()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores, "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch");
  }

  private static String model() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return "unknown processor";
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown processor");
    }
  }

  private static String revision() throws IOException {
    Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
    String id = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    return id.isEmpty() ? "unknown" : id;
  }

  private static String version(String artifact) {
    String file = "/META-INF/maven/" + artifact + "/pom.properties";
    try (InputStream in = Machine.class.getResourceAsStream(file)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
