package io.thalweg.wire;

import io.thalweg.stream.Checkpoint;
import io.thalweg.stream.Snapshot;
import io.thalweg.stream.StateArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lowest smoothed validation loss among the snapshots of a job, over all its lives: what the
 * alias {@link SnapshotAlias#BEST} goes by. Losses under another configuration cannot be compared,
 * so it begins anew with one. Used by one thread.
 */
final class BestLoss {
  /** The lowest loss so far: a note in the checkpoint for the next life. */
  static final String NOTE = "best-loss";

  /** Figures that are such a loss; the first that a snapshot has counts. */
  private static final List<String> FIGURES =
      List.of("smoothed-upper-loss", "upper-loss", "prequential-loss-window");

  /** What an event says that an operator went back to. */
  private static final String WENT_BACK = "to-version";

  private static final String GUARD = "step-scale";
  private static final String GUARDED = "best-upper-loss";

  /** The guard's word on its best point as last heard; it may rise where that is measured again. */
  private double guarded = Double.NaN;

  private double lowest = Double.POSITIVE_INFINITY;
  private String config = "";

  BestLoss(@Nullable Checkpoint restored) {
    if (restored != null) {
      config = restored.config();
      for (StateArray piece : restored.tally()) {
        if (piece instanceof StateArray.Doubles doubles
            && doubles.name().equals(NOTE)
            && doubles.values().length >= 1) {
          lowest = doubles.values()[0];
          guarded = doubles.values().length > 1 ? doubles.values()[1] : Double.NaN;
        }
      }
    }
  }

  /** Takes a snapshot in; true when none before it was better or as good. */
  boolean taken(Snapshot snapshot) {
    if (!snapshot.config().equals(config)) {
      config = snapshot.config();
      lowest = Double.POSITIVE_INFINITY;
      guarded = Double.NaN;
    }
    double loss = wentBack(snapshot) ? Double.NaN : loss(snapshot);
    double said = snapshot.metrics().getOrDefault(GUARDED, Double.NaN);
    boolean risen = said > (Double.isNaN(guarded) ? lowest : guarded);
    guarded = said;
    if (risen) { // the stream has changed, and this is what the best point is worth by now
      lowest = said;
    }
    if (!(loss < lowest || (risen && loss == lowest))) {
      return false;
    }
    lowest = loss;
    return true;
  }

  /** Whether the point is another than the one whose loss the figures tell. */
  private static boolean wentBack(Snapshot snapshot) {
    return snapshot.events().stream()
        .anyMatch(e -> EventCodec.isApplied(e) && e.figures().containsKey(WENT_BACK));
  }

  /** The loss it goes by; not a number for a snapshot without one. */
  static double loss(Snapshot snapshot) {
    if (snapshot.metrics().containsKey(GUARD)) { // smoothed anew after a measure: not known yet
      return snapshot.metrics().getOrDefault(FIGURES.get(0), Double.NaN);
    }
    for (String figure : FIGURES) {
      Double loss = snapshot.metrics().get(figure);
      if (loss != null) {
        return loss;
      }
    }
    return Double.NaN;
  }

  /** The checkpoint with what the next life is to know. */
  Checkpoint noted(Checkpoint checkpoint) {
    return Double.isFinite(lowest)
        ? checkpoint.withNote(new StateArray.Doubles(NOTE, new double[] {lowest, guarded}))
        : checkpoint;
  }
}
