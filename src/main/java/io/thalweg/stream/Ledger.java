package io.thalweg.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which samples fed which step. Within a lane and a level samples are taken in log order, so a
 * start and the counts say it all: step by step, batch by batch, {@code [level, segments, lane,
 * count, lane, count, ...]} with level 0 for lower and 1 for upper, in the order the rows lie in
 * the batch. Equal consecutive steps are one run. Commands of operators lie between the steps.
 *
 * @param from where every lane stood before the first step
 * @param runs the steps
 * @param commands what was asked of the method between them, in the order of the control topic
 */
public record Ledger(Positions from, List<Run> runs, List<Command> commands) {
  /**
   * Copies the lists.
   *
   * @param from where every lane stood before the first step
   * @param runs the steps
   * @param commands what was asked of the method between them, in the order of the control topic
   */
  public Ledger {
    runs = List.copyOf(runs);
    commands = List.copyOf(commands);
  }

  /**
   * A ledger without commands.
   *
   * @param from where every lane stood before the first step
   * @param runs the steps
   */
  public Ledger(Positions from, List<Run> runs) {
    this(from, runs, List.of());
  }

  /**
   * A command between two steps.
   *
   * @param after how many steps of the ledger were before it
   * @param offset of its record in the control topic
   * @param text its JSON text, with the version in place of an alias
   */
  public record Command(long after, long offset, String text) {}

  /**
   * Consecutive steps of one shape.
   *
   * @param steps how many, refused ones included
   * @param shape the batches of each, not to be modified
   */
  public record Run(int steps, int[] shape) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Run r && r.steps == steps && Arrays.equals(r.shape, shape);
    }

    @Override
    public int hashCode() {
      return 31 * steps + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
      return steps + "x" + Arrays.toString(shape);
    }
  }

  /**
   * Steps taken, refused ones included.
   *
   * @return sum over the runs
   */
  public long steps() {
    long sum = 0;
    for (Run run : runs) {
      sum += run.steps();
    }
    return sum;
  }

  /** Collects steps; used by one thread. */
  public static final class Builder {
    private final List<Run> done = new ArrayList<>();
    private final List<Command> commands = new ArrayList<>();
    private long steps;
    private Positions from;
    private int[] current = new int[16];
    private int length;
    private int[] last = new int[0];
    private int repeats;
    private long words;

    /**
     * An empty ledger.
     *
     * @param from where the lanes stand
     */
    public Builder(Positions from) {
      this.from = from;
    }

    /**
     * Where the ledger begins that is being collected.
     *
     * @return the positions of the last {@link #take}
     */
    public Positions from() {
      return from;
    }

    /**
     * Starts a batch of the current step.
     *
     * @param level 0 for lower, 1 for upper
     * @param segments how many segments follow
     */
    public void batch(int level, int segments) {
      push(level);
      push(segments);
    }

    /**
     * One segment of the current batch.
     *
     * @param lane number of the lane
     * @param count samples taken from it
     */
    public void segment(int lane, int count) {
      push(lane);
      push(count);
    }

    /**
     * How long the ledger is that is being collected.
     *
     * @return numbers of all runs
     */
    public long words() {
      return words;
    }

    /**
     * A command after the last step that was ended.
     *
     * @param offset of its record in the control topic
     * @param text its JSON text
     */
    public void command(long offset, String text) {
      commands.add(new Command(steps, offset, text));
    }

    /** Ends the current step. */
    public void endStep() {
      steps++;
      if (repeats > 0 && Arrays.equals(current, 0, length, last, 0, last.length)) {
        repeats++;
      } else {
        flush();
        last = Arrays.copyOf(current, length);
        repeats = 1;
        words += 1L + length;
      }
      length = 0;
    }

    /**
     * The ledger so far; collection starts anew from the given positions.
     *
     * @param next where the lanes stand now
     * @return the ledger of all steps ended since the last call
     */
    public Ledger take(Positions next) {
      flush();
      Ledger ledger = new Ledger(from, done, commands);
      done.clear();
      words = 0;
      commands.clear();
      steps = 0;
      from = next;
      return ledger;
    }

    private void flush() {
      if (repeats > 0) {
        done.add(new Run(repeats, last));
        repeats = 0;
      }
    }

    private void push(int word) {
      if (length == current.length) {
        current = Arrays.copyOf(current, 2 * length);
      }
      current[length++] = word;
    }
  }
}
