package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The stream of batches of one run: as many as a step asks for, one after the other. */
public interface Samples {
  /**
   * The batches of the next step.
   *
   * @param level which
   * @param count how many the method asks for
   * @return the batches; valid until the next call for that level
   */
  List<Batch> next(Level level, int count);

  /**
   * Every batch holds all samples, as deterministic methods want it.
   *
   * @param lower all lower samples; shared, not modified
   * @param upper all upper samples; shared, not modified
   * @return the stream
   */
  static Samples full(Batch lower, Batch upper) {
    return (level, count) -> {
      List<Batch> out = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        out.add(level == Level.LOWER ? lower : upper);
      }
      return out;
    };
  }

  /**
   * Every batch holds one row of defaults: a problem whose records are noise, without noise.
   *
   * @param problem with no required fields
   * @return the stream
   */
  static Samples noiseless(Problem problem) {
    return full(defaults(problem, Level.LOWER), defaults(problem, Level.UPPER));
  }

  private static Batch defaults(Problem problem, Level level) {
    Batch batch = new Batch(problem.schema(level), 1);
    batch.openRow();
    batch.commitRow();
    return batch;
  }

  /**
   * Every batch holds rows drawn uniformly with replacement. A step's lower batches are drawn after
   * its upper ones.
   *
   * @param lower all lower samples; shared, not modified
   * @param upper all upper samples; shared, not modified
   * @param lowerRows rows per lower batch
   * @param upperRows rows per upper batch
   * @param rng generator of this run
   * @return the stream
   */
  static Samples drawn(Batch lower, Batch upper, int lowerRows, int upperRows, SplitMix64 rng) {
    return generated(
        lowerRows,
        upperRows,
        Map.of(Level.LOWER, lower, Level.UPPER, upper),
        (level, into) -> {
          Batch from = level == Level.LOWER ? lower : upper;
          while (!into.isFull()) {
            into.appendRow(from, rng.index(from.size()));
          }
        });
  }

  /**
   * Passes over the rows of each level, every pass in a new order; batches are cut from them one
   * after the other, across the end of a pass too.
   *
   * @param lower all lower samples; shared, not modified
   * @param upper all upper samples; shared, not modified
   * @param lowerRows rows per lower batch
   * @param upperRows rows per upper batch
   * @param rng generator of this run; the order of a level does not depend on what the other takes
   * @return the stream
   */
  static Samples passes(Batch lower, Batch upper, int lowerRows, int upperRows, SplitMix64 rng) {
    RowOrder lowerOrder = new RowOrder(lower.size(), new SplitMix64(rng.nextLong()));
    RowOrder upperOrder = new RowOrder(upper.size(), new SplitMix64(rng.nextLong()));
    return generated(
        lowerRows,
        upperRows,
        Map.of(Level.LOWER, lower, Level.UPPER, upper),
        (level, into) -> {
          Batch from = level == Level.LOWER ? lower : upper;
          RowOrder order = level == Level.LOWER ? lowerOrder : upperOrder;
          while (!into.isFull()) {
            into.appendRow(from, order.next());
          }
        });
  }

  /** Fills batches. */
  @FunctionalInterface
  interface Filler {
    /**
     * Fills a batch to its capacity.
     *
     * @param level of the batch
     * @param into empty
     */
    void fill(Level level, Batch into);
  }

  /**
   * Every batch is filled anew.
   *
   * @param lowerRows rows per lower batch
   * @param upperRows rows per upper batch
   * @param like a batch of each level, for its schema
   * @param filler fills them
   * @return the stream
   */
  static Samples generated(int lowerRows, int upperRows, Map<Level, Batch> like, Filler filler) {
    Map<Level, List<Batch>> pools = new EnumMap<>(Level.class);
    like.forEach((level, batch) -> pools.put(level, new ArrayList<>()));
    return (level, count) -> {
      List<Batch> pool = pools.getOrDefault(level, List.of());
      while (pool.size() < count) {
        int rows = level == Level.LOWER ? lowerRows : upperRows;
        Batch first = like.get(level);
        if (first == null) {
          throw new IllegalArgumentException("there are no samples of the level " + level);
        }
        pool.add(new Batch(first.schema(), rows));
      }
      List<Batch> out = pool.subList(0, count);
      for (Batch batch : out) {
        batch.clear();
        filler.fill(level, batch);
      }
      return out;
    };
  }
}
