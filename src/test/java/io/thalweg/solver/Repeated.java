package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import io.thalweg.sample.Batch;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A solver that sees the same two batches in every step: exact data. */
final class Repeated {
  private final Solver solver;
  private final Batch lower;
  private final Batch upper;

  Repeated(Solver solver, Batch lower, Batch upper) {
    this.solver = solver;
    this.lower = lower;
    this.upper = upper;
  }

  void step() {
    Consumption need = solver.next();
    StepInput input =
        new StepInput(
            Collections.nCopies(need.lower(), lower), Collections.nCopies(need.upper(), upper));
    assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
  }

  void steps(int count) {
    for (int i = 0; i < count; i++) {
      step();
    }
  }

  double[] x() {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  double[] y() {
    double[] y = new double[solver.lowerDim()];
    solver.lower(y);
    return y;
  }

  double[] slot(String name) {
    return Recorded.of(solver).doubles.get(name);
  }

  double figure(String name) {
    Map<String, Double> figures = new LinkedHashMap<>();
    solver.report(figures::put);
    return figures.get(name);
  }
}
