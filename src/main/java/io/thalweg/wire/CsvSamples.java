package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Samples as lines of comma-separated values, one line per record, quotes as in RFC 4180. A header
 * given with the options says what the cells are: a scalar field by its name, entry k of a vector
 * or feature row as {@code namek} or {@code name[k]}, and {@code role}, {@code id}, {@code t};
 * columns of other names are passed over, unless there is none for any feature: then they are named
 * features, a number under the name of its column, a text a feature of its own. Without a header
 * the cells are the fields of the schema in order. Where a header has no column for any feature,
 * those of other names are named features: a number counts under the name of its column, a text
 * makes a feature of its own. An empty cell of an optional field stands for its default; cells of
 * optional fields at the end of a line may be left out.
 */
final class CsvSamples extends SampleReader {
  private static final int ROLE = -1;
  private static final int ID = -2;
  private static final int TIME = -3;
  private static final int IGNORED = -4;
  private static final int NAMED = -5;

  /** Cells beyond which lines need a header: names for them all would not be worth their room. */
  private static final int MOST_UNNAMED = 65_536;

  private final Columns lower;
  private final Columns upper;
  private final DecimalText decimals = new DecimalText();

  private final byte separator;
  private final FeatureHash hasher = new FeatureHash();
  private final SparseRow sparseRow = new SparseRow(this);
  private final LackingNames lacking = new LackingNames();
  private int[] namedIndices = new int[16];
  private double[] namedValues = new double[16];
  private int named;

  private byte[] record = new byte[0];
  private byte[] unquoted = new byte[64];

  CsvSamples(Map<Level, SampleSchema> schemas, SampleOptions options) {
    super(schemas, options);
    separator = (byte) options.separator();
    lower = new Columns(options.header().get(Level.LOWER), schema(Level.LOWER));
    upper = new Columns(options.header().get(Level.UPPER), schema(Level.UPPER));
  }

  /** The first column that every line of a level must have and the header does not name, or "". */
  String lackingColumn(Level level) {
    return level == Level.LOWER ? lower.lacking : upper.lacking;
  }

  @Override
  int open(byte[] bytes) {
    record = bytes;
    return 1;
  }

  @Override
  boolean decode(int index, Level as, Batch into) {
    reset();
    Columns columns = as == Level.LOWER ? lower : upper;
    SampleSchema schema = schema(as);
    if (!columns.lacking.isEmpty()) {
      reject("the header lacks the column " + columns.lacking);
      return false;
    }
    into.openRow();
    named = 0;
    lacking.clear();
    int cells = readCells(columns, schema, into);
    int expected = columns.codes.length;
    if (cells > expected) {
      reject("must have " + expected + " cells, but had " + cells);
    }
    for (int k = cells; k < expected; k++) {
      if (columns.codes[k] == NAMED
          || (columns.codes[k] >= 0 && schema.fields().get(columns.codes[k]).required())) {
        reject("must have " + expected + " cells, but had " + cells);
      }
    }
    if (accepted() && columns.naming) {
      sparseRow.place(schema, namedIndices, namedValues, named, into);
      lacking.place(schema, options.missing(), into);
    }
    if (accepted()) {
      into.commitRow();
    }
    return accepted();
  }

  /** Hands every cell on as it ends; returns how many there were. */
  private int readCells(Columns columns, SampleSchema schema, Batch into) {
    byte[] text = record;
    int end = text.length;
    if (end > 0 && text[end - 1] == '\n') {
      end--;
    }
    if (end > 0 && text[end - 1] == '\r') {
      end--;
    }
    int cells = 0;
    int at = 0;
    while (true) {
      int from = at;
      if (at < end && text[at] == '"') {
        at = readQuoted(columns, cells, schema, from, end, into);
      } else {
        while (at < end && text[at] != separator) {
          if (text[at] == '\n' || text[at] == '"') {
            reject(
                (text[at] == '"' ? "has a quote within a cell" : "must be one line, but has more")
                    + " at byte "
                    + at);
          }
          at++;
        }
        readCell(columns, cells, schema, text, from, at, from, into);
      }
      cells++;
      if (at >= end) {
        return cells;
      }
      at++;
    }
  }

