package io.thalweg.pipeline;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import io.thalweg.stream.Position;
import io.thalweg.stream.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The record a sample came in, byte for byte, for as long as it may have to be sent on.
 *
 * @param lane where it was read
 * @param position which sample
 * @param timestamp the record's
 * @param key the record's
 * @param value the record's
 * @param headers the record's
 */
record Origin(
    Lane lane,
    Position position,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<Header> headers) {
  static Origin of(List<Lane> lanes, RecordBatch records, int i, int index) {
    return new Origin(
        lanes.get(records.lane(i)),
        new Position(records.offset(i), index),
        records.timestamp(i),
        records.key(i),
        records.value(i),
        records.headers(i));
  }

  DeadLetter letter(String reason) {
    return new DeadLetter(lane, position, timestamp, key, value, headers, reason);
  }
}
