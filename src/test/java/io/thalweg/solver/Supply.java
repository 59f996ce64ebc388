package io.thalweg.solver;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Random batches of both levels, taken as a stream would bring them: as many as a step asks for.
 */
final class Supply {
  private static final int BATCHES = 211;

  private final List<Batch> lower;
  private final List<Batch> upper;
  private int lowerAt;
  private int upperAt;

  private Supply(List<Batch> lower, List<Batch> upper) {
    this.lower = lower;
    this.upper = upper;
  }

  /** Batches of 1 to 6 rows, the same for the same seed. */
  static Supply of(Problem problem, long seed) {
    return of(problem, seed, 1);
  }

  /** Batches of {@code fewest} to {@code fewest} + 5 rows. */
  static Supply of(Problem problem, long seed, int fewest) {
    SplitMix64 rng = new SplitMix64(seed);
    return new Supply(
        batches(problem, Level.LOWER, rng, fewest), batches(problem, Level.UPPER, rng, fewest));
  }

  private static List<Batch> batches(Problem problem, Level level, SplitMix64 rng, int fewest) {
    List<Batch> out = new ArrayList<>();
    for (int i = 0; i < BATCHES; i++) {
      out.add(RandomGame.batch(problem, level, rng, fewest + rng.index(6)));
    }
    return out;
  }

  /** What the next step takes; from the front again when all have been taken. */
  StepInput next(Consumption need) {
    StepInput input = peek(need);
    lowerAt += need.lower();
    upperAt += need.upper();
    return input;
  }

  /** What {@link #next} would return, without taking it. */
  StepInput peek(Consumption need) {
    return new StepInput(take(lower, lowerAt, need.lower()), take(upper, upperAt, need.upper()));
  }

  private static List<Batch> take(List<Batch> from, int at, int count) {
    List<Batch> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(from.get((at + i) % BATCHES));
    }
    return out;
  }
}
