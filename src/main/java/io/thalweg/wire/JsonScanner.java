package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The plain case of a JSON sample, from bytes to columns without an object in between: an object of
 * known keys with numbers, arrays of numbers and short texts, written as JSON writers write them.
 * Whatever else a record holds, right or wrong, it does not judge: it says no and leaves no trace,
 * and {@link JsonSamples} reads the record from the start. So there is one authority on what is
 * accepted and how a refusal is worded, and this is only faster.
 */
final class JsonScanner {
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A position that says that the record is not plain. */
  private static final int NOT_PLAIN = -1;

  /** Longer names are refused by the reader that judges. */
  private static final int LONGEST_TEXT = 500;

  /** Words that any sample may hold. */
  private static final List<String> SHARED = List.of("role", "id", "t", "i", "v", "f");

  private static final List<String> WORDS = List.of("true", "false", "null");

  private static final int ROLE = 0;
  private static final int ID = 1;
  private static final int TIME = 2;
  private static final int INDICES = 3;
  private static final int VALUES = 4;

  /** Codes of fields are their columns above this. */
  private static final int FIRST_FIELD = 5;

  private final SampleSchema schema;
  private final SampleReader owner;
  private final int features;
  private final byte[][] keys;

  /** Codes in the order of the record before, which the next one usually has too. */
  private final int[] order;

  private final SparseRow sparseRow;
  private int[] indices = new int[64];
  private double[] values = new double[64];
  private int count;
  private double number;
  private boolean integer;

  /**
   * A scanner of one level.
   *
   * @param schema what a sample holds
   * @param owner receives role, id and time
   */
  JsonScanner(SampleSchema schema, SampleReader owner) {
    this.schema = schema;
    this.owner = owner;
    this.features = schema.featuresColumn();
    this.sparseRow = new SparseRow(owner);
    List<Field> fields = schema.fields();
    keys = new byte[FIRST_FIELD + fields.size()][];
    String[] shared = {"role", "id", "t", "i", "v"};
    for (int k = 0; k < shared.length; k++) {
      boolean used = !owner.isField(shared[k]) && (k < INDICES || features >= 0);
      keys[k] = used ? quoted(shared[k]) : new byte[0];
    }
    for (int f = 0; f < fields.size(); f++) {
      keys[FIRST_FIELD + f] = quoted(fields.get(f).name());
    }
    order = new int[keys.length];
    Arrays.setAll(order, k -> FIRST_FIELD + k < keys.length ? FIRST_FIELD + k : 0);
  }

