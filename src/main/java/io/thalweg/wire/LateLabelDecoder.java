package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.LateLabels;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads records (as those of the lower level) and labels (as those of the upper one) into rows of
 * one kind of batch. Both must have an id: it is all that joins them.
 */
final class LateLabelDecoder implements SampleDecoder {
  private static final String NO_ID = "id is missing: it joins a record with its label";

  private final SampleDecoder decoder;
  private final Batch label;
  private final SampleSchema sample;
  private final int column;
  private String rejection = "";

  LateLabelDecoder(SampleOptions options, SampleSchema sample) {
    SampleSchema labels = LateLabels.labels(sample);
    this.decoder =
        SampleDecoders.create(
            options, Map.of(Level.LOWER, LateLabels.records(sample), Level.UPPER, labels));
    this.label = new Batch(labels, 1);
    this.sample = sample;
    this.column = LateLabels.label(sample);
  }

  @Override
  public int open(byte @Nullable [] bytes, @Nullable String contentType) {
    int samples = decoder.open(bytes, contentType);
    rejection = decoder.rejection();
    return samples;
  }

  @Override
  public boolean decode(int index, Level as, Batch into) {
    Batch target = into;
    if (as == Level.UPPER) {
      label.clear();
      target = label;
    }
    boolean good = decoder.decode(index, as, target);
    rejection = decoder.rejection();
    if (!good) {
      return false;
    }
    if (!decoder.hasId()) {
      target.dropLastRow();
      rejection = NO_ID;
      return false;
    }
    if (as == Level.UPPER) {
      append(label.column(0)[0], into);
    }
    LateLabels.mark(into, as == Level.UPPER, decoder.idHash());
    return true;
  }

  /** A row that holds a label and nothing else. */
  private void append(double value, Batch into) {
    int row = into.openRow();
    for (int f = 0; f < sample.fields().size(); f++) {
      Field field = sample.fields().get(f);
      double[] numbers = into.column(f);
      if (field.required() && numbers.length > 0) {
        Arrays.fill(numbers, row * field.width(), (row + 1) * field.width(), 0);
      }
    }
    into.set(column, 0, value);
    into.commitRow();
  }

  @Override
  public @Nullable Level role() {
    return decoder.role();
  }

  @Override
  public long idHash() {
    return decoder.idHash();
  }

  @Override
  public boolean hasId() {
    return decoder.hasId();
  }

  @Override
  public long eventTime() {
    return decoder.eventTime();
  }

  @Override
  public String rejection() {
    return rejection;
  }
}
