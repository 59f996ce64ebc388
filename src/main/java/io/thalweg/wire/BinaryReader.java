package io.thalweg.wire;

import static io.thalweg.wire.BinarySamples.DOUBLE;
import static io.thalweg.wire.BinarySamples.HASHED;
import static io.thalweg.wire.BinarySamples.HEADER;
import static io.thalweg.wire.BinarySamples.IDS;
import static io.thalweg.wire.BinarySamples.INT;
import static io.thalweg.wire.BinarySamples.KNOWN_FLAGS;
import static io.thalweg.wire.BinarySamples.LONG;
import static io.thalweg.wire.BinarySamples.MAGIC_0;
import static io.thalweg.wire.BinarySamples.MAGIC_1;
import static io.thalweg.wire.BinarySamples.SPARSE;
import static io.thalweg.wire.BinarySamples.TIMES;
import static io.thalweg.wire.BinarySamples.TRAIN;
import static io.thalweg.wire.BinarySamples.VALIDATION;
import static io.thalweg.wire.BinarySamples.VERSION;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.util.List;
import java.util.Map;

/** Reads the records that {@link BinarySamples} describes. Allocates nothing once warm. */
final class BinaryReader extends SampleReader {
  private byte[] record = new byte[0];
  private int flags;
  private int count;
  private int present;
  private int width;
  private int timesAt;
  private int idsAt;
  private int denseAt;
  private int storedAt;
  private int indicesAt;
  private int valuesAt;

  /** The sparse sample the cursor stands on, and the entries that come before it. */
  private int cursor;

  private int cursorStart;

  private final SparseRow sparseRow = new SparseRow(this);
  private final char[] digits = new char[20];

  BinaryReader(Map<Level, SampleSchema> schemas, SampleOptions options) {
    super(schemas, options);
  }

  @Override
  int open(byte[] bytes) {
    record = bytes;
    count = 0;
    cursor = 0;
    cursorStart = 0;
    if (bytes.length < HEADER) {
      reject("must have a header of 16 bytes, but had " + bytes.length + " bytes in all");
      return 0;
    }
    if (bytes[0] != MAGIC_0 || bytes[1] != MAGIC_1) {
      reject(
          String.format(
              "must begin with the bytes 54 53, but began with %02x %02x", bytes[0], bytes[1]));
      return 0;
    }
    if (bytes[2] != VERSION) {
      reject("must be of format version 1, but was " + (bytes[2] & 0xff));
      return 0;
    }
    flags = bytes[3];
    if ((flags & ~KNOWN_FLAGS) != 0
        || (flags & (TRAIN | VALIDATION)) == (TRAIN | VALIDATION)
        || (flags & (HASHED | IDS)) == HASHED) {
      reject(String.format("has flags that mean nothing together: %02x", bytes[3]));
      return 0;
    }
    int samples = (int) INT.get(bytes, 4);
    present = (int) INT.get(bytes, 8);
    width = (int) INT.get(bytes, 12);
    count = lay(samples) ? samples : 0;
    return count;
  }

  /** Finds where each part begins; every length is checked before it is used. */
  private boolean lay(int n) {
    boolean sparse = (flags & SPARSE) != 0;
    if (n < 1 || width < 0 || (width == 0 && !sparse)) {
      reject(
          "must hold at least 1 sample of at least 1 number, but held "
              + n
              + " of "
              + width
              + " numbers");
      return false;
    }
    // sizes are kept in 64 bits and bounded by the record before the next one is added
    long at = HEADER;
    timesAt = (int) at;
    at += (flags & TIMES) != 0 ? 8L * n : 0;
    idsAt = clip(at);
    at += (flags & IDS) != 0 ? 8L * n : 0;
    denseAt = clip(at);
    // n and width are below 2^31, so their product fits; eight times it may not
    long numbers = (long) n * width;
    at += numbers > record.length ? record.length + 1L : 8 * numbers;
    storedAt = clip(at);
    long stored = 0;
    if (sparse) {
      at += 4L * n;
      if (at <= record.length) {
        for (int i = 0; i < n; i++) {
          int k = (int) INT.get(record, storedAt + 4 * i);
          if (k < 0) {
            reject("sample " + i + " must store 0 or more features, but stored " + k);
            return false;
          }
          stored += k;
          if (stored > record.length) {
            reject(
                "must store fewer features than it has bytes, but sample "
                    + i
                    + " ends at "
                    + stored);
            return false;
          }
        }
      }
      indicesAt = clip(at);
      at += 4 * stored;
      valuesAt = clip(at);
      at += 8 * stored;
    }
    if (at != record.length) {
      reject(
          "must have "
              + (numbers > record.length ? "more than " + record.length : at)
              + " bytes for "
              + n
              + " samples, but had "
              + record.length);
      return false;
    }
    return true;
  }

  private static int clip(long at) {
    return (int) Math.min(at, Integer.MAX_VALUE);
  }

  @Override
  boolean decode(int index, Level as, Batch into) {
    if (index < 0 || index >= count) {
      reject("holds " + count + " samples, but sample " + index + " was asked for");
      return false;
    }
    reset();
    readShared(index);
    SampleSchema schema = schema(as);
    if (fits(schema, as)) {
      into.openRow();
      readDense(schema, denseAt + 8 * index * width, into);
      if ((flags & SPARSE) != 0 && accepted()) {
        readSparse(schema, index, into);
      }
      if (accepted()) {
        into.commitRow();
      }
    }
    return accepted();
  }

