package io.thalweg.solver;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A method at work: the one writer of its state. By contract a step is a pure function of (state,
 * batches): the same state and the same batches give the same bits on any machine, and a refused
 * step leaves every bit as it was. Not thread-safe; what it hands out is copied.
 */
public interface Solver {
  /**
   * Length of the upper variable.
   *
   * @return p
   */
  int upperDim();

  /**
   * Length of the lower variable.
   *
   * @return q
   */
  int lowerDim();

  /**
   * What the next step takes in.
   *
   * @return batches per level
   */
  Consumption next();

  /**
   * Whether a step reads the whole model, however few entries the batches hold.
   *
   * @return false where the cost of a step follows the rows alone
   */
  default boolean costGrowsWithModel() {
    return true;
  }

  /**
   * Takes one step. Step 1 is the initial point, where methods with estimators start them on their
   * first batches and others take none; every later step moves.
   *
   * @param input the batches, used only during the call
   * @return advanced, or refused with the reason while the old state stands
   */
  Verdict step(StepInput input);

  /**
   * What the last step, refused or not, saw of its batches.
   *
   * @return the figures, one object for all steps
   */
  StepFigures figures();

  /**
   * Steps taken: t of the paper, 0 before the first batch.
   *
   * @return t
   */
  long steps();

  /**
   * Copies the upper variable.
   *
   * @param out receives x, length p
   */
  void upper(double[] out);

  /**
   * Copies the lower variable.
   *
   * @param out receives y, length q
   */
  void lower(double[] out);

  /**
   * Reports norms and counters of the current state.
   *
   * @param sink receives {@code hypergradient-norm}, {@code lower-residual}, clamp counters
   */
  void report(Report sink);

  /**
   * Writes everything the next step needs.
   *
   * @param sink receives named arrays, always the same names in the same order but for those that
   *     tell of commands, which come as soon as there was one
   */
  void save(StateSink sink);

  /**
   * Takes the state up again.
   *
   * @param source answers by the names {@link #save} used
   * @throws IllegalArgumentException when a name is missing or a length differs
   */
  void restore(StateSource source);

  /**
   * Upper coordinates that are the method's own, behind those of the problem.
   *
   * @return how many; 0 for a method that tunes what the problem declares
   */
  default int ownUpper() {
    return 0;
  }

  /**
   * The name of an upper coordinate of its own.
   *
   * @param i which, 0 to {@link #ownUpper()} - 1
   * @return for example {@code step-size.17}
   */
  default String ownUpperName(int i) {
    throw new IndexOutOfBoundsException("no upper coordinates of its own, but asked for " + i);
  }

  /**
   * An upper coordinate of its own in the user's units.
   *
   * @param value as the upper variable has it
   * @return for example e to that power
   */
  default double ownUpperUnit(double value) {
    return value;
  }

  /**
   * The inverse of {@link #ownUpperUnit}.
   *
   * @param unit a value in the user's units
   * @return as the upper variable has it, not a number where nothing has that value
   */
  default double ownUpperValue(double unit) {
    return unit;
  }

  /**
   * Hands out the models that the published one is made of.
   *
   * @param sink hears of each, in a fixed order; of none for a method that trains one model
   */
  default void members(MemberSink sink) {}

  /**
   * Hands out the range of every feature beyond which entries count as its ends.
   *
   * @param sink hears of it; left alone where every entry counts as it is
   */
  default void range(RangeSink sink) {}

  /** Receives the range of the features. */
  interface RangeSink {
    /**
     * The range.
     *
     * @param low least entry of each feature that counts as it is, copied before the call returns
     * @param high largest entry of each
     */
    void range(double[] low, double[] high);
  }

  /** Receives the members of a portfolio. */
  interface MemberSink {
    /**
     * One member.
     *
     * @param name lower case with dashes
     * @param weight its share of the published model
     * @param y its lower variable, copied before the call returns; empty unless {@link
     *     #readsModels}
     */
    void member(String name, double weight, double[] y);

    /**
     * Whether the lower variables are looked at.
     *
     * @return false where names and weights are enough, which saves a copy of each
     */
    default boolean readsModels() {
      return true;
    }
  }

  /**
   * Does what an operator asks for, between two steps. What it changes is part of the state.
   *
   * @param command the change
   * @return null when it is done, or why it cannot be while every bit of the state stands
   */
  default @Nullable String steer(Command command) {
    return "the method takes no commands";
  }

  /**
   * Hands out what commands have made of the method: not their history, but what is in force now.
   *
   * @param sink hears of nothing where all is as the job says
   */
  default void steered(SteeredSink sink) {}

  /** Receives what commands have changed. */
  interface SteeredSink {
    /**
     * The step sizes are not those that the job says.
     *
     * @param factor of them
     */
    void stepSizes(double factor);

    /**
     * A coordinate of the upper variable that is bounded or held, in ascending order.
     *
     * @param i coordinate
     * @param low least value, minus infinity for none
     * @param high largest value, infinity for none
     * @param held whether it stays where it is, within them
     */
    void coordinate(int i, double low, double high, boolean held);
  }

  /**
   * Hands out what was noticed or done about the method itself since the last call, and forgets it:
   * a drift, a measure of the guard. No part of the state.
   *
   * @param sink hears of each, in the order of the steps
   */
  default void events(EventSink sink) {}

  /**
   * What leaves out rows that are far too long.
   *
   * @return null where the method takes every row
   */
  default @Nullable RowJudge rowJudge() {
    return null;
  }

  /**
   * Whether it decides itself when refused steps are too many, and then says so by {@link #end}.
   *
   * @return false where whoever feeds it has to
   */
  default boolean judgesRefusals() {
    return false;
  }

  /**
   * Whether the last step was the last one that makes sense.
   *
   * @return how it came to that, null as long as there is hope
   */
  default @Nullable String end() {
    return null;
  }

  /** Receives events. */
  interface EventSink {
    /**
     * One event.
     *
     * @param step steps taken when it came about
     * @param kind lower case with dashes
     * @param reason in words
     * @param figures finite figures by name, in a fixed order
     */
    void event(long step, String kind, String reason, Map<String, Double> figures);
  }

  /** Receives figures about a state. */
  interface Report {
    /**
     * One figure.
     *
     * @param name lower case with dashes
     * @param value its value; not a number while it is not known yet
     */
    void figure(String name, double value);
  }

  /** Receives a state. */
  interface StateSink {
    /**
     * One vector or matrix.
     *
     * @param name its name
     * @param array holds it; copied before the call returns
     * @param offset first entry
     * @param length number of entries
     */
    void doubles(String name, double[] array, int offset, int length);

    /**
     * Counters and generator words.
     *
     * @param name its name
     * @param words copied before the call returns
     */
    void longs(String name, long... words);
  }

  /** Gives a state back. */
  interface StateSource {
    /**
     * Whether there is a piece of that name.
     *
     * @param name a vector, matrix or counter
     * @return false where the state was saved in another form
     */
    boolean has(String name);

    /**
     * Reads one vector or matrix.
     *
     * @param name its name
     * @param array receives it
     * @param offset first entry
     * @param length number of entries, equal to what was saved
     */
    void doubles(String name, double[] array, int offset, int length);

    /**
     * Reads counters.
     *
     * @param name its name
     * @param words receives them, the length saved
     */
    void longs(String name, long[] words);

    /**
     * What to throw where a state cannot be taken up.
     *
     * @param what was found, what was expected, and what to do
     * @return the complaint
     */
    default RuntimeException misfit(String what) {
      return new IllegalStateException(what);
    }
  }
}
