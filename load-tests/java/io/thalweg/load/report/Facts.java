package io.thalweg.load.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where and with what something was measured.
 *
 * @param machine the processor
 * @param cores how many the JVM sees
 * @param system operating system and architecture
 * @param jvm name and version
 * @param flags flags of the JVM that measured
 * @param solverFlags flags of the solver's JVM where that is a process of its own
 * @param commit of the working tree, {@code -dirty} when it was changed
 * @param loadAverage of the machine before the first measurement
 */
public record Facts(
    String machine,
    int cores,
    String system,
    String jvm,
    List<String> flags,
    List<String> solverFlags,
    String commit,
    double loadAverage) {
  /**
   * The facts of now.
   *
   * @param solverFlags flags of the solver's JVM where that is a process of its own
   * @return what can be found out
   */
  public static Facts now(List<String> solverFlags) {
    return new Facts(
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("--add-modules"))
            .toList(),
        List.copyOf(solverFlags),
        describe(),
        Math.round(10 * ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()) / 10.);
  }

  /**
   * One line for people.
   *
   * @return machine, JVM, flags, commit
   */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %s; %s, flags %s%s; commit %s",
        machine,
        cores,
        system,
        jvm,
        flags.isEmpty() ? "none" : String.join(" ", flags),
        solverFlags.isEmpty() ? "" : ", of the solver " + String.join(" ", solverFlags),
        commit);
  }

  private static String processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown processor");
    } catch (IOException elsewhere) {
      return "unknown processor";
    }
  }

  private static String describe() {
    try {
      Process git = new ProcessBuilder("git", "describe", "--always", "--dirty").start();
      String id = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return id.isEmpty() ? "unknown" : id;
    } catch (IOException withoutGit) {
      return "unknown";
    }
  }
}
