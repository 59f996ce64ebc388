package io.thalweg.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sample that could not be used, with the record it came in, byte for byte.
 *
 * @param lane where it was read
 * @param position which sample
 * @param timestamp the record's, milliseconds since 1970
 * @param key the record's key
 * @param value the record's value
 * @param headers the record's headers
 * @param reason what was expected and what was found
 */
public record DeadLetter(
    Lane lane,
    Position position,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers,
    String reason) {}
