package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import org.jspecify.annotations.Nullable;

/**
 * Samples of one level on their way into one binary record. A record is closed by its number of
 * samples or by its size, and by a sample that has an event time or an id where those before it
 * have none, or the other way round: these are had by all samples of a record or by none.
 *
 * <pre>
 * if (!pack.takes(row)) send(pack.take());
 * pack.add(row);
 * if (pack.isFull()) send(pack.take());
 * </pre>
 */
public final class SamplePack {
  private final BinarySamples.Encoder encoder;
  private final Batch rows;
  private final int most;
  private final int bytes;
  private final long[] times;
  private final long[] ids;
  private boolean timed;
  private boolean named;

  /**
   * An empty pack.
   *
   * @param schema what a sample holds
   * @param role the role its records name, null for none
   * @param samples most samples of a record, at least 1
   * @param bytes size of a record that is not exceeded, unless by one sample alone; at least 1
   */
  public SamplePack(SampleSchema schema, @Nullable Level role, int samples, int bytes) {
    if (samples < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "a record must take at least 1 sample and 1 byte, but was to take "
              + samples
              + " samples and "
              + bytes
              + " bytes");
    }
    this.encoder = new BinarySamples.Encoder(schema, role);
    long smallest = encoder.size(1, 0, false, false) - BinarySamples.HEADER;
    // never room for more than the bytes allow: a dense row may be large
    this.most = (int) Math.max(1, Math.min(samples, bytes / smallest));
    this.bytes = bytes;
    this.rows = new Batch(schema, most);
    this.times = new long[most];
    this.ids = new long[most];
  }

  /**
   * Whether a sample that was filled in can join those in hand.
   *
   * @param row a row without complaint
   * @return false when the record must be taken first
   */
  public boolean takes(SampleRow row) {
    return takes(row.batch(), 0, row.eventTime(), row.hasId());
  }

  /**
   * Whether a sample that was just decoded can join those in hand.
   *
   * @param batch where it lies
   * @param row its row
   * @param of the decoder, which knows its id and its time
   * @return false when the record must be taken first
   */
  public boolean takes(Batch batch, int row, SampleDecoder of) {
    return takes(batch, row, of.eventTime(), of.hasId());
  }

  private boolean takes(Batch batch, int row, long time, boolean hasId) {
    int n = rows.size();
    if (n == 0) {
      return true;
    }
    boolean hasTime = time != Long.MIN_VALUE;
    return n < most
        && hasTime == timed
        && hasId == named
        && encoder.size(n + 1, stored(rows, 0, n) + stored(batch, row, row + 1), timed, named)
            <= bytes;
  }

  /**
   * Adds a sample that was filled in.
   *
   * @param row a row that is taken
   */
  public void add(SampleRow row) {
    add(row.batch(), 0, row.eventTime(), row.hasId(), row.idHash());
  }

  /**
   * Adds a sample that was just decoded.
   *
   * @param batch where it lies
   * @param row its row
   * @param of the decoder, which knows its id and its time
   */
  public void add(Batch batch, int row, SampleDecoder of) {
    add(batch, row, of.eventTime(), of.hasId(), of.idHash());
  }

  private void add(Batch batch, int row, long time, boolean hasId, long idHash) {
    int n = rows.size();
    if (n == 0) {
      timed = time != Long.MIN_VALUE;
      named = hasId;
    }
    times[n] = time;
    ids[n] = idHash;
    rows.appendRow(batch, row);
  }

  /**
   * Samples in hand.
   *
   * @return 0 to the most a record takes
   */
  public int size() {
    return rows.size();
  }

  /**
   * Whether no further sample can join.
   *
   * @return true at the number of samples, or when not even an empty one would fit
   */
  public boolean isFull() {
    int n = rows.size();
    return n == most || (n > 0 && encoder.size(n + 1, stored(rows, 0, n), timed, named) > bytes);
  }

  /**
   * Ends the record and begins the next one.
   *
   * @return the value of the record
   * @throws IllegalStateException when there is no sample
   */
  public byte[] take() {
    if (rows.size() == 0) {
      throw new IllegalStateException("a record must hold at least 1 sample, but had none");
    }
    byte[] value =
        encoder.encode(rows, 0, rows.size(), timed ? times : null, named ? ids : null, true);
    rows.clear();
    return value;
  }

  private static int stored(Batch batch, int from, int to) {
    return batch.schema().sparse() ? batch.rowStart()[to] - batch.rowStart()[from] : 0;
  }
}