  private static byte[] quoted(String name) {
    return ("\"" + name + "\"").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a record.
   *
   * @param b its bytes
   * @param from where the text begins
   * @param into where the row goes; it has room
   * @return true when a row was committed; false when the record is not plain: then the answers of
   *     the owner must be reset
   */
  boolean scan(byte[] b, int from, Batch into) {
    try {
      into.openRow();
      if (!object(b, from, into)) {
        return false;
      }
    } catch (IndexOutOfBoundsException e) {
      return false; // the text ends too early
    }
    into.commitRow();
    return true;
  }

  private boolean object(byte[] b, int from, Batch into) {
    int i = space(b, from);
    if (b[i] != '{') {
      return false;
    }
    long seen = 0;
    int n = 0;
    int indexCount = -1;
    int valueCount = -1;
    do {
      i = space(b, i + 1);
      int code = n < order.length && matches(b, i, keys[order[n]]) ? order[n] : find(b, i);
      if (code < 0) { // a key of somebody else's, passed over when its value is plain too
        i = stranger(b, i);
        if (i < 0) {
          return false;
        }
        i = space(b, i);
        continue;
      }
      if ((seen & 1L << code) != 0) {
        return false;
      }
      seen |= 1L << code;
      order[Math.min(n, order.length - 1)] = code;
      n++;
      i = space(b, i + keys[code].length);
      if (b[i] != ':') {
        return false;
      }
      i = space(b, i + 1);
      if (code == INDICES) {
        i = indices(b, i);
        indexCount = count;
      } else if (code == VALUES) {
        i = values(b, i);
        valueCount = count;
      } else if (code >= FIRST_FIELD) {
        i = field(b, i, code - FIRST_FIELD, into);
      } else {
        i = shared(b, i, code);
      }
      if (i < 0) {
        return false;
      }
      i = space(b, i);
    } while (b[i] == ',');
    return b[i] == '}' && atEnd(b, i + 1) && finish(seen, indexCount, valueCount, into);
  }

  private static boolean atEnd(byte[] b, int from) {
    int i = from;
    while (i < b.length && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t')) {
      i++;
    }
    return i == b.length;
  }

  private boolean finish(long seen, int indexCount, int valueCount, Batch into) {
    boolean pairs = indexCount >= 0;
    if (indexCount != valueCount) {
      return false;
    }
    List<Field> fields = schema.fields();
    for (int f = 0; f < fields.size(); f++) {
      boolean there = (seen & 1L << (FIRST_FIELD + f)) != 0;
      if (f == features ? there == pairs : !there && fields.get(f).required()) {
        return false;
      }
    }
    if (pairs) {
      sparseRow.place(schema, indices, values, indexCount, into);
    }
    return owner.accepted();
  }

  private static int space(byte[] b, int from) {
    int i = from;
    while (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
      i++;
    }
    return i;
  }

  private static boolean matches(byte[] b, int at, byte[] key) {
    if (key.length == 0 || b.length - at < key.length) {
      return false;
    }
    for (int k = 0; k < key.length; k++) {
      if (b[at + k] != key[k]) {
        return false;
      }
    }
    return true;
  }

  private int find(byte[] b, int at) {
    for (int code = 0; code < keys.length; code++) {
      if (matches(b, at, keys[code])) {
        return code;
      }
    }
    return NOT_PLAIN;
  }

  private int field(byte[] b, int at, int column, Batch into) {
    Field field = schema.fields().get(column);
    if (field.kind() == Field.Kind.SCALAR) {
      int i = number(b, at);
      if (i < 0 || SampleReader.misfit(field, number) != null) {
        return NOT_PLAIN;
      }
      into.set(column, 0, number);
      return i;
    }
    if (b[at] != '[') {
      return NOT_PLAIN;
    }
    boolean compress = schema.sparse() && column == features;
    int width = field.width();
    double[] target = into.column(column);
    int out = into.size() * width;
    int n = 0;
    int i = at;
    do {
      i = number(b, space(b, i + 1));
      if (i < 0 || n == width) {
        return NOT_PLAIN;
      }
      if (!compress) {
        target[out + n] = number;
      } else if (number != 0) {
        into.append(n, number);
      }
      n++;
      i = space(b, i);
    } while (b[i] == ',');
    return b[i] == ']' && n == width ? i + 1 : NOT_PLAIN;
  }

  private int indices(byte[] b, int at) {
    count = 0;
    if (b[at] != '[') {
      return NOT_PLAIN;
    }
    int i = space(b, at + 1);
    if (b[i] == ']') {
      return i + 1;
    }
    i--;
    int n = 0;
    do {
      i = space(b, i + 1);
      int first = i;
      int value = 0;
      int d;
      while ((d = b[i] - '0') >= 0 && d <= 9) {
        value = 10 * value + d;
        i++;
      }
      // at most nine digits cannot overflow; a leading zero is no number of JSON
      if (i == first || i - first > 9 || (b[first] == '0' && i - first > 1)) {
        return NOT_PLAIN;
      }
      if (n == indices.length) {
        indices = Arrays.copyOf(indices, 2 * n);
      }
      indices[n++] = value;
      i = space(b, i);
    } while (b[i] == ',');
    count = n;
    return b[i] == ']' ? i + 1 : NOT_PLAIN;
  }

  private int values(byte[] b, int at) {
    count = 0;
    if (b[at] != '[') {
      return NOT_PLAIN;
    }
    int i = space(b, at + 1);
    if (b[i] == ']') {
      return i + 1;
    }
    i--;
    int n = 0;
    do {
      i = number(b, space(b, i + 1));
      if (i < 0) {
        return NOT_PLAIN;
      }
      if (n == values.length) {
        values = Arrays.copyOf(values, 2 * n);
      }
      values[n++] = number;
      i = space(b, i);
    } while (b[i] == ',');
    count = n;
    return b[i] == ']' ? i + 1 : NOT_PLAIN;
  }

  private int shared(byte[] b, int at, int code) {
    if (b[at] != '"') {
      int i = code == ROLE ? NOT_PLAIN : number(b, at);
      if (i < 0) {
        return NOT_PLAIN;
      }
      if (code == ID) {
        owner.id(IdHash.of(b, at, i - at));
      } else if (code == TIME) {
        owner.readTime(number);
      }
      return i;
    }
    int end = text(b, at) - 1;
    if (end < 0) {
      return NOT_PLAIN;
    }
    if (code == ID) {
      owner.id(IdHash.of(b, at + 1, end - at - 1));
    } else if (code == ROLE && is(b, at + 1, end, Level.LOWER.role())) {
      owner.role(Level.LOWER);
    } else if (code == ROLE && is(b, at + 1, end, Level.UPPER.role())) {
      owner.role(Level.UPPER);
    } else {
      return NOT_PLAIN;
    }
    return end + 1;
  }

  /** Behind a short text of ASCII without escapes, whose quote is at a place. */
  private static int text(byte[] b, int at) {
    int end = at + 1;
    while (b[end] != '"') {
      if (b[end] < ' ' || b[end] == '\\' || end - at > LONGEST_TEXT) { // negative: not ASCII
        return NOT_PLAIN;
      }
      end++;
    }
    return end + 1;
  }

  /** Behind a key that is not known and its value. */
  private int stranger(byte[] b, int at) {
    if (b[at] != '"') {
      return NOT_PLAIN;
    }
    int i = text(b, at);
    if (i < 0) {
      return NOT_PLAIN;
    }
    for (String word : SHARED) {
      if (is(b, at + 1, i - 1, word)) {
        return NOT_PLAIN; // it has a meaning, though not here
      }
    }
    i = space(b, i);
    if (b[i] != ':') {
      return NOT_PLAIN;
    }
    i = space(b, i + 1);
    if (b[i] == '"') {
      return text(b, i);
    }
    for (String word : WORDS) {
      if (b.length - i > word.length() && is(b, i, i + word.length(), word)) {
        return i + word.length();
      }
    }
    return number(b, i);
  }

  private static boolean is(byte[] b, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int k = 0; k < word.length(); k++) {
      if (b[from + k] != word.charAt(k)) {
        return false;
      }
    }
    return true;
  }

