package io.thalweg.sample;

import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one record into rows of a batch. One instance serves one thread. A record that
 * cannot be used is a value, not an exception: the methods return 0 or false and {@link
 * #rejection()} says why.
 *
 * <pre>
 * int n = decoder.open(bytes, contentType);
 * for (int i = 0; i &lt; n; i++) {
 *   if (!decoder.decode(i, Level.LOWER, batch)) log(decoder.rejection());
 * }
 * </pre>
 */
public interface SampleDecoder {
  /**
   * Takes up one record.
   *
   * @param bytes the value of the record, null for a tombstone
   * @param contentType the record's {@code content-type} header, or null
   * @return how many samples it carries, 0 when it cannot be read at all
   */
  int open(byte @Nullable [] bytes, @Nullable String contentType);

  /**
   * Decodes one sample of the open record and commits it as a row. Samples are asked for in
   * ascending order, each once or more.
   *
   * @param index which sample, 0 to the count less one
   * @param as the level whose schema to read by
   * @param into where the row goes; untouched when the sample is rejected
   * @return true when a row was committed
   */
  boolean decode(int index, Level as, Batch into);

  /**
   * The level named by the body of the last decoded sample; set even where the sample was refused
   * for lacking fields of the level it was read as.
   *
   * @return its {@code role} field, or null when it names none
   */
  @Nullable Level role();

  /**
   * A stable 64-bit hash of the last decoded sample's {@code id} field.
   *
   * @return the hash, meaningful only when {@link #hasId()}
   */
  long idHash();

  /**
   * Whether the last decoded sample carried an {@code id}.
   *
   * @return true when it did
   */
  boolean hasId();

  /**
   * Event time of the last decoded sample.
   *
   * @return milliseconds since 1970, or {@link Long#MIN_VALUE} when it carries none
   */
  long eventTime();

  /**
   * Why the last call refused.
   *
   * @return the reason, what was expected and what was found; empty when it did not refuse
   */
  String rejection();
}
