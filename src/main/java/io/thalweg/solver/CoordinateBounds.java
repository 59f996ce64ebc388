package io.thalweg.solver;

import io.thalweg.solver.Solver.StateSink;
import io.thalweg.solver.Solver.StateSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates of the upper variable that an operator keeps within bounds, or holds where they are:
 * a short list in ascending order, however long the variable is. A coordinate that is held has its
 * bounds as they were, and lies within them.
 */
final class CoordinateBounds {
  /** Coordinates at the most. */
  static final int MOST = Command.MOST_COORDINATES;

  private static final String COORDINATES = "steering.coordinates";
  private static final String HELD = "steering.held";
  private static final String BOUNDS = "steering.bounds";

  private int size;
  private int[] at = {};
  private double[] low = {};
  private double[] high = {};
  private boolean[] held = {};
  private double[] value = {};

  int size() {
    return size;
  }

  int coordinate(int k) {
    return at[k];
  }

  /** The lower end in force, which is where a coordinate that is held lies. */
  double low(int k) {
    return held[k] ? value[k] : low[k];
  }

  /** The upper end in force. */
  double high(int k) {
    return held[k] ? value[k] : high[k];
  }

  /**
   * Puts a coordinate within bounds.
   *
   * @param least lower end that the job has for it
   * @param most upper end that the job has for it
   * @return null, or why it cannot be while everything stands
   */
  @Nullable String bound(int i, double from, double to, double least, double most) {
    if (!(from <= to) || from == Double.POSITIVE_INFINITY || to == Double.NEGATIVE_INFINITY) {
      return "x must be bounded by two numbers, the first not above the second, but they were "
          + interval(from, to);
    }
    double lower = Math.max(from, least) + 0.0;
    double upper = Math.min(to, most) + 0.0;
    if (lower > upper) {
      return "x would have to lie in "
          + interval(from, to)
          + ", which has nothing in common with the job's own "
          + interval(least, most);
    }
    int k = find(i);
    if (k >= 0 && held[k] && !(value[k] >= lower && value[k] <= upper)) {
      return "x is frozen at "
          + value[k]
          + ", outside of "
          + interval(from, to)
          + ": let it go first";
    }
    if (k < 0) {
      if (size == MOST) {
        return full();
      }
      k = insert(i);
    }
    low[k] = lower;
    high[k] = upper;
    tidy(k, least, most);
    return null;
  }

  /** Holds a coordinate at a value within its bounds. */
  @Nullable String hold(int i, double x, double least, double most) {
    int k = find(i);
    if (k < 0) {
      if (size == MOST) {
        return full();
      }
      k = insert(i);
      low[k] = least;
      high[k] = most;
    }
    if (!held[k]) {
      held[k] = true;
      // within its bounds but for rounding; of the two zeros the one that arithmetic leaves alone
      value[k] = Math.min(high[k], Math.max(low[k], x)) + 0.0;
    }
    return null;
  }

  /** Lets a coordinate go. */
  void release(int i, double least, double most) {
    int k = find(i);
    if (k >= 0) {
      held[k] = false;
      value[k] = 0;
      tidy(k, least, most);
    }
  }

  private static String full() {
    return "commands bound or freeze at most " + MOST + " coordinates, and there are as many";
  }

  static String interval(double from, double to) {
    return "[" + from + ", " + to + "]";
  }

  /** The place of a coordinate, or -1. */
  int find(int i) {
    int k = Arrays.binarySearch(at, 0, size, i);
    return k < 0 ? -1 : k;
  }

  private int insert(int i) {
    int k = -1 - Arrays.binarySearch(at, 0, size, i);
    if (size == at.length) {
      room(Math.min(MOST, Math.max(8, 2 * size)));
    }
    System.arraycopy(at, k, at, k + 1, size - k);
    System.arraycopy(low, k, low, k + 1, size - k);
    System.arraycopy(high, k, high, k + 1, size - k);
    System.arraycopy(held, k, held, k + 1, size - k);
    System.arraycopy(value, k, value, k + 1, size - k);
    at[k] = i;
    held[k] = false;
    value[k] = 0;
    size++;
    return k;
  }

