package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The compact binary format {@code application/x-thalweg-sample}: one or many samples of one level
 * per record, every number little-endian.
 *
 * <pre>
 * at  bytes       what
 *  0  2           magic 0x54 0x53 ("TS")
 *  2  1           version, 1
 *  3  1           flags: 1 sparse features, 2 event times, 4 ids,
 *                 8 the ids are hashes of ids (only with 4), 16 role train,
 *                 32 role validation; the other bits are 0
 *  4  int32       n, number of samples, at least 1
 *  8  int32       which fields are present: bit k for field k of the level's schema
 * 12  int32       m, float64 numbers per sample in the dense block
 * 16  n x int64   event times in milliseconds since 1970            (flag 2)
 *     n x int64   ids                                               (flag 4)
 *     n*m float64 dense block, sample after sample: the present fields in schema order,
 *                 without the feature row when flag 1 is set
 *     n x int32   stored features of each sample, k_1 ... k_n       (flag 1)
 *     K x int32   feature numbers, sample after sample, K = sum k_i (flag 1)
 *     K x float64 feature values, in the same order                 (flag 1)
 * </pre>
 *
 * <p>A hash stands for an id that is a text: it is the 64-bit hash by which a reader tells ids
 * apart whatever the format, so a sample keeps its level where a topic is split by hash.
 *
 * <p>Nothing follows. Within a sample feature numbers may come in any order; values of one number
 * add up. A reader checks every length against the bytes that are there before it uses it: a record
 * whose lengths do not fit is refused as a whole, a sample whose numbers do not fit is refused
 * alone.
 */
public final class BinarySamples {
  static final int MAGIC_0 = 'T';
  static final int MAGIC_1 = 'S';
  static final int VERSION = 1;
  static final int HEADER = 16;
  static final int SPARSE = 1;
  static final int TIMES = 2;
  static final int IDS = 4;
  static final int HASHED = 8;
  static final int TRAIN = 16;
  static final int VALIDATION = 32;
  static final int KNOWN_FLAGS = SPARSE | TIMES | IDS | HASHED | TRAIN | VALIDATION;

  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private BinarySamples() {}

  /** Writes rows of batches as records. */
  public static final class Encoder {
    private final SampleSchema schema;
    private final int role;

    /** The column of sparse features, -1 when there is none. */
    private final int features;

    /** Numbers of each field in the dense block: 0 for sparse features. */
    private final int[] widths;

    private final int width;

    /**
     * An encoder whose records do not name their role.
     *
     * @param schema what the batches hold; all its fields are written
     */
    public Encoder(SampleSchema schema) {
      this(schema, null);
    }

    /**
     * An encoder.
     *
     * @param schema what the batches hold; all its fields are written
     * @param role the role its records name, null for none
     */
    public Encoder(SampleSchema schema, @Nullable Level role) {
      if (schema.fields().size() > Integer.SIZE - 1) {
        throw new IllegalArgumentException(
            "a binary sample has at most 31 fields, but had " + schema.fields().size());
      }
      this.schema = schema;
      this.role = role == null ? 0 : role == Level.LOWER ? TRAIN : VALIDATION;
      this.features = schema.sparse() ? schema.featuresColumn() : -1;
      this.widths = new int[schema.fields().size()];
      int sum = 0;
      for (int f = 0; f < widths.length; f++) {
        widths[f] = f == features ? 0 : schema.fields().get(f).width();
        sum += widths[f];
      }
      this.width = sum;
    }

    /**
     * One record of some rows, without times and ids.
     *
     * @param batch holds the rows
     * @param from first row
     * @param to row after the last, above {@code from}
     * @return the value of the record
     */
    public byte[] encode(Batch batch, int from, int to) {
      return encode(batch, from, to, null, null);
    }

    /**
     * One record of some rows.
     *
     * @param batch holds the rows
     * @param from first row
     * @param to row after the last, above {@code from}
     * @param times event time of every row of the batch, or null for none
     * @param ids id of every row of the batch, or null for none
     * @return the value of the record
     * @throws IllegalArgumentException when there is no row to write
     */
    public byte[] encode(
        Batch batch, int from, int to, long @Nullable [] times, long @Nullable [] ids) {
      return encode(batch, from, to, times, ids, false);
    }

    /** The same, where the ids may be hashes of ids. */
    byte[] encode(
        Batch batch,
        int from,
        int to,
        long @Nullable [] times,
        long @Nullable [] ids,
        boolean hashed) {
      int n = to - from;
      if (n < 1 || from < 0 || to > batch.size()) {
        throw new IllegalArgumentException(
            "expected rows within [0, " + batch.size() + "), but was [" + from + ", " + to + ")");
      }
      int stored = features < 0 ? 0 : batch.rowStart()[to] - batch.rowStart()[from];
      byte[] out = new byte[Math.toIntExact(size(n, stored, times != null, ids != null))];
      out[0] = MAGIC_0;
      out[1] = MAGIC_1;
      out[2] = VERSION;
      out[3] =
          (byte)
              (role
                  | (features < 0 ? 0 : SPARSE)
                  | (times == null ? 0 : TIMES)
                  | (ids == null ? 0 : hashed ? IDS | HASHED : IDS));
      INT.set(out, 4, n);
      INT.set(out, 8, (1 << schema.fields().size()) - 1);
      INT.set(out, 12, width);
      int at = putLongs(out, HEADER, times, from, to);
      at = putLongs(out, at, ids, from, to);
      for (int r = from; r < to; r++) {
        for (int f = 0; f < widths.length; f++) {
          at = putDoubles(out, at, batch.column(f), r * widths[f], (r + 1) * widths[f]);
        }
      }
      if (features >= 0) {
        putSparse(out, at, batch, from, to);
      }
      return out;
    }

    /** Bytes of a record of some samples that store so many features together. */
    long size(int samples, int stored, boolean times, boolean ids) {
      long each = 8L * ((times ? 1 : 0) + (ids ? 1 : 0) + width) + (features < 0 ? 0 : 4);
      return HEADER + each * samples + 12L * stored;
    }

    private static int putLongs(byte[] out, int at, long @Nullable [] words, int from, int to) {
      if (words == null) {
        return at;
      }
      for (int r = from; r < to; r++) {
        LONG.set(out, at + 8 * (r - from), words[r]);
      }
      return at + 8 * (to - from);
    }

    private static int putDoubles(byte[] out, int at, double[] values, int from, int to) {
      for (int k = from; k < to; k++) {
        DOUBLE.set(out, at + 8 * (k - from), values[k]);
      }
      return at + 8 * (to - from);
    }

    private static void putSparse(byte[] out, int start, Batch batch, int from, int to) {
      int[] rowStart = batch.rowStart();
      int at = start;
      for (int r = from; r < to; r++, at += 4) {
        INT.set(out, at, rowStart[r + 1] - rowStart[r]);
      }
      for (int k = rowStart[from]; k < rowStart[to]; k++, at += 4) {
        INT.set(out, at, batch.index()[k]);
      }
      putDoubles(out, at, batch.value(), rowStart[from], rowStart[to]);
    }
  }
}
