package io.thalweg.wire;

/** What a decoder makes of a feature that a sample does not have. */
public enum Missing {
  /** The sample is refused. */
  REJECT,
  /** Not a number: whoever scales the features puts the mean in its place. */
  MEAN,
  /** Zero. */
  ZERO;

  /** The number that stands for a missing feature in a dense row. */
  double number() {
    return this == MEAN ? Double.NaN : 0;
  }
}