  private void room(int length) {
    at = Arrays.copyOf(at, length);
    low = Arrays.copyOf(low, length);
    high = Arrays.copyOf(high, length);
    held = Arrays.copyOf(held, length);
    value = Arrays.copyOf(value, length);
  }

  /** A coordinate of which a command says no more than the job is none of the list. */
  private void tidy(int k, double least, double most) {
    if (held[k] || low[k] > least || high[k] < most) {
      return;
    }
    size--;
    System.arraycopy(at, k + 1, at, k, size - k);
    System.arraycopy(low, k + 1, low, k, size - k);
    System.arraycopy(high, k + 1, high, k, size - k);
    System.arraycopy(held, k + 1, held, k, size - k);
    System.arraycopy(value, k + 1, value, k, size - k);
  }

  /**
   * Brings every coordinate of the list within its bounds.
   *
   * @return true when one was outside
   */
  boolean clamp(double[] x) {
    boolean outside = false;
    for (int k = 0; k < size; k++) {
      double v = x[at[k]];
      double from = low(k);
      double to = high(k);
      if (v < from) {
        x[at[k]] = from;
        outside = true;
      } else if (v > to) {
        x[at[k]] = to;
        outside = true;
      } else if (v == from) {
        x[at[k]] = from; // of two zeros always the same one
      }
    }
    return outside;
  }

  /** Every coordinate of the list with its bounds as they are, whether it is held or not. */
  void tell(Solver.SteeredSink sink) {
    for (int k = 0; k < size; k++) {
      sink.coordinate(at[k], low[k], high[k], held[k]);
    }
  }

  void take(CoordinateBounds other) {
    size = other.size;
    at = other.at.clone();
    low = other.low.clone();
    high = other.high.clone();
    held = other.held.clone();
    value = other.value.clone();
  }

  void save(StateSink sink) {
    long[] coordinates = new long[size];
    long[] flags = new long[size];
    double[] numbers = new double[3 * size];
    for (int k = 0; k < size; k++) {
      coordinates[k] = at[k];
      flags[k] = held[k] ? 1 : 0;
      numbers[3 * k] = low[k];
      numbers[3 * k + 1] = high[k];
      numbers[3 * k + 2] = value[k];
    }
    sink.longs(COORDINATES, coordinates);
    sink.longs(HELD, flags);
    sink.doubles(BOUNDS, numbers, 0, numbers.length);
  }

  /**
   * What {@link #save} wrote.
   *
   * @param count of coordinates
   * @param p length of the upper variable
   * @throws IllegalArgumentException when it is none of that variable
   */
  static CoordinateBounds read(StateSource source, int count, int p) {
    CoordinateBounds out = new CoordinateBounds();
    long[] coordinates = new long[count];
    long[] flags = new long[count];
    double[] numbers = new double[3 * count];
    source.longs(COORDINATES, coordinates);
    source.longs(HELD, flags);
    source.doubles(BOUNDS, numbers, 0, numbers.length);
    out.room(count);
    out.size = count;
    long last = -1;
    for (int k = 0; k < count; k++) {
      if (!(coordinates[k] > last && coordinates[k] < p)) {
        throw new IllegalArgumentException(
            "the state must bound coordinates 0 to "
                + (p - 1)
                + " in ascending order, but had "
                + Arrays.toString(coordinates));
      }
      last = coordinates[k];
      out.at[k] = (int) last;
      out.held[k] = flags[k] != 0;
      out.low[k] = numbers[3 * k];
      out.high[k] = numbers[3 * k + 1];
      out.value[k] = numbers[3 * k + 2];
    }
    return out;
  }

  /**
   * Brings bounds of another configuration within those of the job.
   *
   * @throws IllegalArgumentException where they have nothing in common
   */
  void within(Constraint job) {
    for (int k = 0; k < size; k++) {
      double least = job.least(at[k]);
      double most = job.most(at[k]);
      double from = Math.max(low[k], least);
      double to = Math.min(high[k], most);
      if (!job.separable() || from > to || low(k) > most || high(k) < least) {
        throw new IllegalArgumentException(
            "the state keeps x["
                + at[k]
                + "] in "
                + interval(low(k), high(k))
                + " by a command, but the job has "
                + (job.separable() ? interval(least, most) : "a set that is no box"));
      }
      low[k] = from;
      high[k] = to;
    }
  }
}
