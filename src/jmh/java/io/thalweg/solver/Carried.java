package io.thalweg.solver;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The state of one solver, handed to another that then goes on from it. */
final class Carried implements Solver.StateSink {
  private final Map<String, double[]> doubles = new HashMap<>();
  private final Map<String, long[]> longs = new HashMap<>();

  private Carried() {}

  static void over(Solver from, Solver to) {
    Carried state = new Carried();
    from.save(state);
    to.restore(state.new Source());
  }

  @Override
  public void doubles(String name, double[] array, int offset, int length) {
    doubles.put(name, Arrays.copyOfRange(array, offset, offset + length));
  }

  @Override
  public void longs(String name, long... words) {
    longs.put(name, words.clone());
  }

  /** The same, read. */
  private final class Source implements Solver.StateSource {
    @Override
    public boolean has(String name) {
      return doubles.containsKey(name) || longs.containsKey(name);
    }

    @Override
    public void doubles(String name, double[] array, int offset, int length) {
      System.arraycopy(Objects.requireNonNull(doubles.get(name)), 0, array, offset, length);
    }

    @Override
    public void longs(String name, long[] words) {
      long[] held = Objects.requireNonNull(longs.get(name));
      System.arraycopy(held, 0, words, 0, held.length);
    }
  }
}
