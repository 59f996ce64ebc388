package io.thalweg.experiment;

import io.thalweg.linalg.Kernels;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Projected limited-memory BFGS in a box: coordinates that lie on a bound with the gradient pushing
 * outwards stand still, the others move along the two-loop direction, the step halves until the
 * projected point is lower. For smooth functions whose gradient is exact.
 */
final class BoxMinimizer {
  private static final int MEMORY = 20;
  private static final double SUFFICIENT = 1e-4;
  private static final int MOST_HALVINGS = 30;
  private static final int MOST_DOUBLINGS = 40;
  private static final double STEEP = 0.5;

  private final double low;
  private final double high;
  private final int mostIterations;
  private final double tolerance;

  /** What is minimised. */
  interface Function {
    /** The value, and the gradient into {@code gradient}. */
    double at(double[] x, double[] gradient);
  }

  /**
   * A minimum.
   *
   * @param x the point
   * @param value the function there
   */
  record Minimum(double[] x, double value) {}

  /** One pair of changes. */
  private record Pair(double[] s, double[] y, double rho) {}

  BoxMinimizer(double low, double high, int mostIterations, double tolerance) {
    this.low = low;
    this.high = high;
    this.mostIterations = mostIterations;
    this.tolerance = tolerance;
  }

  Minimum from(double[] start, Function f) {
    int n = start.length;
    double[] x = start.clone();
    project(x);
    double[] g = new double[n];
    double value = f.at(x, g);
    double[] next = new double[n];
    double[] nextG = new double[n];
    Deque<Pair> pairs = new ArrayDeque<>();
    for (int k = 0; k < mostIterations && stationarity(x, g) > tolerance; k++) {
      double[] d = direction(x, g, pairs);
      if (!(Kernels.dot(d, g) < 0)) {
        pairs.clear();
        d = direction(x, g, pairs);
      }
      double t = pairs.isEmpty() ? Math.min(1, 1 / Kernels.norm2(d)) : 1;
      double found = Double.POSITIVE_INFINITY;
      int halvings = 0;
      for (; halvings < MOST_HALVINGS; halvings++) {
        Kernels.add(x, t, d, next);
        project(next);
        found = f.at(next, nextG);
        if (found <= value + SUFFICIENT * along(x, next, g)) {
          break;
        }
        t /= 2;
      }
      if (halvings == MOST_HALVINGS) {
        if (pairs.isEmpty()) {
          break;
        }
        pairs.clear();
        continue;
      }
      if (halvings == 0) {
        found = lengthen(x, d, t, value, found, next, g, nextG, f);
      }
      remember(pairs, x, g, next, nextG);
      Kernels.copy(next, x);
      Kernels.copy(nextG, g);
      value = found;
    }
    return new Minimum(x, value);
  }

  /**
   * Doubles a step for as long as the slope ahead stays as steep as behind and the value falls:
   * across flat and concave stretches there is no curvature to learn from.
   */
  private double lengthen(
      double[] x,
      double[] d,
      double t,
      double value,
      double found,
      double[] next,
      double[] g,
      double[] nextG,
      Function f) {
    double best = found;
    double length = t;
    double[] trial = new double[x.length];
    double[] trialG = new double[x.length];
    for (int k = 0; k < MOST_DOUBLINGS && along(x, next, nextG) < STEEP * along(x, next, g); k++) {
      length *= 2;
      Kernels.add(x, length, d, trial);
      project(trial);
      double further = f.at(trial, trialG);
      if (!(further < best) || further > value + SUFFICIENT * along(x, trial, g)) {
        break;
      }
      best = further;
      Kernels.copy(trial, next);
      Kernels.copy(trialG, nextG);
    }
    return best;
  }

  /** Slope along the way made. */
  private static double along(double[] x, double[] next, double[] g) {
    double out = 0;
    for (int j = 0; j < x.length; j++) {
      out += g[j] * (next[j] - x[j]);
    }
    return out;
  }

  private void project(double[] x) {
    for (int j = 0; j < x.length; j++) {
      x[j] = Math.min(high, Math.max(low, x[j]));
    }
  }

  private boolean held(double x, double g) {
    return (x <= low && g > 0) || (x >= high && g < 0);
  }

  /** Largest move of a coordinate by a projected gradient step of length 1. */
  private double stationarity(double[] x, double[] g) {
    double out = 0;
    for (int j = 0; j < x.length; j++) {
      double to = Math.min(high, Math.max(low, x[j] - g[j]));
      out = Math.max(out, Math.abs(to - x[j]));
    }
    return out;
  }

  private double[] direction(double[] x, double[] g, Deque<Pair> pairs) {
    int n = x.length;
    double[] d = new double[n];
    for (int j = 0; j < n; j++) {
      d[j] = held(x[j], g[j]) ? 0 : -g[j];
    }
    double[] factors = new double[pairs.size()];
    int i = 0;
    for (Pair pair : pairs) { // newest first
      factors[i] = pair.rho() * Kernels.dot(pair.s(), d);
      Kernels.axpy(-factors[i], pair.y(), d);
      i++;
    }
    Pair newest = pairs.peekFirst();
    if (newest != null) {
      Kernels.scale(1 / (newest.rho() * Kernels.dot(newest.y(), newest.y())), d);
    }
    Iterator<Pair> oldest = pairs.descendingIterator();
    while (oldest.hasNext()) {
      i--;
      Pair pair = oldest.next();
      Kernels.axpy(factors[i] - pair.rho() * Kernels.dot(pair.y(), d), pair.s(), d);
    }
    for (int j = 0; j < n; j++) {
      if (held(x[j], g[j])) {
        d[j] = 0;
      }
    }
    return d;
  }

  private static void remember(
      Deque<Pair> pairs, double[] x, double[] g, double[] next, double[] nextG) {
    double[] s = next.clone();
    double[] y = nextG.clone();
    Kernels.axpy(-1, x, s);
    Kernels.axpy(-1, g, y);
    double sy = Kernels.dot(s, y);
    if (sy > 1e-12 * Kernels.norm2(s) * Kernels.norm2(y)) {
      pairs.addFirst(new Pair(s, y, 1 / sy));
      if (pairs.size() > MEMORY) {
        pairs.removeLast();
      }
    }
  }
}
