package io.thalweg.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Everything a restart needs: written before it counts, private to the solver.
 *
 * @param config fingerprint of the configuration that made it; another one is refused
 * @param epoch of the run that wrote it
 * @param version of the last snapshot
 * @param previous hex SHA-256 of the last snapshot's bytes, empty before the first
 * @param positions where every lane stands
 * @param topicIds topic to the broker's id of it: a topic deleted and made anew has another
 * @param solver the solver's state
 * @param tally running sums behind the metrics, and what the writer of snapshots notes
 */
public record Checkpoint(
    String config,
    long epoch,
    long version,
    String previous,
    Positions positions,
    Map<String, String> topicIds,
    List<StateArray> solver,
    List<StateArray> tally) {
  /**
   * What a first run writes before its first snapshot: its epoch is taken, nothing is done yet, and
   * whoever resumes from it begins with a fresh state.
   *
   * @param config fingerprint of the configuration
   * @param epoch of the run
   * @param start where every lane stands before the first step
   * @param topicIds topic to the broker's id of it
   * @return a checkpoint without a state
   */
  public static Checkpoint ofStart(
      String config, long epoch, Positions start, Map<String, String> topicIds) {
    return new Checkpoint(config, epoch, 0, "", start, topicIds, List.of(), List.of());
  }

  /**
   * Whether it says where to begin, but holds no state to go on from.
   *
   * @return true for {@link #ofStart}
   */
  public boolean isStart() {
    return version == 0 && solver.isEmpty() && tally.isEmpty();
  }

  /**
   * The same in a later run.
   *
   * @param later epoch of that run
   * @return the copy
   */
  public Checkpoint withEpoch(long later) {
    return new Checkpoint(config, later, version, previous, positions, topicIds, solver, tally);
  }

  /**
   * The same with another link of the chain.
   *
   * @param sha hex SHA-256 of the last snapshot's bytes
   * @return the copy
   */
  public Checkpoint withPrevious(String sha) {
    return new Checkpoint(config, epoch, version, sha, positions, topicIds, solver, tally);
  }

  /**
   * The same without its state, for a cut that a later one of the same commit supersedes.
   *
   * @return the copy
   */
  public Checkpoint withoutState() {
    return new Checkpoint(
        config, epoch, version, previous, positions, topicIds, List.of(), List.of());
  }

  /**
   * The same with one more piece beside the running sums.
   *
   * @param note what the next life is to know; in place of the piece of that name if there is one
   * @return the copy
   */
  public Checkpoint withNote(StateArray note) {
    List<StateArray> noted = new ArrayList<>(tally);
    noted.removeIf(piece -> piece.name().equals(note.name()));
    noted.add(note);
    return new Checkpoint(
        config, epoch, version, previous, positions, topicIds, solver, List.copyOf(noted));
  }
}
