package io.thalweg.sample;

/** The two levels of a bilevel problem. */
public enum Level {
  /** Training samples: the lower objective g with the model parameters y. */
  LOWER("train"),
  /** Validation samples: the upper objective f with the hyperparameters x. */
  UPPER("validation");

  private final String role;

  Level(String role) {
    this.role = role;
  }

  /**
   * The word for this level in sample records and topic names.
   *
   * @return {@code train} or {@code validation}
   */
  public String role() {
    return role;
  }

  /**
   * The other level.
   *
   * @return upper for lower and lower for upper
   */
  public Level other() {
    return this == LOWER ? UPPER : LOWER;
  }
}
