package io.thalweg.solver;

/**
 * The trailing mean m of a number that every step notes: the n-th becomes m + (number - m) / min(n,
 * 100), the plain mean of the first 100 and an exponential one afterwards. It is part of the state;
 * from checkpoints without it, it begins anew.
 *
 * @param figure the mean as reported, {@code mean-} and the name of the number
 * @param slot where the state holds the mean
 * @param counter where the state counts the numbers
 */
record TrailingMean(String figure, int slot, int counter) {
  private static final String PREFIX = "mean-";
  private static final long HORIZON = 100;

  /** Declares it. */
  static TrailingMean of(MethodContext context, String name) {
    StateLayout layout = context.layout();
    return new TrailingMean(
        figure(name),
        layout.laterSlot(figure(name), 1),
        layout.laterHiddenCounter(counterName(name)));
  }

  /** What readers and the state call the mean of a number. */
  static String figure(String name) {
    return PREFIX + name;
  }

  /** What the state calls the count. */
  static String counterName(String name) {
    return name + "-noted";
  }

  /** The mean after the n-th number. */
  static double after(double mean, double number, long n) {
    return mean + (number - mean) / Math.min(n, HORIZON);
  }

  /** Notes the number of the step under way; every step does. */
  void note(State now, State next, double number) {
    next.slots[slot][0] = after(now.slots[slot][0], number, ++next.counters[counter]);
  }

  void report(State now, Solver.Report sink) {
    sink.figure(figure, now.slots[slot][0]);
  }
}
