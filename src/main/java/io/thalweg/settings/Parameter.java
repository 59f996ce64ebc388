package io.thalweg.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One documented setting of a method or a problem: the single source of its range and default, read
 * by the job-file schema, by {@code thalweg methods} and {@code thalweg problems}, and by the
 * README's tables.
 *
 * @param key key in the job file, lower case with dashes
 * @param kind what values look like
 * @param range interval for numbers
 * @param choices allowed texts for {@link Kind#CHOICE}, letters for {@link Kind#WEIGHTS}, texts
 *     that may stand for a {@link Kind#TREE}, else empty
 * @param defaultValue value when absent as it would be written in the job file; null when required
 *     or when there is none
 * @param required whether a job without it is refused
 * @param meaning one line: symbol of the paper and what it does
 * @param keys for {@link Kind#TREE}: the keys within; empty where the owner checks them itself
 */
public record Parameter(
    String key,
    Kind kind,
    Range range,
    List<String> choices,
    @Nullable Object defaultValue,
    boolean required,
    String meaning,
    List<Parameter> keys) {
  /**
   * A parameter that is not a map with known keys.
   *
   * @param key key in the job file
   * @param kind what values look like
   * @param range interval for numbers
   * @param choices allowed texts or letters
   * @param defaultValue value when absent, or null
   * @param required whether a job without it is refused
   * @param meaning one line
   */
  public Parameter(
      String key,
      Kind kind,
      Range range,
      List<String> choices,
      @Nullable Object defaultValue,
      boolean required,
      String meaning) {
    this(key, kind, range, choices, defaultValue, required, meaning, List.of());
  }

  /**
   * A map with known keys, absent unless given.
   *
   * @param key key in the job file
   * @param keys the keys within
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter tree(String key, List<Parameter> keys, String meaning) {
    return new Parameter(
        key, Kind.TREE, Range.ANY, List.of(), null, false, meaning, List.copyOf(keys));
  }

  /** What a value looks like in the job file. */
  public enum Kind {
    /** A finite number. */
    NUMBER,
    /** A whole number. */
    INTEGER,
    /** One of a few texts. */
    CHOICE,
    /** A free text. */
    TEXT,
    /** true or false. */
    FLAG,
    /** A number, or {@code {schedule: constant|sqrt|cbrt|power, k, m, floor, power}}. */
    SCHEDULE,
    /** A number for all estimators, or a map from estimator letter to number. */
    WEIGHTS,
    /** A list of numbers. */
    NUMBERS,
    /** A list of texts, or one. */
    TEXTS,
    /** A nested map with keys of its own. */
    TREE
  }

  /**
   * A number with a default.
   *
   * @param key key in the job file
   * @param range interval it must lie in
   * @param defaultValue value when absent
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter number(String key, Range range, double defaultValue, String meaning) {
    return new Parameter(key, Kind.NUMBER, range, List.of(), defaultValue, false, meaning);
  }

  /**
   * A whole number with a default.
   *
   * @param key key in the job file
   * @param range interval it must lie in
   * @param defaultValue value when absent
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter integer(String key, Range range, int defaultValue, String meaning) {
    return new Parameter(key, Kind.INTEGER, range, List.of(), defaultValue, false, meaning);
  }

  /**
   * A whole number that must be given.
   *
   * @param key key in the job file
   * @param range interval it must lie in
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter requiredInteger(String key, Range range, String meaning) {
    return new Parameter(key, Kind.INTEGER, range, List.of(), null, true, meaning);
  }

  /**
   * A list of numbers that must be given.
   *
   * @param key key in the job file
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter requiredNumbers(String key, String meaning) {
    return new Parameter(key, Kind.NUMBERS, Range.ANY, List.of(), null, true, meaning);
  }

  /**
   * One of a few texts.
   *
   * @param key key in the job file
   * @param choices allowed values
   * @param defaultValue value when absent
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter choice(
      String key, List<String> choices, String defaultValue, String meaning) {
    return new Parameter(key, Kind.CHOICE, Range.ANY, choices, defaultValue, false, meaning);
  }

  /**
   * A parameter of any other kind.
   *
   * @param key key in the job file
   * @param kind what values look like
   * @param defaultValue value when absent, or null
   * @param meaning one line
   * @return the parameter
   */
  public static Parameter of(String key, Kind kind, @Nullable Object defaultValue, String meaning) {
    return new Parameter(key, kind, Range.ANY, List.of(), defaultValue, false, meaning);
  }
}
