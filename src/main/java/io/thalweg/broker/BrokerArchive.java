package io.thalweg.broker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The class archive of the child (class-data sharing), {@code thalweg-broker.jsa} beside the jar:
 * with it a broker starts in half the time. It is made by {@code thalweg archive} and used wherever
 * it lies; a JDK that did not make it, or jars it was not made for, pass it over.
 */
public final class BrokerArchive {
  /** Name of the archive beside the jar. */
  public static final String NAME = "thalweg-broker.jsa";

  /** Says that this process makes the archive, and where; set by {@code thalweg archive} alone. */
  public static final String MAKE = "thalweg.broker.archive";

  private BrokerArchive() {}

  /** What the child's JVM is told. */
  static List<String> flags() {
    String make = System.getProperty(MAKE);
    if (make != null) {
      return List.of("-XX:ArchiveClassesAtExit=" + make, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    }
    Path home = ChildClassPath.home();
    Path archive = home.resolveSibling(NAME);
    return Files.isRegularFile(home) && Files.isRegularFile(archive)
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
        : List.of();
  }
}
