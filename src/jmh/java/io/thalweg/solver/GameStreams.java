package io.thalweg.solver;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Bilevel games whose lower Hessian has half of its spectrum at zero, as it has where there are
 * more parameters than directions in the data.
 */
final class GameStreams {
  private static final int DX = 20;
  private static final long SEED = 7;

  private GameStreams() {}

  static Problem problem(int dy) {
    return Problems.create(
        Settings.of("problem", Map.of("type", "pl-game", "dx", DX, "dy", dy, "c", 0.1)));
  }

  /** Inputs whose q lie in the first half of the coordinates. */
  static StepInput[] inputs(Problem problem, int rows, int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    StepInput[] inputs = new StepInput[count];
    for (int i = 0; i < count; i++) {
      inputs[i] =
          StepInput.of(
              batch(problem, Level.LOWER, rows, random), batch(problem, Level.UPPER, rows, random));
    }
    return inputs;
  }

  private static Batch batch(Problem problem, Level level, int rows, SplittableRandom random) {
    Batch batch = new Batch(problem.schema(level), rows);
    int half = problem.lowerDim() / 2;
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      for (int f = 0; f < batch.schema().fields().size(); f++) {
        String name = batch.schema().fields().get(f).name();
        int width = batch.schema().fields().get(f).width();
        double scale = scale(name);
        for (int j = 0; j < width; j++) {
          boolean outside = width == problem.lowerDim() && j >= half;
          batch.set(f, j, outside ? 0 : scale * random.nextGaussian());
        }
      }
      batch.commitRow();
    }
    return batch;
  }

  private static double scale(String field) {
    return switch (field) {
      case "p", "q" -> 1;
      case "a" -> 0.3;
      default -> 0.1;
    };
  }

  /** The dense option, by a decomposition per step or tracked. */
  static Solver solver(Problem problem, String clamp) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", "vr-msgbio");
    keys.put("hypergradient", "dense");
    keys.put("clamp", clamp);
    keys.put("gamma", 0.1);
    keys.put("lambda", 0.5);
    keys.put("mu", 0.1);
    keys.put("lg", 4.0);
    keys.put("eta", Map.of("schedule", "constant", "k", 0.02));
    Constraint free =
        Constraints.of(Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds());
    return Methods.create(
        Settings.of("solver", keys),
        problem,
        new double[problem.upperDim()],
        new double[problem.lowerDim()],
        free,
        1);
  }
}
