package io.thalweg.load.openloop;

import java.util.List;

/**
 * All that was seen of a run.
 *
 * @param phases what happened, in order
 * @param sent records by their places
 * @param consumed how far the solver had read, and when
 * @param snapshots what the reader had in use, and when
 * @param died how often the solver's process ended by itself
 */
record Recording(
    List<PhaseRun> phases,
    SentLog sent,
    List<Seen> consumed,
    List<SnapshotSeen> snapshots,
    int died) {}
