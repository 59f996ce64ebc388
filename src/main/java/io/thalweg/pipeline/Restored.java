package io.thalweg.pipeline;

import io.thalweg.solver.Solver;
import io.thalweg.stream.StateArray;
import java.util.List;

/** Gives a saved state back by name; one that does not fit is refused. */
final class Restored implements Solver.StateSource {
  private final List<StateArray> saved;

  Restored(List<StateArray> saved) {
    this.saved = saved;
  }

  @Override
  public boolean has(String name) {
    return saved.stream().anyMatch(piece -> piece.name().equals(name));
  }

  @Override
  public void doubles(String name, double[] array, int offset, int length) {
    for (StateArray piece : saved) {
      if (piece instanceof StateArray.Doubles d && d.name().equals(name)) {
        if (d.values().length != length) {
          throw misfit(
              "the checkpoint holds "
                  + d.values().length
                  + " numbers for "
                  + name
                  + ", but the solver expects "
                  + length);
        }
        System.arraycopy(d.values(), 0, array, offset, length);
        return;
      }
    }
    throw misfit("the checkpoint holds no " + name);
  }

  @Override
  public void longs(String name, long[] words) {
    for (StateArray piece : saved) {
      if (piece instanceof StateArray.Longs l && l.name().equals(name)) {
        if (l.values().length != words.length) {
          throw misfit(
              "the checkpoint holds "
                  + l.values().length
                  + " words for "
                  + name
                  + ", but the solver expects "
                  + words.length);
        }
        System.arraycopy(l.values(), 0, words, 0, words.length);
        return;
      }
    }
    throw misfit("the checkpoint holds no " + name);
  }

  private static ResumeException misfit(String what) {
    return new ResumeException(
        what
            + ": it was made by another method, another option or for other dimensions; give the"
            + " job another name, or the old settings back");
  }
}
