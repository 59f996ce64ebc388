package io.thalweg.peers;

/**
 * A learner that is fed a stream chunk by chunk. Only {@link #learn} is timed: it predicts each
 * sample of the chunk and then learns from it.
 */
interface Peer extends AutoCloseable {
  /** Brings a chunk into the form this peer is given. */
  void prepare(Chunk chunk);

  /** Predicts and learns what was prepared, in order. */
  void learn();

  /** Scores the predictions made by the last {@link #learn}. */
  void score(Tally tally);

  @Override
  default void close() {}
}
