package io.thalweg.peers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everybody on one stream.
 *
 * @param name of the stream
 * @param about how its samples come about
 * @param samples how many there were to be had
 * @param bayesLoss log-loss of the model that the labels were drawn from; null where nobody knows
 * @param peers in the order they ran
 * @param agreement the check of the harness
 */
record StreamResult(
    String name,
    String about,
    int samples,
    @Nullable Double bayesLoss,
    List<PeerResult> peers,
    Agreement agreement) {}