  /** Reads a number into {@link #number}; returns the place behind it. */
  private int number(byte[] b, int at) {
    int i = at;
    boolean negative = b[i] == '-';
    if (negative) {
      i++;
    }
    int first = i;
    long w = 0;
    int d;
    while ((d = b[i] - '0') >= 0 && d <= 9) {
      w = 10 * w + d;
      i++;
    }
    int digits = i - first;
    if (digits == 0 || (digits > 1 && b[first] == '0')) {
      return NOT_PLAIN;
    }
    integer = true;
    int q = 0;
    if (b[i] == '.') {
      integer = false;
      int point = ++i;
      while (i + 8 <= b.length && isEightDigits(eight(b, i))) {
        w = 100_000_000 * w + eightDigits(eight(b, i));
        i += 8;
      }
      while ((d = b[i] - '0') >= 0 && d <= 9) {
        w = 10 * w + d;
        i++;
      }
      if (i == point) {
        return NOT_PLAIN;
      }
      q = point - i;
      digits += i - point;
      if (digits > FastDecimal.MOST_DIGITS) {
        digits -= leadingZeros(b, first, i);
      }
    }
    if (digits > FastDecimal.MOST_DIGITS) {
      return NOT_PLAIN;
    }
    if ((b[i] | 0x20) == 'e') {
      integer = false;
      i++;
      boolean below = b[i] == '-';
      if (below || b[i] == '+') {
        i++;
      }
      int from = i;
      int exponent = 0;
      while ((d = b[i] - '0') >= 0 && d <= 9) {
        exponent = 10 * exponent + d;
        i++;
      }
      if (i == from || i - from > 4) {
        return NOT_PLAIN;
      }
      q += below ? -exponent : exponent;
    }
    double value = FastDecimal.nearest(w, q);
    if (!(value < Double.POSITIVE_INFINITY)) {
      return NOT_PLAIN; // too large, or undecided
    }
    // the integer -0 has no sign
    number = negative && !(integer && w == 0) ? -value : value;
    return i;
  }

  private static int leadingZeros(byte[] b, int from, int to) {
    int zeros = 0;
    for (int i = from; i < to && (b[i] == '0' || b[i] == '.'); i++) {
      zeros += b[i] == '0' ? 1 : 0;
    }
    return zeros;
  }

  private static long eight(byte[] b, int at) {
    return (long) EIGHT.get(b, at);
  }

  /** Whether eight bytes are all digits: their upper halves are 3, also after adding 6. */
  private static boolean isEightDigits(long bytes) {
    return ((bytes & 0xf0f0f0f0f0f0f0f0L)
            | ((bytes + 0x0606060606060606L & 0xf0f0f0f0f0f0f0f0L) >>> 4))
        == 0x3333333333333333L;
  }

  /** The number eight digits are, the first one in the lowest byte: pairs, then fours, then all. */
  private static long eightDigits(long bytes) {
    long x = bytes - 0x3030303030303030L;
    x = x * 10 + (x >>> 8);
    long low = (x & 0x000000ff000000ffL) * 0x000f424000000064L;
    long high = (x >>> 16 & 0x000000ff000000ffL) * 0x0000271000000001L;
    return (low + high) >>> 32;
  }
}
