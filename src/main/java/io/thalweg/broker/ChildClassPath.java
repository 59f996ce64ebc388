package io.thalweg.broker;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.stream.Stream;

/**
 * The class path of the child: this jar, {@code lib-broker/*} and {@code lib/*} beside it. Run from
 * class folders (tests, an IDE), the class path of this process, which then has the broker's jars
 * in scope.
 */
final class ChildClassPath {
  private ChildClassPath() {}

  static String find() {
    Path home = home();
    if (Files.isDirectory(home)) {
      String own = System.getProperty("java.class.path", "");
      // a build tool may hand over one jar that only names the others
      return System.getProperty("surefire.test.class.path", own);
    }
    Path folder = home.toAbsolutePath().getParent();
    if (folder == null) {
      folder = Path.of("").toAbsolutePath();
    }
    Path broker = folder.resolve("lib-broker");
    if (!hasKafka(broker)) {
      throw new BrokerException(
          "the embedded broker is not installed: expected kafka_2.13-*.jar in " + broker);
    }
    String sep = File.pathSeparator;
    // this jar's manifest names lib/*; the wildcard adds what the manifest does not
    return home
        + sep
        + broker
        + File.separator
        + "*"
        + sep
        + folder.resolve("lib")
        + File.separator
        + "*";
  }

  /** The jar, or the folder of classes, that this class is from. */
  static Path home() {
    CodeSource source = ChildClassPath.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new BrokerException("the embedded broker cannot find its own jar");
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new BrokerException("the embedded broker cannot find its own jar: " + source, e);
    }
  }

  private static boolean hasKafka(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> jars = Files.list(folder)) {
      return jars.anyMatch(jar -> jar.getFileName().toString().startsWith("kafka_2.13"));
    } catch (IOException e) {
      throw new BrokerException("cannot read " + folder, e);
    }
  }
}
