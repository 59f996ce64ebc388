package io.thalweg.pipeline;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Position;
import io.thalweg.stream.Positions;
import io.thalweg.stream.StateArray;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the ledger of the next snapshot begins, kept in a checkpoint that was taken between two
 * snapshots: rejected records alone make a cut due too, and the checkpoint then stands behind them
 * where the snapshot before does not. With it every ledger begins where the one before ended,
 * wherever a run was cut.
 */
final class LedgerStart {
  private static final String NAME = "ledger-from";

  /** Offset and index for the lower level, the upper level and rejections. */
  private static final int WORDS = 6;

  private LedgerStart() {}

  /** The piece that says it. */
  static StateArray save(Positions from) {
    long[] words = new long[WORDS * from.lanes().size()];
    int at = 0;
    for (List<Position> places : List.of(from.lower(), from.upper(), from.rejected())) {
      for (Position place : places) {
        words[at++] = place.offset();
        words[at++] = place.index();
      }
    }
    return new StateArray.Longs(NAME, words);
  }

  /**
   * The place for a run that resumes: what the checkpoint says, unless the run begins elsewhere
   * than the checkpoint stands, as after a loss of data.
   */
  static Positions of(Checkpoint from, Positions start) {
    if (!start.equals(from.positions())) {
      return start;
    }
    for (StateArray piece : from.tally()) {
      if (piece instanceof StateArray.Longs longs && longs.name().equals(NAME)) {
        return read(longs.values(), start);
      }
    }
    return start;
  }

  private static Positions read(long[] words, Positions start) {
    int lanes = start.lanes().size();
    if (words.length != WORDS * lanes) {
      throw new IllegalArgumentException(
          NAME + " must have " + WORDS * lanes + " words, but had " + words.length);
    }
    return new Positions(
        start.lanes(),
        places(words, 0, lanes),
        places(words, lanes, lanes),
        places(words, 2 * lanes, lanes));
  }

  private static List<Position> places(long[] words, int first, int lanes) {
    List<Position> places = new ArrayList<>(lanes);
    for (int i = first; i < first + lanes; i++) {
      places.add(new Position(words[2 * i], Math.toIntExact(words[2 * i + 1])));
    }
    return places;
  }
}
