package io.thalweg.solver;

import io.thalweg.SeededBatches;
import io.thalweg.SeededBatches.Pattern;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A few step inputs taken in turn, and solvers as a job would make them. */
final class Streams {
  /** Rows per level and step. */
  static final int ROWS = 64;

  /** Samples drawn per step. */
  static final int DRAWN = 2 * ROWS;

  private static final long SEED = 20261125;

  private Streams() {}

  static StepInput[] dense(Problem problem, int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    StepInput[] inputs = new StepInput[count];
    for (int i = 0; i < count; i++) {
      inputs[i] =
          StepInput.of(
              SeededBatches.dense(problem, Level.LOWER, ROWS, random),
              SeededBatches.dense(problem, Level.UPPER, ROWS, random));
    }
    return inputs;
  }

  static StepInput[] sparse(Problem problem, int count, int nonzeros, Pattern pattern) {
    SplittableRandom random = new SplittableRandom(SEED);
    StepInput[] inputs = new StepInput[count];
    for (int i = 0; i < count; i++) {
      inputs[i] =
          StepInput.of(
              SeededBatches.sparse(problem, Level.LOWER, ROWS, nonzeros, pattern, random),
              SeededBatches.sparse(problem, Level.UPPER, ROWS, nonzeros, pattern, random));
    }
    return inputs;
  }

  /** A method at its default settings, but for the way to the hypergradient. */
  static Solver solver(Problem problem, String method, String hypergradient) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    keys.put("hypergradient", hypergradient);
    Constraint constraint =
        Constraints.of(Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds());
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        problem.defaultUpper(),
        problem.defaultLower(),
        constraint,
        1);
  }

  /** Takes a step and makes sure that it was one: a refused step would be cheaper. */
  static void advance(Solver solver, StepInput input) {
    if (solver.step(input) instanceof Verdict.Refused refused) {
      throw new IllegalStateException("a step was refused: " + refused.reason());
    }
  }
}
