package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Small games with random samples: something for a solver to run on. */
public final class RandomGame {
  static final int DX = 3;
  static final int DY = 4;

  private RandomGame() {}

  static Problem problem() {
    return Problems.create(
        Settings.of("problem", Map.of("type", "pl-game", "dx", DX, "dy", DY, "c", 0.5)));
  }

  /** Pairs of batches of 1 to 6 rows. */
  static List<StepInput> inputs(Problem problem, long seed, int steps) {
    SplitMix64 rng = new SplitMix64(seed);
    List<StepInput> out = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      Batch lower = batch(problem, Level.LOWER, rng, 1 + rng.index(6));
      Batch upper = batch(problem, Level.UPPER, rng, 1 + rng.index(6));
      out.add(StepInput.of(lower, upper));
    }
    return out;
  }

  /** Random rows of any problem; the matrices of a finite sum are positive definite. */
  public static Batch batch(Problem problem, Level level, SplitMix64 rng, int rows) {
    Batch batch = new Batch(problem.schema(level), rows);
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      for (int f = 0; f < batch.schema().fields().size(); f++) {
        Field field = batch.schema().fields().get(f);
        for (int j = 0; j < field.width(); j++) {
          if (!batch.schema().sparse() || f != batch.schema().featuresColumn()) {
            batch.set(f, j, number(field, rng));
          } else if (rng.uniform() < 0.7) {
            batch.append(j, number(field, rng));
          }
        }
        if (field.name().equals("A")) {
          square(batch.column(f), r * field.width(), (int) Math.sqrt(field.width()));
        }
      }
      batch.commitRow();
    }
    return batch;
  }

  /** The matrix G becomes G G' / n + 0.3 I: a lower level must be convex for constant steps. */
  private static void square(double[] values, int at, int n) {
    double[] g = Arrays.copyOfRange(values, at, at + n * n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        values[at + i * n + j] = Kernels.dot(n, g, i * n, g, j * n) / n + (i == j ? 0.3 : 0);
      }
    }
  }

  private static double number(Field field, SplitMix64 rng) {
    return switch (field.rule()) {
      case FINITE -> 0.7 * rng.gaussian();
      case NON_NEGATIVE -> rng.uniform();
      case INDEX -> rng.index(Math.max(1, field.below()));
      case LABEL -> rng.uniform() < 0.5 ? -1 : 1;
    };
  }
}
