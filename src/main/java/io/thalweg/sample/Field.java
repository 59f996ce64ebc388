package io.thalweg.sample;

/**
 * One named field of a sample.
 *
 * @param name key in JSON records and header of CSV columns
 * @param kind scalar, vector or feature row
 * @param width doubles per sample: 1 for scalars, the length for vectors, the number of features
 *     for feature rows
 * @param required whether a sample without it is rejected
 * @param defaultValue value of every entry when it is optional and absent
 * @param rule what values are acceptable beyond being finite
 * @param below for whole numbers: the number that all values are below, 0 when there is none
 */
public record Field(
    String name,
    Kind kind,
    int width,
    boolean required,
    double defaultValue,
    Rule rule,
    int below) {
  /** What a field holds. */
  public enum Kind {
    /** One number. */
    SCALAR,
    /** A fixed number of numbers. */
    VECTOR,
    /**
     * A feature row: a dense array under the field's own name, or indices {@code i} and values
     * {@code v}.
     */
    FEATURES
  }

  /** What values are acceptable; every rule includes being finite. */
  public enum Rule {
    /** Any finite number. */
    FINITE,
    /** A finite number that is not negative. */
    NON_NEGATIVE,
    /** A whole number that is not negative, and below {@link Field#below} where that is given. */
    INDEX,
    /** A class of two: 1 for positive, 0 or -1 for negative. */
    LABEL
  }

  /**
   * A field without an upper bound on whole numbers.
   *
   * @param name key of the field
   * @param kind scalar, vector or feature row
   * @param width doubles per sample
   * @param required whether a sample without it is rejected
   * @param defaultValue value of every entry when it is optional and absent
   * @param rule acceptable values
   */
  public Field(
      String name, Kind kind, int width, boolean required, double defaultValue, Rule rule) {
    this(name, kind, width, required, defaultValue, rule, 0);
  }

  /**
   * A required whole number from a known range: a class, a task, or the number of the record in a
   * finite sum.
   *
   * @param name key of the field
   * @param below how many there are; values are 0 to below - 1
   * @return the field
   */
  public static Field index(String name, int below) {
    return new Field(name, Kind.SCALAR, 1, true, 0, Rule.INDEX, below);
  }

  /**
   * A required scalar.
   *
   * @param name key of the field
   * @return the field
   */
  public static Field scalar(String name) {
    return new Field(name, Kind.SCALAR, 1, true, 0, Rule.FINITE);
  }

  /**
   * An optional scalar.
   *
   * @param name key of the field
   * @param defaultValue value when absent
   * @param rule acceptable values
   * @return the field
   */
  public static Field optional(String name, double defaultValue, Rule rule) {
    return new Field(name, Kind.SCALAR, 1, false, defaultValue, rule);
  }

  /**
   * A required vector.
   *
   * @param name key of the field
   * @param width its length
   * @return the field
   */
  public static Field vector(String name, int width) {
    return new Field(name, Kind.VECTOR, width, true, 0, Rule.FINITE);
  }

  /**
   * An optional vector whose entries default to 0.
   *
   * @param name key of the field
   * @param width its length
   * @return the field
   */
  public static Field optionalVector(String name, int width) {
    return new Field(name, Kind.VECTOR, width, false, 0, Rule.FINITE);
  }

  /**
   * A required feature row.
   *
   * @param name key of the dense form, by custom {@code x}
   * @param width number of features
   * @return the field
   */
  public static Field features(String name, int width) {
    return new Field(name, Kind.FEATURES, width, true, 0, Rule.FINITE);
  }
}
