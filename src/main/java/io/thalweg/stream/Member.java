package io.thalweg.stream;

/**
 * One of the models that a published model is the weighted sum of.
 *
 * @param name lower case with dashes, distinct within a snapshot
 * @param weight its share of the published model, as of the snapshot
 * @param y its lower variable, as long as the snapshot's, or empty where it is too long to be
 *     published; not to be modified
 */
public record Member(String name, double weight, double[] y) {
  /**
   * The same without its vector.
   *
   * @return name and weight
   */
  public Member withoutModel() {
    return new Member(name, weight, new double[0]);
  }
}
