package io.thalweg.load;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The packaged program beside the jar of the load tests, and how its commands are started. */
public final class Installation {
  /** The program's entry, as the manifest of its jar names it. */
  private static final String MAIN = "io.thalweg.app.Thalweg";

  private final Path program;
  private final Path loadTests;

  private Installation(Path program, Path loadTests) {
    this.program = program;
    this.loadTests = loadTests;
  }

  /**
   * Finds {@code thalweg.jar} beside the jar this class is from.
   *
   * @return the installation
   */
  public static Installation find() {
    try {
      Path own =
          Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path program = own.resolveSibling("thalweg.jar");
      if (!Files.isRegularFile(program)) {
        throw new ConfigException(
            "the program is not there: expected "
                + program
                + "; build it with ./mvnw -q -Pload-tests -DskipTests package");
      }
      return new Installation(program, own);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs a command of the packaged program in a process of its own.
   *
   * @param flags flags of its JVM
   * @param log receives what it prints
   * @param args the words after {@code thalweg}
   * @return the running process
   * @throws IOException when it cannot be started
   */
  public Process start(List<String> flags, Path log, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    // the jar of the load tests is there for its consumer interceptor alone
    command.addAll(List.of("-cp", program + java.io.File.pathSeparator + loadTests, MAIN));
    command.addAll(args);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
