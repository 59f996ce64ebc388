package io.thalweg.telemetry;

import io.thalweg.pipeline.Progress;
import io.thalweg.pipeline.Stage;
import java.util.List;

/**
 * What an instance says of itself when it is asked.
 *
 * @param phase what it is doing
 * @param why the reason of a restart, empty otherwise
 * @param progress how far this life is
 * @param restoredVersion snapshot this life went on from, 0 for none
 * @param steps steps of this life
 * @param stepNanos time they took
 * @param stages where records and cuts wait
 * @param lanes the partitions it reads
 * @param lag records that are in no step yet, whether they were read or not
 * @param commits what this life has committed
 */
public record Facts(
    Phase phase,
    String why,
    Progress progress,
    long restoredVersion,
    long steps,
    long stepNanos,
    List<Stage> stages,
    List<LaneLook> lanes,
    long lag,
    Commits commits) {
  /**
   * Of an instance that does not lead.
   *
   * @param phase what it is doing
   * @param why the reason of a restart, empty otherwise
   * @return facts without progress
   */
  public static Facts idle(Phase phase, String why) {
    return new Facts(phase, why, Progress.NONE, 0, 0, 0, List.of(), List.of(), 0, Commits.NONE);
  }
}