  /** Reads a cell in quotes; returns where the comma or the end after it lies. */
  private int readQuoted(
      Columns columns, int cell, SampleSchema schema, int from, int end, Batch into) {
    if (unquoted.length < end - from) {
      unquoted = new byte[Math.max(end - from, 2 * unquoted.length)];
    }
    int n = 0;
    int at = from + 1;
    while (at < end) {
      if (record[at] == '"') {
        if (at + 1 < end && record[at + 1] == '"') {
          at++;
        } else {
          break;
        }
      }
      unquoted[n++] = record[at++];
    }
    if (at >= end) {
      reject("has a quote that is not closed at byte " + from);
      return end;
    }
    at++;
    if (at < end && record[at] != separator) {
      reject("has text after a closing quote at byte " + at);
      while (at < end && record[at] != separator) {
        at++;
      }
    }
    readCell(columns, cell, schema, unquoted, 0, n, from, into);
    return at;
  }

  private void readCell(
      Columns columns,
      int cell,
      SampleSchema schema,
      byte[] text,
      int from,
      int to,
      int place,
      Batch into) {
    if (cell >= columns.codes.length) {
      return;
    }
    int code = columns.codes[cell];
    if (code >= 0) {
      readNumber(columns, cell, schema, text, from, to, place, into);
    } else if (code == NAMED) {
      readNamed(columns, cell, schema, text, from, to, place);
    } else if (code != IGNORED && from < to) {
      readShared(code, new String(text, from, to - from, StandardCharsets.UTF_8));
    }
  }

  /** A named feature: a number counts under its name, a text makes a feature of its own. */
  private void readNamed(
      Columns columns,
      int cell,
      SampleSchema schema,
      byte[] text,
      int cellFrom,
      int cellTo,
      int place) {
    int from = first(text, cellFrom, cellTo);
    int to = last(text, from, cellTo);
    int features = schema.fields().get(schema.featuresColumn()).width();
    if (isLacking(text, from, to)) {
      if (!mayLack()) {
        reject(columns.names.get(cell) + " is missing at byte " + place);
      }
      lacking.add(columns.hashes[cell], features);
      return;
    }
    double value = decimals.parse(text, from, to);
    int hash = columns.hashes[cell];
    if (Double.isNaN(value)) {
      hash = hasher.of(columns.bytes[cell], text, from, to);
      value = 1;
    } else if (Double.isInfinite(value)) {
      complain(columns.names.get(cell), text, from, to, value, place);
      return;
    }
    if (named == namedIndices.length) {
      namedIndices = Arrays.copyOf(namedIndices, 2 * named);
      namedValues = Arrays.copyOf(namedValues, 2 * named);
    }
    namedIndices[named] = FeatureHash.index(hash, features);
    namedValues[named] = FeatureHash.sign(hash) * value;
    named++;
  }

  private static int first(byte[] text, int from, int to) {
    int at = from;
    while (at < to && text[at] == ' ') {
      at++;
    }
    return at;
  }

  private static int last(byte[] text, int from, int to) {
    int end = to;
    while (from < end && text[end - 1] == ' ') {
      end--;
    }
    return end;
  }

  /** Whether a cell without spaces around it is empty or NaN. */
  private static boolean isLacking(byte[] text, int from, int to) {
    return from == to
        || (to - from == 3
            && (text[from] | 0x20) == 'n'
            && (text[from + 1] | 0x20) == 'a'
            && (text[from + 2] | 0x20) == 'n');
  }

  private void readNumber(
      Columns columns,
      int cell,
      SampleSchema schema,
      byte[] text,
      int cellFrom,
      int cellTo,
      int place,
      Batch into) {
    int from = first(text, cellFrom, cellTo);
    int to = last(text, from, cellTo);
    int column = columns.codes[cell];
    int entry = columns.entries[cell];
    Field field = schema.fields().get(column);
    if (from == to && !field.required()) {
      return;
    }
    boolean compress = schema.sparse() && field.kind() == Field.Kind.FEATURES;
    if (field.kind() == Field.Kind.FEATURES && mayLack() && isLacking(text, from, to)) {
      if (!compress) {
        into.set(column, entry, options.missing().number());
      }
      return;
    }
    double value =
        isNamedClass(field)
            ? namedClass(field, new String(text, from, to - from, StandardCharsets.UTF_8))
            : decimals.parse(text, from, to);
    if (!Double.isFinite(value)) {
      complain(columns.names.get(cell), text, from, to, value, place);
      return;
    }
    String misfit = misfit(field, value);
    if (misfit != null) {
      reject(columns.names.get(cell) + misfit + " at byte " + place);
    }
    if (!compress) {
      into.set(column, entry, value);
    } else if (value != 0) {
      into.append(entry, value);
    }
  }

