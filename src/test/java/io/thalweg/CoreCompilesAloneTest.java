package io.thalweg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The optimizer needs nothing but EJML and annotations. Bytecode cannot show every dependency: a
 * constant of another library is inlined. A compiler without that library can.
 */
class CoreCompilesAloneTest {
  private static final List<String> CORE =
      List.of(
          "settings",
          "linalg",
          "sample",
          "oracle",
          "estimator",
          "robust",
          "problem",
          "portfolio",
          "watch",
          "solver",
          "metric",
          "stream");

  @Test
  void the_core_compiles_with_nothing_but_ejml_and_annotations(@TempDir Path out) throws Exception {
    List<Path> sources = new ArrayList<>();
    Path root =
        Path.of(System.getProperty("project.basedir", ".")).resolve("src/main/java/io/thalweg");
    for (String name : CORE) {
      try (Stream<Path> files = Files.walk(root.resolve(name))) {
        files.filter(f -> f.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    assertThat(sources).hasSizeGreaterThan(40);
    assertThat(errors(sources, classPath(), out)).isEmpty();
  }

  @Test
  void this_test_can_fail(@TempDir Path dir) throws Exception {
    Path source =
        Files.writeString(
            dir.resolve("Inlined.java"),
            "class Inlined { String key ="
                + " org.apache.kafka.clients.CommonClientConfigs.CLIENT_ID_CONFIG; }");
    assertThat(errors(List.of(source), classPath(), dir)).isNotEmpty();
  }

  private static List<String> errors(List<Path> sources, String classPath, Path out)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler).as("tests run on a JDK").isNotNull();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of(
              "--release",
              "17",
              "-proc:none",
              "-implicit:none",
              "-sourcepath",
              out.toString(),
              "-cp",
              classPath,
              "-d",
              out.toString());
      compiler
          .getTask(null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call();
    }
    return found.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(d -> d.toString())
        .toList();
  }

  private static String classPath() throws URISyntaxException {
    Set<String> jars = new TreeSet<>();
    for (Class<?> c :
        List.of(
            org.ejml.data.DMatrixRMaj.class,
            org.ejml.dense.row.CommonOps_DDRM.class,
            org.jspecify.annotations.NullMarked.class)) {
      jars.add(Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return jars.stream().collect(Collectors.joining(java.io.File.pathSeparator));
  }
}
