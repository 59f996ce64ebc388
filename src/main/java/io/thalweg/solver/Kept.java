package io.thalweg.solver;

import io.thalweg.watch.Slots;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A state held in memory, to be taken up by another solver of the same method. */
final class Kept implements Solver.StateSource {
  private final Map<String, double[]> doubles = new LinkedHashMap<>();
  private final Map<String, long[]> longs = new LinkedHashMap<>();

  private Kept() {}

  static Kept of(Solver solver) {
    Kept kept = new Kept();
    solver.save(
        new Solver.StateSink() {
          @Override
          public void doubles(String name, double[] array, int offset, int length) {
            kept.doubles.put(name, Arrays.copyOfRange(array, offset, offset + length));
          }

          @Override
          public void longs(String name, long... words) {
            kept.longs.put(name, words.clone());
          }
        });
    return kept;
  }

  @Override
  public boolean has(String name) {
    return doubles.containsKey(name) || longs.containsKey(name);
  }

  @Override
  public void doubles(String name, double[] array, int offset, int length) {
    System.arraycopy(held(doubles.get(name), name), 0, array, offset, length);
  }

  @Override
  public void longs(String name, long[] words) {
    System.arraycopy(held(longs.get(name), name), 0, words, 0, words.length);
  }

  private static <T> T held(@Nullable T piece, String name) {
    if (piece == null) {
      throw new IllegalStateException("the method saved no " + name);
    }
    return piece;
  }

  /** Reads live arrays from a source, or only looks whether they are there. */
  static final class Reading implements Slots {
    private final Solver.StateSource source;
    private final String prefix;
    private final boolean dry;

    Reading(Solver.StateSource source, String prefix, boolean dry) {
      this.source = source;
      this.prefix = prefix;
      this.dry = dry;
    }

    @Override
    public void doubles(String name, double[] live) {
      source.doubles(prefix + name, dry ? new double[live.length] : live, 0, live.length);
    }

    @Override
    public void longs(String name, long[] live) {
      source.longs(prefix + name, dry ? new long[live.length] : live);
    }
  }
}
