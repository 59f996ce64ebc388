package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.stream.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * One feed's decoder as the assembler uses it: from what was decoded ahead where there is such,
 * from the bytes elsewhere.
 */
final class SampleReader implements SampleDecoder {
  private final SampleDecoder decoder;
  private @Nullable DecodedRecords ahead;
  private int record;
  private int sample;

  SampleReader(SampleDecoder decoder) {
    this.decoder = decoder;
  }

  /** Takes up a record; returns how many samples it carries, 0 when it cannot be read at all. */
  int open(RecordBatch records, int i, @Nullable String contentType) {
    if (records instanceof DecodedRecords decoded && decoded.count(i) > 0) {
      ahead = decoded;
      record = i;
      sample = 0;
      return decoded.count(i);
    }
    return open(records.value(i), contentType);
  }

  @Override
  public int open(byte @Nullable [] bytes, @Nullable String contentType) {
    ahead = null;
    return decoder.open(bytes, contentType);
  }

  @Override
  public boolean decode(int index, Level as, Batch into) {
    DecodedRecords from = ahead;
    if (from == null) {
      return decoder.decode(index, as, into);
    }
    sample = index;
    return from.copy(record, index, as, into);
  }

  @Override
  public @Nullable Level role() {
    return ahead == null ? decoder.role() : ahead.role(record, sample);
  }

  @Override
  public long idHash() {
    return ahead == null ? decoder.idHash() : ahead.idHash(record, sample);
  }

  @Override
  public boolean hasId() {
    return ahead == null ? decoder.hasId() : ahead.hasId(record, sample);
  }

  @Override
  public long eventTime() {
    return ahead == null ? decoder.eventTime() : ahead.eventTime(record, sample);
  }

  @Override
  public String rejection() {
    return ahead == null ? decoder.rejection() : ahead.rejection(record, sample);
  }
}
