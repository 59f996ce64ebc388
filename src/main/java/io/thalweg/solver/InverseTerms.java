package io.thalweg.solver;

/**
 * How many factors the inverse of a step has. The step takes one lower batch before them and one
 * behind them, and one upper batch.
 */
interface InverseTerms {
  /** What the step after {@code now} takes. */
  Consumption next(State now);

  /** Factors of the step after {@code now}. */
  int of(State now);

  /** Before step 1. */
  default void begin(State initial) {}

  /** Settles the factors of the step after {@code next}. */
  default void settle(State now, State next) {}

  /** Always the same number. */
  static InverseTerms fixed(int terms) {
    Consumption consumption = new Consumption(terms + 2, 1);
    return new InverseTerms() {
      @Override
      public Consumption next(State now) {
        return consumption;
      }

      @Override
      public int of(State now) {
        return terms;
      }
    };
  }
}
