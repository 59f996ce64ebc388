package io.thalweg.stream;

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
 * @param tally running sums behind the metrics
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
   * The same with another link of the chain.
   *
   * @param sha hex SHA-256 of the last snapshot's bytes
   * @return the copy
   */
  public Checkpoint withPrevious(String sha) {
    return new Checkpoint(config, epoch, version, sha, positions, topicIds, solver, tally);
  }
}
