package io.thalweg.solver;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a solver reports. */
final class Figures {
  private Figures() {}

  static Map<String, Double> of(Solver solver) {
    Map<String, Double> out = new LinkedHashMap<>();
    solver.report(out::put);
    return out;
  }
}
