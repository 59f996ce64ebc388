package io.thalweg.pipeline;

import io.thalweg.solver.Solver;
import io.thalweg.stream.Lane;
import io.thalweg.stream.StateArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives a saved state back by name; one that does not fit is refused. */
final class Restored implements Solver.StateSource {
  /**
   * How pieces of counters are called that hold addresses of rows, each the number of a lane, an
   * offset and an index.
   */
  private static final String ADDRESSES = ".at";

  private static final int WORDS_OF_ADDRESS = 3;

  private final Map<String, StateArray> saved = new HashMap<>();

  /** Per lane its number now, -1 where it is gone; null where lanes are numbered as they were. */
  private final int @Nullable [] lanesNow;

  Restored(List<StateArray> saved) {
    this(saved, List.of(), List.of());
  }

  /**
   * A state with addresses in it.
   *
   * @param saved its pieces
   * @param then the lanes by which it numbers them
   * @param now those by which they are numbered now
   */
  Restored(List<StateArray> saved, List<Lane> then, List<Lane> now) {
    for (StateArray piece : saved) {
      this.saved.putIfAbsent(piece.name(), piece);
    }
    lanesNow = then.equals(now) ? null : then.stream().mapToInt(now::indexOf).toArray();
  }

  @Override
  public boolean has(String name) {
    return saved.containsKey(name);
  }

  @Override
  public void doubles(String name, double[] array, int offset, int length) {
    if (!(saved.get(name) instanceof StateArray.Doubles found)) {
      throw unfit("the checkpoint holds no " + name);
    }
    if (found.values().length != length) {
      throw unfit(
          "the checkpoint holds "
              + found.values().length
              + " numbers for "
              + name
              + ", but the solver expects "
              + length);
    }
    System.arraycopy(found.values(), 0, array, offset, length);
  }

  @Override
  public void longs(String name, long[] words) {
    if (!(saved.get(name) instanceof StateArray.Longs found)) {
      throw unfit("the checkpoint holds no " + name);
    }
    if (found.values().length != words.length) {
      throw unfit(
          "the checkpoint holds "
              + found.values().length
              + " words for "
              + name
              + ", but the solver expects "
              + words.length);
    }
    System.arraycopy(found.values(), 0, words, 0, words.length);
    if (lanesNow != null && name.endsWith(ADDRESSES)) {
      for (int i = 0; i < words.length; i += WORDS_OF_ADDRESS) {
        words[i] = words[i] < 0 ? -1 : lanesNow[(int) words[i]];
      }
    }
  }

  @Override
  public RuntimeException misfit(String what) {
    return new ResumeException(what);
  }

  private static ResumeException unfit(String what) {
    return new ResumeException(
        what
            + ": it was made by another method, another option or for other dimensions; give the"
            + " job another name, or the old settings back");
  }
}
