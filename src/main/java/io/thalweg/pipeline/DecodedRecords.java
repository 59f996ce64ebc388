package io.thalweg.pipeline;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import io.thalweg.stream.Header;
import io.thalweg.stream.RecordBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records whose samples were decoded before they are asked for: what a decoder said of each, and
 * the rows it made, in columns. Filled by one thread, then handed to another, and given back when
 * used up; it holds no object per sample.
 */
final class DecodedRecords implements RecordBatch {
  /** A sample that was not read by that level's schema. */
  private static final int UNREAD = -2;

  /** A sample that was refused. */
  private static final int REFUSED = -1;

  /** Rows of one batch among those that hold the rows, at most. */
  private static final int CHUNK = 256;

  /** Bytes of such a batch, when a row has no more. */
  private static final long CHUNK_BYTES = 1 << 20;

  private final Map<Level, Rows> rows = new EnumMap<>(Level.class);
  private final Consumer<DecodedRecords> home;
  private @Nullable RecordBatch records;
  private int[] firstOfRecord = new int[16];
  private int[] countOfRecord = new int[16];
  private long[] idHash = new long[64];
  private boolean[] hasId = new boolean[64];
  private long[] eventTime = new long[64];
  private @Nullable Level[] role = new Level[64];
  private @Nullable String[] rejection = new String[64];
  private int samples;

  /** Rows of one level. */
  private static final class Rows {
    private final SampleSchema schema;
    private final int inChunk;
    private final List<Batch> chunks = new ArrayList<>();
    private int full;
    private int[] ofSample = new int[64];

    Rows(SampleSchema schema) {
      this.schema = schema;
      this.inChunk = (int) Math.max(1, Math.min(CHUNK, CHUNK_BYTES / rowBytes(schema)));
    }

    Batch open() {
      if (full < chunks.size() && chunks.get(full).isFull()) {
        full++;
      }
      if (full == chunks.size()) {
        chunks.add(new Batch(schema, inChunk));
      }
      return chunks.get(full);
    }

    int last() {
      return full * inChunk + chunks.get(full).size() - 1;
    }

    void expect(int from, int to) {
      if (to > ofSample.length) {
        ofSample = Arrays.copyOf(ofSample, Math.max(to, 2 * ofSample.length));
      }
      Arrays.fill(ofSample, from, to, UNREAD);
    }

    void copy(int row, Batch into) {
      into.appendRow(chunks.get(row / inChunk), row % inChunk);
    }

    void clear() {
      chunks.forEach(Batch::clear);
      full = 0;
    }
  }

  /**
   * Empty.
   *
   * @param schemas of both levels
   * @param home takes it back when it is used up
   */
  DecodedRecords(Map<Level, SampleSchema> schemas, Consumer<DecodedRecords> home) {
    schemas.forEach((level, schema) -> rows.put(level, new Rows(schema)));
    this.home = home;
  }

  /** Bytes of a row whatever was sent for it: its entries, those of a compressed row left out. */
  static long rowBytes(SampleSchema schema) {
    long entries = 1;
    for (int f = 0; f < schema.fields().size(); f++) {
      boolean compressed = schema.sparse() && f == schema.featuresColumn();
      entries += compressed ? 0 : schema.fields().get(f).width();
    }
    return Double.BYTES * entries;
  }

  /** Begins with other records, none of them decoded. */
  void begin(RecordBatch next) {
    records = next;
    samples = 0;
    rows.values().forEach(Rows::clear);
    if (firstOfRecord.length < next.size()) {
      firstOfRecord = new int[next.size()];
      countOfRecord = new int[next.size()];
    }
    Arrays.fill(countOfRecord, 0, next.size(), 0);
  }

  /** Samples noted so far. */
  int samples() {
    return samples;
  }

  /** Notes that a record's samples follow. */
  void open(int record, int count) {
    firstOfRecord[record] = samples;
    countOfRecord[record] = count;
    int needed = samples + count;
    if (needed > idHash.length) {
      int more = Math.max(needed, 2 * idHash.length);
      idHash = Arrays.copyOf(idHash, more);
      hasId = Arrays.copyOf(hasId, more);
      eventTime = Arrays.copyOf(eventTime, more);
      role = Arrays.copyOf(role, more);
      rejection = Arrays.copyOf(rejection, more);
    }
    for (Rows ofLevel : rows.values()) {
      ofLevel.expect(samples, needed);
    }
  }

  /** Where the next row of a level goes. */
  Batch rowsOf(Level level) {
    return rowsAt(level).open();
  }

  /** Notes what the next sample says of its level, as it was read first: that decides. */
  void says(SampleDecoder by) {
    idHash[samples] = by.idHash();
    hasId[samples] = by.hasId();
    role[samples] = by.role();
  }

  /** Notes what came of reading the next sample by a level's schema. */
  void read(Level as, boolean good, SampleDecoder by) {
    Rows ofLevel = rowsAt(as);
    ofLevel.ofSample[samples] = good ? ofLevel.last() : REFUSED;
    eventTime[samples] = by.eventTime();
    rejection[samples] = good ? null : by.rejection();
  }

  /** Goes on to the next sample. */
  void close() {
    samples++;
  }

  /** How many samples of a record are here; 0 when it was left to whoever reads it. */
  int count(int record) {
    return countOfRecord[record];
  }

  /** Copies a sample's row; false when it was refused. */
  boolean copy(int record, int sample, Level as, Batch into) {
    Rows ofLevel = rowsAt(as);
    int row = ofLevel.ofSample[firstOfRecord[record] + sample];
    if (row == UNREAD) {
      throw new IllegalStateException(
          "sample " + sample + " of record " + record + " was not read for " + as.role());
    }
    if (row == REFUSED) {
      return false;
    }
    ofLevel.copy(row, into);
    return true;
  }

  long idHash(int record, int sample) {
    return idHash[firstOfRecord[record] + sample];
  }

  boolean hasId(int record, int sample) {
    return hasId[firstOfRecord[record] + sample];
  }

  long eventTime(int record, int sample) {
    return eventTime[firstOfRecord[record] + sample];
  }

  @Nullable Level role(int record, int sample) {
    return role[firstOfRecord[record] + sample];
  }

  String rejection(int record, int sample) {
    return Objects.requireNonNullElse(rejection[firstOfRecord[record] + sample], "");
  }

  /** Gives it back: nothing of it is looked at any more. */
  void release() {
    records = null;
    home.accept(this);
  }

  private Rows rowsAt(Level level) {
    return Objects.requireNonNull(rows.get(level));
  }

  private RecordBatch records() {
    RecordBatch held = records;
    if (held == null) {
      throw new IllegalStateException("these records were given back");
    }
    return held;
  }

  @Override
  public int size() {
    return records().size();
  }

  @Override
  public int lane(int i) {
    return records().lane(i);
  }

  @Override
  public long offset(int i) {
    return records().offset(i);
  }

  @Override
  public long timestamp(int i) {
    return records().timestamp(i);
  }

  @Override
  public byte @Nullable [] key(int i) {
    return records().key(i);
  }

  @Override
  public byte @Nullable [] value(int i) {
    return records().value(i);
  }

  @Override
  public List<Header> headers(int i) {
    return records().headers(i);
  }
}
