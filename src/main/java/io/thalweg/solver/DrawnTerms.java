package io.thalweg.solver;

import io.thalweg.linalg.SplitMix64;

/**
 * A number of factors drawn for every step, uniform on {0 ... Q - 1}. What a step takes from the
 * stream depends on it, so it is drawn when the step before ends and waits in the state.
 *
 * <p>The generator also moves on by one draw for every batch, in the order first lower batch, upper
 * batch, q, factors, J: a sampler that picked the batches with it would leave it the same numbers
 * q, and so published runs over one record per batch can be repeated from their seed.
 */
final class DrawnTerms implements InverseTerms {
  private static final int BATCHES_BEFORE = 2;

  private final RandomState random;
  private final int drawn;
  private final Consumption[] consumptions;

  private DrawnTerms(RandomState random, int drawn, int terms) {
    this.random = random;
    this.drawn = drawn;
    consumptions = new Consumption[terms];
    for (int q = 0; q < terms; q++) {
      consumptions[q] = new Consumption(q + 2, 1);
    }
  }

  /** Declares the generator and the number drawn. */
  static DrawnTerms of(MethodContext context, int terms) {
    return new DrawnTerms(
        RandomState.of(context), context.layout().hiddenCounter("truncation"), terms);
  }

  @Override
  public Consumption next(State now) {
    return consumptions[of(now)];
  }

  @Override
  public int of(State now) {
    return (int) now.counters[drawn];
  }

  @Override
  public void begin(State initial) {
    random.begin(initial);
    draw(random.of(initial), initial);
  }

  @Override
  public void settle(State now, State next) {
    SplitMix64 generator = random.of(now);
    skip(generator, of(now) + 1);
    draw(generator, next);
  }

  private void draw(SplitMix64 generator, State to) {
    skip(generator, BATCHES_BEFORE);
    to.counters[drawn] = generator.index(consumptions.length);
    random.put(to);
  }

  private static void skip(SplitMix64 generator, int draws) {
    for (int i = 0; i < draws; i++) {
      generator.nextLong();
    }
  }
}
