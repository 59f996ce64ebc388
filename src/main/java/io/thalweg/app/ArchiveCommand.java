package io.thalweg.app;

import io.thalweg.broker.BrokerArchive;
import io.thalweg.broker.BrokerException;
import io.thalweg.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code thalweg archive}: class-data sharing. A JVM that finds the classes of a program laid out
 * in an archive starts in half the time; the archive belongs to one JDK and to one build. The
 * program and the embedded broker are each run for a moment, and the JDK writes down what they
 * loaded.
 */
@Command(
    name = "archive",
    description = {
      "Lays the program's classes out for this JDK (class-data sharing), so that it starts in about"
          + " half the time. Writes beside the jar: thalweg.jsa, thalweg-broker.jsa (used by itself)"
          + " and thalweg.args.",
      "The build does this; do it again for another JDK. Another JDK passes the archives over.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  java -jar target/thalweg.jar archive",
      "  java @target/thalweg.args run -c job.yaml      # starts with the archive"
    })
final class ArchiveCommand implements Callable<Integer> {
  static final String ARCHIVE = "thalweg.jsa";
  static final String ARGS = "thalweg.args";

  private static final String REHEARSE = "rehearse";
  private static final String SAID = "said.log";

  @Option(
      names = "--no-broker",
      description = "Leave the embedded broker out, where it is not installed (the image).")
  private boolean noBroker;

  @Option(
      names = "--try",
      description =
          "End well, with a word, even where this JDK makes no archive: nothing needs one.")
  private boolean lenient;

  @Spec private CommandSpec spec;

  ArchiveCommand() {}

  @Override
  public Integer call() throws IOException {
    try {
      return make(jar());
    } catch (UserError e) {
      if (!lenient) {
        throw e;
      }
      PrintWriter err = spec.commandLine().getErr();
      err.println("the program will start as before: " + e.getMessage());
      err.flush();
      return ExitCode.OK;
    }
  }

