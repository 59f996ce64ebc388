package io.thalweg.solver;

/** What a batch did to the state. */
public sealed interface Verdict {
  /** The state moved one step. */
  record Advanced() implements Verdict {
    /** The one instance: a step that goes well allocates nothing. */
    public static final Advanced INSTANCE = new Advanced();
  }

  /**
   * The old state stands.
   *
   * @param reason what was not finite, named as in the state
   */
  record Refused(String reason) implements Verdict {}
}
