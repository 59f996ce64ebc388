package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A single-level problem and a method on it, at its initial point, fed with one sample after the
 * other.
 */
final class OneLevel {
  final Problem problem;
  final Solver solver;
  private final Batch row;
  private final StepInput input;

  private OneLevel(Problem problem, Solver solver) {
    this.problem = problem;
    this.solver = solver;
    row = new Batch(problem.schema(Level.UPPER), 1);
    input = new StepInput(List.of(), List.of(row));
    assertThat(solver.step(new StepInput(List.of(), List.of())))
        .isInstanceOf(Verdict.Advanced.class);
  }

  static OneLevel of(Map<String, ?> problem, Map<String, ?> solver, double... x1) {
    Problem built = Problems.create(Settings.of("problem", problem));
    Map<String, Object> keys = new LinkedHashMap<>(solver);
    Constraint constraint =
        Constraints.of(
            Settings.of("upper", Map.of()),
            built.upperDim(),
            built.upperBounds(),
            built.defaultConstraint());
    return new OneLevel(
        built,
        Methods.create(
            Settings.of("solver", keys), built, x1, built.defaultLower(), constraint, 42));
  }

  /** Takes one step on one sample, whose fields are given in the order of the schema. */
  void step(double[]... fields) {
    row.clear();
    row.openRow();
    for (int f = 0; f < fields.length; f++) {
      for (int j = 0; j < fields[f].length; j++) {
        row.set(f, j, fields[f][j]);
      }
    }
    row.commitRow();
    assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
  }

  double[] x() {
    double[] x = new double[problem.upperDim()];
    solver.upper(x);
    return x;
  }

  double figure(String name) {
    double[] found = {Double.NaN};
    solver.report(
        (each, value) -> {
          if (each.equals(name)) {
            found[0] = value;
          }
        });
    return found[0];
  }
}
