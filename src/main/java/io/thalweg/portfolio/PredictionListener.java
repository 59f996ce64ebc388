package io.thalweg.portfolio;

/** Hears how a record was predicted by the published model. */
public interface PredictionListener {
  /**
   * One record whose label is known.
   *
   * @param roles {@link Portfolio#UPPER}, {@link Portfolio#LOWER} or both
   * @param loss weighted
   * @param error weighted
   * @param weight of the record
   */
  void predicted(int roles, double loss, double error, double weight);

  /**
   * A row that no model was or will be made of.
   *
   * @param lane where it was read
   * @param offset where it was read
   * @param index where it was read
   * @param reason what was expected and what was found
   */
  default void unused(int lane, long offset, int index, String reason) {}

  /**
   * The same record, if it is learned and of one of two classes.
   *
   * @param score as published, the larger, the likelier positive
   * @param positive its class
   */
  default void ranked(double score, boolean positive) {}
}
