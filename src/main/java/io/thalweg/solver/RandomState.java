package io.thalweg.solver;

import io.thalweg.linalg.SplitMix64;

/**
 * The generator of a method that draws: its words are counters of the state, so that a refused step
 * gives its draws back and a checkpoint goes on with the next ones. Not among the published
 * figures.
 */
final class RandomState {
  private static final int WORDS = 3;

  private final int at;
  private final long seed;
  private final SplitMix64 generator = new SplitMix64(0);

  private RandomState(int at, long seed) {
    this.at = at;
    this.seed = seed;
  }

  /** Declares the words of the run's generator. */
  static RandomState of(MethodContext context) {
    return of(context.layout(), "generator", context.seed());
  }

  /** Declares the words of a generator beside that of the run. */
  static RandomState of(StateLayout layout, String name, long seed) {
    int at = layout.hiddenCounter(name);
    for (int i = 1; i < WORDS; i++) {
      layout.hiddenCounter(name + "-" + i);
    }
    return new RandomState(at, seed);
  }

  /** Starts it in the state before step 1. */
  void begin(State initial) {
    new SplitMix64(seed).save(initial.counters, at);
  }

  /**
   * The generator as it stands in a state.
   *
   * @return one object for all calls; what it draws counts once {@link #put} has noted it
   */
  SplitMix64 of(State now) {
    generator.restore(now.counters, at);
    return generator;
  }

  /** Notes in a state how far the generator has come since {@link #of}. */
  void put(State next) {
    generator.save(next.counters, at);
  }
}
