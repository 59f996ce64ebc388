package io.thalweg.pipeline;

import io.thalweg.solver.Solver;
import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Copies a solver's state out, piece by piece. */
final class Saved implements Solver.StateSink {
  private final List<StateArray> pieces = new ArrayList<>();

  @Override
  public void doubles(String name, double[] array, int offset, int length) {
    pieces.add(new StateArray.Doubles(name, Arrays.copyOfRange(array, offset, offset + length)));
  }

  @Override
  public void longs(String name, long... words) {
    pieces.add(new StateArray.Longs(name, words.clone()));
  }

  List<StateArray> pieces() {
    return pieces;
  }
}
