package io.thalweg.peers;

/** A stream that can be had as often as wanted, always the same. */
interface Source {
  /** Short name. */
  String name();

  /** How samples and labels come about. */
  String about();

  /** Length of a row. */
  int features();

  /** Most entries of a row. */
  int entries();

  /** Whether rows name their features. */
  boolean sparse();

  /** Whether the classes are so uneven that a constant feature belongs into every model. */
  boolean bias();

  /** Samples of a whole run. */
  int samples();

  /** The stream from its beginning. */
  Rows open();

  /** A stream that is being read. */
  interface Rows {
    /** Appends the next row. */
    void next(Chunk chunk);
  }
}
