package io.thalweg.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A page of the documentation, taken apart.
 *
 * @param name its path within the project
 * @param text all of it
 */
public record DocPage(String name, String text) {
  private static final Path ROOT = Path.of(System.getProperty("project.basedir", "."));

  /** Python that sees the packages of the system. */
  public static final Path PYTHON = Path.of("/usr/bin/python3");

  static DocPage read(String name) {
    try {
      return new DocPage(name, Files.readString(ROOT.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fenced blocks of a language, in their order. */
  List<String> blocks(String language) {
    List<String> found =
        Pattern.compile("(?ms)^```" + language + "\\R(.*?)^```")
            .matcher(text)
            .results()
            .map(m -> m.group(1))
            .toList();
    assertThat(found).as("blocks of %s in %s", language, name).isNotEmpty();
    return found;
  }

  /** Whatever a pattern finds; something at least. */
  List<MatchResult> find(String pattern) {
    List<MatchResult> found =
        Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().toList();
    assertThat(found).as("%s in %s", pattern, name).isNotEmpty();
    return found;
  }

  /** Whether Python and numpy are there. */
  public static boolean numpy() throws Exception {
    return Files.isExecutable(PYTHON) && python("import numpy").isEmpty();
  }

  /** What a program in Python says. */
  public static String python(String program, String... args) throws Exception {
    List<String> line = new ArrayList<>(List.of(PYTHON.toString(), "-B", "-c", program));
    line.addAll(List.of(args));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return said;
  }

  /** Compiles a class against this project, warnings forbidden. */
  static void compile(Path folder, String type, String source) throws IOException {
    Path file = Files.writeString(folder.resolve(type + ".java"), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of(
                      "--release",
                      "17",
                      "-Xlint:all,-path,-processing",
                      "-Werror",
                      "-proc:none",
                      "-cp",
                      System.getProperty(
                          "surefire.test.class.path", System.getProperty("java.class.path")),
                      "-d",
                      folder.toString()),
                  null,
                  files.getJavaFileObjects(file))
              .call();
      assertThat(compiled).as(complaints.toString()).isTrue();
    }
  }
}
