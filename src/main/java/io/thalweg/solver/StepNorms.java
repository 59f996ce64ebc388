package io.thalweg.solver;

import io.thalweg.linalg.Kernels;

/**
 * Norms of the directions of the last step and their trailing means, for methods that do not carry
 * the directions themselves. The mean is that of {@link TrailingMean}, the steps being its count.
 */
final class StepNorms {
  /** The direction of x. */
  static final String UPPER = "hypergradient-norm";

  /** The direction of y. */
  static final String LOWER = "lower-residual";

  /** The direction of v, the residual of H v = fy. */
  static final String LINEAR = "linear-residual";

  private final int slot;
  private final String[] names;
  private final String[] means;

  private StepNorms(int slot, String... names) {
    this.slot = slot;
    this.names = names;
    means = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      means[i] = TrailingMean.figure(names[i]);
    }
  }

  /** Declares room for the norms of these names. */
  static StepNorms of(MethodContext context, String... names) {
    return new StepNorms(context.layout().slot("norms", 2 * names.length), names);
  }

  /** Notes the norm of a direction of the step under way; every step notes every one. */
  void note(State now, State next, int i, double[] direction) {
    note(now, next, i, Kernels.norm2(direction));
  }

  /** Notes a number of the step under way. */
  void note(State now, State next, int i, double norm) {
    double mean = now.slots[slot][names.length + i];
    next.slots[slot][i] = norm;
    next.slots[slot][names.length + i] = TrailingMean.after(mean, norm, now.t());
  }

  /** Each as last noted, then each as a mean. */
  void report(State now, Solver.Report sink) {
    for (int i = 0; i < names.length; i++) {
      sink.figure(names[i], now.slots[slot][i]);
    }
    for (int i = 0; i < names.length; i++) {
      sink.figure(means[i], now.slots[slot][names.length + i]);
    }
  }
}
