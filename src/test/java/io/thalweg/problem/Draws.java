package io.thalweg.problem;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Seeded points and batches for tests of problems. */
public final class Draws {
  private final SplittableRandom random;

  public Draws(long seed) {
    random = new SplittableRandom(seed);
  }

  public static Problem problem(Map<String, ?> keys) {
    return Problems.create(Settings.of("problem", keys));
  }

  public double uniform() {
    return 2 * random.nextDouble() - 1;
  }

  public double[] vector(int n) {
    double[] out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = uniform();
    }
    return out;
  }

  /** Rows with every field filled; labels are -1, 0 or 1 and weights 0 to 2. */
  public Batch batch(SampleSchema schema, int rows) {
    Batch batch = new Batch(schema, rows);
    List<Field> fields = schema.fields();
    for (int r = 0; r < rows; r++) {
      batch.openRow();
      for (int f = 0; f < fields.size(); f++) {
        Field field = fields.get(f);
        for (int k = 0; k < field.width(); k++) {
          double value =
              switch (field.rule()) {
                case FINITE -> uniform();
                case NON_NEGATIVE -> 1 + uniform();
                case INDEX -> random.nextInt(field.below() > 0 ? field.below() : 3);
                case LABEL -> random.nextInt(3) - 1;
              };
          if (field.kind() != Field.Kind.FEATURES || !schema.sparse()) {
            batch.set(f, k, value);
          } else if (random.nextInt(3) == 0) {
            batch.append(k, value);
          }
        }
      }
      batch.commitRow();
    }
    return batch;
  }

  /** The same samples under a dense schema. */
  public static Batch dense(Batch sparse, SampleSchema schema) {
    Batch out = new Batch(schema, sparse.capacity());
    int features = schema.featuresColumn();
    for (int r = 0; r < sparse.size(); r++) {
      out.openRow();
      for (int f = 0; f < schema.fields().size(); f++) {
        int width = schema.fields().get(f).width();
        for (int k = 0; k < width; k++) {
          out.set(f, k, f == features ? 0 : sparse.column(f)[r * width + k]);
        }
      }
      for (int k = sparse.rowStart()[r]; k < sparse.rowStart()[r + 1]; k++) {
        out.set(features, sparse.index()[k], sparse.value()[k]);
      }
      out.commitRow();
    }
    return out;
  }
}