  private void complain(String name, byte[] text, int from, int to, double value, int place) {
    String found =
        from == to ? "empty" : quote(new String(text, from, to - from, StandardCharsets.UTF_8));
    reject(
        name
            + (Double.isNaN(value) ? " must be a number, but was " : " must be finite, but was ")
            + found
            + " at byte "
            + place);
  }

  private void readShared(int code, String text) {
    if (code == ROLE) {
      readRole(text);
    } else if (code == ID) {
      id(IdHash.of(text));
    } else {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      double millis = decimals.parse(bytes, 0, bytes.length);
      if (Double.isNaN(millis)) {
        readTime(text);
      } else {
        readTime(millis);
      }
    }
  }

  /** What the cells of a line of one level are. */
  private final class Columns {
    final List<String> names;
    final int[] codes;
    final int[] entries;

    /** Whether features are named, and then by column the hash and the bytes of its name. */
    final boolean naming;

    final int[] hashes;
    final byte[][] bytes;

    /** The first entry of a required field that no column holds; empty when all are there. */
    final String lacking;

    Columns(@Nullable List<String> header, SampleSchema schema) {
      names = header == null ? inOrder(schema) : header;
      codes = new int[names.size()];
      entries = new int[names.size()];
      List<BitSet> given = new ArrayList<>();
      for (int f = 0; f < schema.fields().size(); f++) {
        given.add(new BitSet());
      }
      Set<String> once = new HashSet<>();
      for (int k = 0; k < codes.length; k++) {
        codes[k] = code(names.get(k));
        for (int f = 0; f < schema.fields().size(); f++) {
          int entry = entry(names.get(k), schema.fields().get(f));
          if (entry >= 0) {
            codes[k] = f;
            entries[k] = entry;
          }
        }
        String target = codes[k] + "/" + entries[k];
        if (codes[k] != IGNORED && !once.add(target)) {
          throw new IllegalArgumentException("the header names " + names.get(k) + " twice");
        }
        if (codes[k] >= 0) {
          given.get(codes[k]).set(entries[k]);
        }
      }
      hashes = new int[codes.length];
      bytes = new byte[codes.length][];
      int features = schema.featuresColumn();
      boolean any = false;
      if (header != null && features >= 0 && given.get(features).isEmpty()) {
        for (int k = 0; k < codes.length; k++) {
          if (codes[k] == IGNORED && !isField(names.get(k))) {
            any = true;
            codes[k] = NAMED;
            hashes[k] = hasher.of(names.get(k));
            bytes[k] = names.get(k).getBytes(StandardCharsets.UTF_8);
          }
        }
      }
      naming = any;
      if (naming) {
        given.get(features).set(0, schema.fields().get(features).width());
      }
      lacking = lacking(schema, given);
    }

    private int code(String name) {
      if (isField(name)) {
        return IGNORED;
      }
      return switch (name) {
        case "role" -> ROLE;
        case "id" -> ID;
        case "t" -> TIME;
        default -> IGNORED;
      };
    }

    private String lacking(SampleSchema schema, List<BitSet> given) {
      for (int f = 0; f < schema.fields().size(); f++) {
        Field field = schema.fields().get(f);
        int first = given.get(f).nextClearBit(0);
        if (field.required() && first < field.width()) {
          return field.kind() == Field.Kind.SCALAR ? field.name() : field.name() + first;
        }
      }
      return "";
    }

    private static List<String> inOrder(SampleSchema schema) {
      List<String> names = new ArrayList<>();
      if (schema.fields().stream().mapToLong(Field::width).sum() > MOST_UNNAMED) {
        return names;
      }
      for (Field field : schema.fields()) {
        if (field.kind() == Field.Kind.SCALAR) {
          names.add(field.name());
        } else {
          for (int k = 0; k < field.width(); k++) {
            names.add(field.name() + k);
          }
        }
      }
      return names;
    }

    /** The entry of the field that a column holds, -1 when it holds none. */
    private static int entry(String column, Field field) {
      String name = field.name();
      if (column.equals(name) && field.width() == 1) {
        return 0;
      }
      if (field.kind() == Field.Kind.SCALAR || !column.startsWith(name)) {
        return -1;
      }
      String digits = column.substring(name.length());
      if (digits.startsWith("[") && digits.endsWith("]")) {
        digits = digits.substring(1, digits.length() - 1);
      }
      if (digits.isEmpty()
          || digits.length() > 9
          || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return -1;
      }
      int entry = Integer.parseInt(digits);
      return entry < field.width() ? entry : -1;
    }
  }
}
