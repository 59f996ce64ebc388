package io.thalweg.wire;

import io.thalweg.sample.Level;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a job says about the form of its sample records.
 *
 * @param format of records without a {@code content-type} header
 * @param unwrap JSON pointer to the sample within a JSON record, for example {@code
 *     /payload/after}; empty when the record is the sample
 * @param header column names of CSV records by level; a level without an entry has the fields of
 *     its schema in order
 * @param separator between the cells of CSV records, an ASCII character
 * @param classes texts of the label by class from 0 on; empty where the label is a number
 * @param missing what stands for a feature that a sample does not have
 */
public record SampleOptions(
    SampleFormat format,
    String unwrap,
    Map<Level, List<String>> header,
    char separator,
    List<String> classes,
    Missing missing) {
  /** JSON records that are the sample themselves. */
  public static final SampleOptions DEFAULT = of(SampleFormat.JSON);

  /**
   * Checks the pointer and copies the headers.
   *
   * @param format of records without a {@code content-type} header
   * @param unwrap JSON pointer to the sample, or empty
   * @param header column names of CSV records by level
   * @param separator between the cells of CSV records
   * @param classes texts of the label by class
   * @param missing what stands for a feature that a sample does not have
   * @throws IllegalArgumentException when the pointer is neither empty nor begins with a slash, or
   *     the separator is none of , ; | and tab
   */
  public SampleOptions {
    if (!unwrap.isEmpty() && unwrap.charAt(0) != '/') {
      throw new IllegalArgumentException(
          "samples.unwrap must be a JSON pointer such as /payload/after, but was " + unwrap);
    }
    if (",;|\t".indexOf(separator) < 0) {
      throw new IllegalArgumentException(
          "samples.separator must be one of , ; | and tab, but was " + separator);
    }
    classes = List.copyOf(classes);
    Map<Level, List<String>> copy = new EnumMap<>(Level.class);
    header.forEach((level, names) -> copy.put(level, List.copyOf(names)));
    header = Collections.unmodifiableMap(copy);
  }

  /**
   * Options with nothing but a format.
   *
   * @param format of records without a {@code content-type} header
   * @return the options
   */
  public static SampleOptions of(SampleFormat format) {
    return new SampleOptions(format, "", Map.of(), ',', List.of(), Missing.REJECT);
  }

  /**
   * The same with a pointer.
   *
   * @param pointer JSON pointer to the sample within a record
   * @return new options
   */
  public SampleOptions withUnwrap(String pointer) {
    return new SampleOptions(format, pointer, header, separator, classes, missing);
  }

  /**
   * The same with the CSV columns of one level.
   *
   * @param level whose records
   * @param names column names in order
   * @return new options
   */
  public SampleOptions withHeader(Level level, List<String> names) {
    Map<Level, List<String>> more = new EnumMap<>(Level.class);
    more.putAll(header);
    more.put(level, names);
    return new SampleOptions(format, unwrap, more, separator, classes, missing);
  }

  /**
   * The same with another separator.
   *
   * @param between the cells of CSV records
   * @return new options
   */
  public SampleOptions withSeparator(char between) {
    return new SampleOptions(format, unwrap, header, between, classes, missing);
  }

  /**
   * The same where the label is a text.
   *
   * @param texts of the label by class from 0 on
   * @return new options
   */
  public SampleOptions withClasses(List<String> texts) {
    return new SampleOptions(format, unwrap, header, separator, texts, missing);
  }

  /**
   * The same where features may be missing.
   *
   * @param instead what stands for a feature that a sample does not have
   * @return new options
   */
  public SampleOptions withMissing(Missing instead) {
    return new SampleOptions(format, unwrap, header, separator, classes, instead);
  }
}
