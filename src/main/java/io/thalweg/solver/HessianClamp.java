package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.linalg.SpectralClamp;
import io.thalweg.linalg.TrackedClamp;
import java.util.Arrays;

/** How {@link DenseHypergradient} clamps the averaged Hessian and solves with the result. */
interface HessianClamp {
  /** Variables of its own at step 1. */
  default void start(State next) {}

  /** Brings variables of its own from one state to the next. */
  default void carry(State now, State next) {}

  /**
   * H becomes S(H); returns how many eigenvalues were outside.
   *
   * @param before H of the step before, not read in step 1
   */
  int clamp(State next, double[] before, double[] h);

  /** out becomes S(H)^-1 b for the matrix of the last clamp. */
  void solve(State next, double[] b, double[] out);

  /** A state is about to come from outside: nothing remembered of an earlier one holds. */
  default void restored() {}

  /** A decomposition in every step; nothing of its own in the state. */
  static HessianClamp exact(int q, double mu, double lg) {
    SpectralClamp clamp = new SpectralClamp(q, mu, lg);
    return new HessianClamp() {
      @Override
      public int clamp(State next, double[] before, double[] h) {
        return clamp.clamp(h);
      }

      @Override
      public void solve(State next, double[] b, double[] out) {
        clamp.solve(b, out);
      }
    };
  }

  /**
   * A decomposition where the spectrum moved. The state holds the matrix decomposed last, so that a
   * restart goes on with the same bits, and the last solution, where the next solve starts.
   */
  static HessianClamp tracked(StateLayout layout, int q, double mu, double lg) {
    TrackedClamp clamp = new TrackedClamp(q, mu, lg);
    int reference = layout.laterSlot("H-reference", TrackedClamp.referenceLength(q));
    int solution = layout.laterSlot("H-solution", q);
    int decompositions = layout.laterCounter("decompositions");
    return new HessianClamp() {
      /** Whether the two buffers may hold different matrices under one number. */
      private boolean strangers;

      @Override
      public void start(State next) {
        Arrays.fill(next.slots[reference], 0);
        Arrays.fill(next.slots[solution], 0);
      }

      @Override
      public void carry(State now, State next) {
        double[] from = now.slots[reference];
        double[] to = next.slots[reference];
        // two buffers take turns: with the same number they hold the same matrix
        int same = !strangers && from[q * q] == to[q * q] ? q * q : 0;
        strangers = false;
        System.arraycopy(from, same, to, same, from.length - same);
        Kernels.copy(now.slots[solution], next.slots[solution]);
      }

      @Override
      public int clamp(State next, double[] before, double[] h) {
        int clamped = clamp.clamp(h, before, next.slots[reference]);
        next.counters[decompositions] = TrackedClamp.number(q, next.slots[reference]);
        return clamped;
      }

      @Override
      public void solve(State next, double[] b, double[] out) {
        clamp.solve(b, next.slots[solution], next.slots[reference]);
        Kernels.copy(next.slots[solution], out);
      }

      @Override
      public void restored() {
        clamp.forget();
        strangers = true;
      }
    };
  }
}
