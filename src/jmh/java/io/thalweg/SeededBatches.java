package io.thalweg;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

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

  /** Which features a sparse row has. */
  public enum Pattern {
    /** Feature k with probability about 1 / k, spread by a hash as names would be. */
    POWER_LAW,
    /** All alike: the worst case for caches. */
    UNIFORM
  }

  /** A batch of labelled rows with normal features on every column. */
  public static Batch dense(Problem problem, Level level, int rows, SplittableRandom random) {
    Batch batch = new Batch(problem.schema(level), rows);
    int features = problem.schema(level).fields().get(0).width();
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      double margin = 0;
      for (int k = 0; k < features; k++) {
        double value = random.nextGaussian();
        margin += k % 2 == 0 ? value : -value;
        batch.set(0, k, value);
      }
      batch.set(1, 0, margin + 3 * random.nextGaussian() > 0 ? 1 : 0);
      batch.commitRow();
    }
    return batch;
  }

  /** A batch of labelled rows with some normal features, sorted; a power of two to choose from. */
  public static Batch sparse(
      Problem problem,
      Level level,
      int rows,
      int nonzeros,
      Pattern pattern,
      SplittableRandom random) {
    Batch batch = new Batch(problem.schema(level), rows);
    int features = problem.schema(level).fields().get(0).width();
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      double margin = 0;
      for (int feature : chosen(features, nonzeros, pattern, random)) {
        double value = random.nextGaussian();
        margin += feature % 2 == 0 ? value : -value;
        batch.append(feature, value);
      }
      batch.set(1, 0, margin + 3 * random.nextGaussian() > 0 ? 1 : 0);
      batch.commitRow();
    }
    return batch;
  }

  private static Set<Integer> chosen(
      int features, int nonzeros, Pattern pattern, SplittableRandom random) {
    Set<Integer> chosen = new TreeSet<>();
    while (chosen.size() < nonzeros) {
      int rank =
          pattern == Pattern.UNIFORM
              ? random.nextInt(features)
              : (int) StrictMath.pow(features, random.nextDouble()) - 1;
      chosen.add(rank * 0x9E3779B1 & (features - 1));
    }
    return chosen;
  }
}
