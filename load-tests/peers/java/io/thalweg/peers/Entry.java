package io.thalweg.peers;

import java.util.function.Supplier;

/**
 * A peer as it takes part in one stream.
 *
 * @param peer its name
 * @param settings what it was told, in its own words
 * @param given the form it is given samples in
 * @param samples how many it is given, from the beginning of the stream
 * @param start makes it, knowing nothing yet
 */
record Entry(String peer, String settings, String given, int samples, Supplier<Peer> start) {
  /** The same with a share of the samples. */
  Entry share(double share) {
    return new Entry(peer, settings, given, Math.max(2, (int) Math.round(share * samples)), start);
  }
}
