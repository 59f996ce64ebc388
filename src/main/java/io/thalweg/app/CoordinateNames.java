package io.thalweg.app;

import java.util.List;
import picocli.CommandLine.Parameters;

/** The coordinates that a command is given. */
final class CoordinateNames {
  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Coordinates.")
  private List<String> names = List.of();

  CoordinateNames() {}

  List<String> list() {
    return names;
  }
}