  private int make(Path jar) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (isFresh(jar)) {
      out.println("the archives beside " + jar + " are of this build and this JDK");
      out.flush();
      return ExitCode.OK;
    }
    Path work = Files.createTempDirectory("thalweg-archive-");
    try {
      CompletableFuture<@Nullable Void> broker =
          noBroker
              ? CompletableFuture.completedFuture(null)
              : CompletableFuture.runAsync(() -> rehearseBroker(work));
      rehearse(jar, work);
      put(work.resolve(ARCHIVE), jar.resolveSibling(ARCHIVE), out);
      Files.write(jar.resolveSibling(ARGS), args(jar));
      broker.join();
      if (!noBroker) {
        put(work.resolve(BrokerArchive.NAME), jar.resolveSibling(BrokerArchive.NAME), out);
      }
      out.println("start with: java @" + jar.resolveSibling(ARGS) + " COMMAND");
      out.flush();
      return ExitCode.OK;
    } catch (CompletionException e) {
      throw new UserError(ExitCode.FAILURE, "no archive of the broker: " + Failures.message(e), e);
    } finally {
      deleteTree(work);
    }
  }

  /** What an argument file of the JVM says; paths are quoted, backslashes within quotes doubled. */
  static List<String> args(Path jar) {
    return List.of(
        "# java @" + ARGS + " COMMAND ...",
        "# " + maker(),
        quoted("-XX:SharedArchiveFile=" + jar.resolveSibling(ARCHIVE)),
        "-Xlog:cds=off",
        "-Xlog:cds+dynamic=off",
        "-jar",
        quoted(jar.toString()));
  }

  private static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\") + '"';
  }

  private static String maker() {
    return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
  }

  /** Whether everything was made by this JDK after the jars. */
  private boolean isFresh(Path jar) throws IOException {
    Path args = jar.resolveSibling(ARGS);
    List<Path> made = new ArrayList<>(List.of(jar.resolveSibling(ARCHIVE), args));
    if (!noBroker) {
      made.add(jar.resolveSibling(BrokerArchive.NAME));
    }
    for (Path file : made) {
      if (!Files.isRegularFile(file)) {
        return false;
      }
    }
    FileTime oldest = Files.getLastModifiedTime(made.get(0));
    for (Path file : made) {
      FileTime time = Files.getLastModifiedTime(file);
      oldest = time.compareTo(oldest) < 0 ? time : oldest;
    }
    List<Path> jars = new ArrayList<>(List.of(jar));
    for (String folder : List.of("lib", "lib-broker")) {
      Path libraries = jar.resolveSibling(folder);
      if (Files.isDirectory(libraries)) {
        try (Stream<Path> files = Files.list(libraries)) {
          files.forEach(jars::add);
        }
      }
    }
    for (Path each : jars) {
      if (Files.getLastModifiedTime(each).compareTo(oldest) >= 0) {
        return false;
      }
    }
    return Files.readAllLines(args).equals(args(jar));
  }

  private static Path jar() {
    try {
      Path home =
          Path.of(ArchiveCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(home)) {
        return home;
      }
      throw new UserError(
          ExitCode.FAILURE,
          "expected to run from thalweg.jar, but the classes are in "
              + home
              + ": only jars can be archived");
    } catch (URISyntaxException e) {
      throw new UserError(ExitCode.FAILURE, "the jar cannot be found: " + e.getMessage(), e);
    }
  }

  /**
   * The archive of the program: of what a rehearsal loads beyond the JDK's own archive, or, where
   * the JDK came without one, of all it loads.
   */
  private static void rehearse(Path jar, Path work) throws IOException {
    Path archive = work.resolve(ARCHIVE);
    int code = java(work, "-XX:ArchiveClassesAtExit=" + archive, "-jar", jar.toString(), REHEARSE);
    if (code != 0 || !Files.isRegularFile(archive)) {
      Path classes = work.resolve("classes.lst");
      require(work, "-XX:DumpLoadedClassList=" + classes, "-jar", jar.toString(), REHEARSE);
      require(
          work,
          "-Xshare:dump",
          "-XX:SharedClassListFile=" + classes,
          "-XX:SharedArchiveFile=" + archive,
          "-jar",
          jar.toString());
    }
  }

  private static void require(Path work, String... words) throws IOException {
    int code = java(work, words);
    if (code != 0) {
      throw new UserError(
          ExitCode.FAILURE,
          String.join(" ", words)
              + " ended with "
              + code
              + ":\n"
              + Files.readString(work.resolve(SAID)).strip());
    }
  }

  private static int java(Path work, String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(work.resolve(SAID).toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.equals("JAVA_TOOL_OPTIONS") || name.equals("JDK_JAVA_OPTIONS"));
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError(ExitCode.FAILURE, "interrupted", e);
    }
  }

  /** Starting and stopping it loads nearly all it ever loads. */
  private static void rehearseBroker(Path work) {
    System.setProperty(BrokerArchive.MAKE, work.resolve(BrokerArchive.NAME).toString());
    try {
      EmbeddedBroker.start(EmbeddedBroker.Options.DEFAULTS.in(work.resolve("kafka"))).close();
    } catch (BrokerException e) {
      throw new UserError(ExitCode.FAILURE, String.valueOf(e.getMessage()), e);
    } finally {
      System.clearProperty(BrokerArchive.MAKE);
    }
  }

  /** Moved and never written over: a JVM that runs has the old one mapped. */
  private static void put(Path made, Path to, PrintWriter out) throws IOException {
    if (!Files.isRegularFile(made)) {
      throw new UserError(
          ExitCode.FAILURE,
          "this JDK made no "
              + to.getFileName()
              + " ("
              + maker()
              + "); java -Xshare:dump makes the one it builds on");
    }
    Path beside =
        Files.copy(
            made,
            to.resolveSibling(to.getFileName() + ".new"),
            StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, to, StandardCopyOption.REPLACE_EXISTING);
    out.println(to + "  " + Files.size(to) / (1 << 20) + " MiB");
  }

  private static void deleteTree(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
