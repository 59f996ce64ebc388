package io.thalweg;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;
import java.util.SplittableRandom;

/** The data every benchmark runs on: the same rows on any machine. */
public final class SeededBatches {
  private SeededBatches() {}

  /**
   * Logistic regression with a penalty per feature on dense rows, or one penalty on sparse ones.
   */
  public static Problem logistic(int features, boolean sparse) {
    return Problems.create(
        Settings.of(
            "problem",
            Map.of(
                "type",
                "logistic-regression",
                "features",
                features,
                "encoding",
                sparse ? "sparse" : "dense",
                "hyperparameters",
                Map.of("l2", Map.of("per", sparse ? "global" : "feature")))));
  }

  /**
   * A batch of labelled rows with normal features: all of them on dense rows, {@code nonzeros}
   * sorted and different ones on sparse rows.
   */
  public static Batch batch(
      Problem problem, Level level, int rows, int nonzeros, SplittableRandom random) {
    Batch batch = new Batch(problem.schema(level), rows);
    int features = problem.schema(level).fields().get(0).width();
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      double margin = 0;
      if (batch.schema().sparse()) {
        int stride = features / nonzeros;
        for (int k = 0; k < nonzeros; k++) {
          double value = random.nextGaussian();
          margin += k % 2 == 0 ? value : -value;
          batch.append(k * stride + random.nextInt(stride), value);
        }
      } else {
        for (int k = 0; k < features; k++) {
          double value = random.nextGaussian();
          margin += k % 2 == 0 ? value : -value;
          batch.set(0, k, value);
        }
      }
      batch.set(1, 0, margin + 3 * random.nextGaussian() > 0 ? 1 : 0);
      batch.commitRow();
    }
    return batch;
  }
}
