package io.thalweg.peers;

import java.util.List;
import java.util.Locale;

/**
 * The check of the harness: the loop and Vowpal Wabbit with steps of the same size do the same
 * arithmetic, the latter in single precision, so that their losses differ in the fifth decimal at
 * the most.
 *
 * @param loop progressive log-loss of the loop
 * @param vowpal progressive log-loss of Vowpal Wabbit
 * @param agrees whether they are less than 0.0001 apart
 */
record Agreement(double loop, double vowpal, boolean agrees) {
  private static final double APART = 1e-4;

  static Agreement of(List<PeerResult> peers) {
    double loop = loss(peers, LineUp.LOOP);
    double vowpal = loss(peers, LineUp.VOWPAL_SGD);
    return new Agreement(loop, vowpal, Math.abs(loop - vowpal) < APART);
  }

  String inWords() {
    return String.format(
        Locale.ROOT,
        "%.6f and %.6f: %s",
        loop,
        vowpal,
        agrees ? "agrees" : "DOES NOT AGREE, distrust the figures");
  }

  private static double loss(List<PeerResult> peers, String name) {
    return peers.stream()
        .filter(result -> result.peer().equals(name))
        .mapToDouble(result -> result.median().logLoss())
        .findFirst()
        .orElseThrow();
  }
}
