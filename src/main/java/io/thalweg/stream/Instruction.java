package io.thalweg.stream;

import java.util.List;

/**
 * What an operator writes to the control topic. Coordinates go by the names that snapshots have in
 * {@code upper}, where {@code l2.*} stands for all that begin with {@code l2.} and {@code *} for
 * all; values are in the user's units.
 */
public sealed interface Instruction {
  /** Takes no samples in until {@link Resume}. */
  record Pause() implements Instruction {}

  /** Goes on. */
  record Resume() implements Instruction {}

  /** Publishes where the method is. */
  record Publish() implements Instruction {}

  /**
   * Keeps coordinates within bounds from now on.
   *
   * @param names which
   * @param lower least value, minus infinity for none
   * @param upper largest value, infinity for none
   */
  record Bounds(List<String> names, double lower, double upper) implements Instruction {
    /**
     * Copies the list.
     *
     * @param names which
     * @param lower least value, minus infinity for none
     * @param upper largest value, infinity for none
     */
    public Bounds {
      names = List.copyOf(names);
    }
  }

  /**
   * Holds coordinates where they are, or lets them go.
   *
   * @param names which
   * @param frozen whether they are held from now on
   */
  record Freeze(List<String> names, boolean frozen) implements Instruction {
    /**
     * Copies the list.
     *
     * @param names which
     * @param frozen whether they are held from now on
     */
    public Freeze {
      names = List.copyOf(names);
    }
  }

  /**
   * Scales the step sizes.
   *
   * @param factor of what the job says
   */
  record StepSize(double factor) implements Instruction {}

  /** Begins schedules and estimators anew. */
  record ResetEstimators() implements Instruction {}

  /**
   * Goes on from an earlier snapshot.
   *
   * @param version which one
   */
  record RollBack(long version) implements Instruction {}

  /**
   * The same for what an alias points to when the instruction is read; never in a ledger.
   *
   * @param alias latest, best or pinned
   */
  record RollBackTo(String alias) implements Instruction {}
}