  private void readShared(int index) {
    if ((flags & TRAIN) != 0) {
      role(Level.LOWER);
    } else if ((flags & VALIDATION) != 0) {
      role(Level.UPPER);
    }
    if ((flags & TIMES) != 0) {
      // exact within the range a time may have
      readTime((double) (long) LONG.get(record, timesAt + 8 * index));
    }
    if ((flags & IDS) != 0) {
      long id = (long) LONG.get(record, idsAt + 8 * index);
      id((flags & HASHED) != 0 ? id : hash(id));
    }
  }

  private long hash(long id) {
    return IdHash.of(id, digits);
  }

  private boolean fits(SampleSchema schema, Level as) {
    List<Field> fields = schema.fields();
    int features = schema.featuresColumn();
    boolean sparse = (flags & SPARSE) != 0;
    if (present >>> fields.size() != 0) {
      reject(
          "must hold fields of a "
              + as.role()
              + " sample, which has "
              + fields.size()
              + ", but the mask of fields was 0x"
              + Integer.toHexString(present));
      return false;
    }
    if (sparse && (features < 0 || (present & 1 << features) == 0)) {
      reject("is sparse, but holds no feature row of a " + as.role() + " sample");
      return false;
    }
    int expected = 0;
    for (int f = 0; f < fields.size(); f++) {
      if ((present & 1 << f) != 0) {
        expected += sparse && f == features ? 0 : fields.get(f).width();
      } else if (fields.get(f).required()) {
        reject(fields.get(f).name() + " is missing");
        return false;
      }
    }
    if (expected != width) {
      reject("must hold " + expected + " numbers per " + as.role() + " sample, but held " + width);
      return false;
    }
    return true;
  }

  private void readDense(SampleSchema schema, int from, Batch into) {
    List<Field> fields = schema.fields();
    int features = schema.featuresColumn();
    boolean skipFeatures = (flags & SPARSE) != 0;
    int at = from;
    for (int f = 0; f < fields.size(); f++) {
      if ((present & 1 << f) == 0 || (skipFeatures && f == features)) {
        continue;
      }
      Field field = fields.get(f);
      boolean compress = schema.sparse() && f == features;
      boolean mayLack = f == features && mayLack();
      boolean good =
          compress
              ? readCompressed(at, field, mayLack, into)
              : copy(at, into.column(f), field, into.size());
      if (!good && mayLack) {
        good = !compress && fill(into.column(f), field, into.size());
      }
      if (!good) {
        complain(field, at, mayLack);
      } else if (field.rule() != Field.Rule.FINITE) {
        checkRule(field, at);
      }
      at += 8 * field.width();
    }
  }

  /** Copies one field of one sample; false when a number is not finite. */
  private boolean copy(int at, double[] column, Field field, int row) {
    int n = field.width();
    int to = row * n;
    boolean finite = true;
    for (int k = 0; k < n; k++) {
      double value = (double) DOUBLE.get(record, at + 8 * k);
      finite &= Math.abs(value) <= Double.MAX_VALUE;
      column[to + k] = value;
    }
    return finite;
  }

  /** Puts in what stands for missing features; false when another number is not finite. */
  private boolean fill(double[] column, Field field, int row) {
    int to = row * field.width();
    boolean finite = true;
    for (int k = to; k < to + field.width(); k++) {
      if (Double.isNaN(column[k])) {
        column[k] = options.missing().number();
      } else {
        finite &= Math.abs(column[k]) <= Double.MAX_VALUE;
      }
    }
    return finite;
  }

  private boolean readCompressed(int at, Field field, boolean mayLack, Batch into) {
    boolean finite = true;
    for (int k = 0; k < field.width(); k++) {
      double value = (double) DOUBLE.get(record, at + 8 * k);
      if (mayLack && Double.isNaN(value)) {
        continue;
      }
      finite &= Math.abs(value) <= Double.MAX_VALUE;
      if (value != 0) {
        into.append(k, value);
      }
    }
    return finite;
  }

  private void complain(Field field, int at, boolean mayLack) {
    for (int k = 0; k < field.width(); k++) {
      double value = (double) DOUBLE.get(record, at + 8 * k);
      if (!Double.isFinite(value) && !(mayLack && Double.isNaN(value))) {
        reject(
            field.name()
                + (field.width() == 1 ? "" : "[" + k + "]")
                + " must be finite, but was "
                + value
                + " at byte "
                + (at + 8 * k));
      }
    }
  }

  private void checkRule(Field field, int at) {
    for (int k = 0; k < field.width(); k++) {
      String misfit = misfit(field, (double) DOUBLE.get(record, at + 8 * k));
      if (misfit != null) {
        reject(field.name() + misfit + " at byte " + (at + 8 * k));
      }
    }
  }

  private void readSparse(SampleSchema schema, int index, Batch into) {
    if (index < cursor) {
      cursor = 0;
      cursorStart = 0;
    }
    while (cursor < index) {
      cursorStart += (int) INT.get(record, storedAt + 4 * cursor);
      cursor++;
    }
    int stored = (int) INT.get(record, storedAt + 4 * index);
    sparseRow.place(
        schema, record, indicesAt + 4 * cursorStart, valuesAt + 8 * cursorStart, stored, into);
  }
}
