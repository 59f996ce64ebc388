package io.thalweg.solver;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A state held in memory: what a checkpoint does, without the bytes. */
final class Recorded implements Solver.StateSink, Solver.StateSource {
  final Map<String, double[]> doubles = new LinkedHashMap<>();
  final Map<String, long[]> longs = new LinkedHashMap<>();

  static Recorded of(Solver solver) {
    Recorded recorded = new Recorded();
    solver.save(recorded);
    return recorded;
  }

  @Override
  public boolean has(String name) {
    return doubles.containsKey(name) || longs.containsKey(name);
  }

  @Override
  public void doubles(String name, double[] array, int offset, int length) {
    double[] held = doubles.get(name);
    if (held == null) {
      doubles.put(name, Arrays.copyOfRange(array, offset, offset + length));
    } else {
      System.arraycopy(held, 0, array, offset, length);
    }
  }

  @Override
  public void longs(String name, long... words) {
    long[] held = longs.get(name);
    if (held == null) {
      longs.put(name, words.clone());
    } else {
      System.arraycopy(held, 0, words, 0, held.length);
    }
  }

  /** Every bit, as text: equal texts are equal states. */
  String bits() {
    StringBuilder out = new StringBuilder();
    doubles.forEach(
        (name, array) -> {
          out.append(name);
          for (double entry : array) {
            out.append(' ').append(Long.toHexString(Double.doubleToRawLongBits(entry)));
          }
          out.append('\n');
        });
    longs.forEach((name, words) -> out.append(name).append(Arrays.toString(words)).append('\n'));
    return out.toString();
  }
}
