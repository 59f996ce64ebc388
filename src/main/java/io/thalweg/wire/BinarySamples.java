package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
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
 *                 16 role train, 32 role validation; the other bits are 0
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
  static final int TRAIN = 16;
  static final int VALIDATION = 32;
  static final int KNOWN_FLAGS = SPARSE | TIMES | IDS | TRAIN | VALIDATION;

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
      int n = to - from;
      if (n < 1 || from < 0 || to > batch.size()) {
        throw new IllegalArgumentException(
            "expected rows within [0, " + batch.size() + "), but was [" + from + ", " + to + ")");
      }
      List<Field> fields = schema.fields();
      int features = schema.sparse() ? schema.featuresColumn() : -1;
      int width = 0;
      for (int f = 0; f < fields.size(); f++) {
        width += f == features ? 0 : fields.get(f).width();
      }
      int stored = features < 0 ? 0 : batch.rowStart()[to] - batch.rowStart()[from];
      long size =
          HEADER
              + (times == null ? 0L : 8L * n)
              + (ids == null ? 0L : 8L * n)
              + 8L * n * width
              + (features < 0 ? 0L : 4L * n + 12L * stored);
      ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
      int flags =
          role
              | (features < 0 ? 0 : SPARSE)
              | (times == null ? 0 : TIMES)
              | (ids == null ? 0 : IDS);
      out.put((byte) MAGIC_0).put((byte) MAGIC_1).put((byte) VERSION).put((byte) flags);
      out.putInt(n).putInt((1 << fields.size()) - 1).putInt(width);
      putLongs(out, times, from, to);
      putLongs(out, ids, from, to);
      for (int r = from; r < to; r++) {
        for (int f = 0; f < fields.size(); f++) {
          int w = f == features ? 0 : fields.get(f).width();
          for (int k = 0; k < w; k++) {
            out.putDouble(batch.column(f)[r * w + k]);
          }
        }
      }
      if (features >= 0) {
        for (int r = from; r < to; r++) {
          out.putInt(batch.rowStart()[r + 1] - batch.rowStart()[r]);
        }
        for (int k = batch.rowStart()[from]; k < batch.rowStart()[to]; k++) {
          out.putInt(batch.index()[k]);
        }
        for (int k = batch.rowStart()[from]; k < batch.rowStart()[to]; k++) {
          out.putDouble(batch.value()[k]);
        }
      }
      return out.array();
    }

    private static void putLongs(ByteBuffer out, long @Nullable [] words, int from, int to) {
      if (words != null) {
        for (long word : Arrays.copyOfRange(words, from, to)) {
          out.putLong(word);
        }
      }
    }
  }
}
