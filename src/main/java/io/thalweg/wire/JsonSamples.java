package io.thalweg.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Samples as JSON objects, read straight into the columns: plain ones by {@link JsonScanner}, all
 * others token by token. Strict where it matters: a number is a JSON number and finite, a known key
 * comes once, an array has its exact length, nothing follows the object. Unknown keys are passed
 * over. A Confluent prefix (0x00 and four bytes) is skipped: no JSON text begins with 0x00.
 */
final class JsonSamples extends SampleReader {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
          // names come from strangers: they must not outlive the parser's own bounded table
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(16)
                  .maxNumberLength(1000)
                  .maxStringLength(65_536)
                  .maxNameLength(1000)
                  .build())
          .build();

  /** Length of a Confluent prefix: 0x00 and a schema id of four bytes. */
  private static final int PREFIX = 5;

  /** Codes of the words all samples share; the codes of fields are their columns. */
  private static final int ROLE = -1;

  private static final int ID = -2;
  private static final int TIME = -3;
  private static final int INDICES = -4;
  private static final int VALUES = -5;
  private static final int NAMED = -6;
  private static final int UNKNOWN = -7;

  /** The bit that marks a code as seen lies this much above the code. */
  private static final int FIRST_BIT = 6;

  private final List<String> unwrap;
  private final String[] sharedNames;
  private final int[] sharedCodes;
  private final String[] lowerNames;
  private final String[] upperNames;

  private byte[] record = new byte[0];
  private int start;

  private final JsonScanner lowerScanner;
  private final JsonScanner upperScanner;
  private final SparseRow sparseRow = new SparseRow(this);
  private int[] indices = new int[16];
  private double[] values = new double[16];
  private final FeatureHash hasher = new FeatureHash();
  private int[] namedIndices = new int[16];
  private double[] namedValues = new double[16];
  private int namedCount;
  private final LackingNames lacking = new LackingNames();
  private int indexCount;
  private int valueCount;
  private long seen;

  JsonSamples(Map<Level, SampleSchema> schemas, SampleOptions options) {
    super(schemas, options);
    this.unwrap = segments(options.unwrap());
    lowerNames = names(schema(Level.LOWER));
    upperNames = names(schema(Level.UPPER));
    boolean features =
        schema(Level.LOWER).featuresColumn() >= 0 || schema(Level.UPPER).featuresColumn() >= 0;
    List<String> words = new ArrayList<>();
    List<Integer> codes = new ArrayList<>();
    share("role", ROLE, words, codes);
    share("id", ID, words, codes);
    share("t", TIME, words, codes);
    if (features) {
      share("i", INDICES, words, codes);
      share("v", VALUES, words, codes);
      share("f", NAMED, words, codes);
    }
    lowerScanner = new JsonScanner(schema(Level.LOWER), this);
    upperScanner = new JsonScanner(schema(Level.UPPER), this);
    sharedNames = words.toArray(new String[0]);
    sharedCodes = codes.stream().mapToInt(Integer::intValue).toArray();
  }

  private void share(String word, int code, List<String> words, List<Integer> codes) {
    if (!isField(word)) {
      words.add(word);
      codes.add(code);
    }
  }

  private static String[] names(SampleSchema schema) {
    String[] names = schema.fields().stream().map(Field::name).toArray(String[]::new);
    if (names.length > Long.SIZE - FIRST_BIT - 1) {
      throw new IllegalArgumentException("a sample has at most 57 fields, but had " + names.length);
    }
    return names;
  }

  /** The keys of a JSON pointer, RFC 6901. */
  private static List<String> segments(String pointer) {
    if (pointer.isEmpty()) {
      return List.of();
    }
    List<String> out = new ArrayList<>();
    for (String segment : pointer.substring(1).split("/", -1)) {
      out.add(segment.replace("~1", "/").replace("~0", "~"));
    }
    return out;
  }

  @Override
  int open(byte[] bytes) {
    record = bytes;
    start = bytes.length >= PREFIX && bytes[0] == 0 ? PREFIX : 0;
    return 1;
  }

  @Override
  boolean decode(int index, Level as, Batch into) {
    reset();
    if (into.isFull()) {
      throw new IllegalStateException("the batch is full: it holds " + into.capacity() + " rows");
    }
    if (unwrap.isEmpty()) {
      JsonScanner plain = as == Level.LOWER ? lowerScanner : upperScanner;
      if (plain.scan(record, start, into)) {
        return true;
      }
      reset();
    }
    return read(as, into);
  }

  /** The whole of what a record may be, with a reason for whatever is refused. */
  boolean read(Level as, Batch into) {
    try (JsonParser parser = FACTORY.createParser(record, start, record.length - start)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        reject("the value must be a JSON object, but was " + kind(parser.currentToken()));
        return false;
      }
      readLevel(parser, 0, as, into);
      if (parser.nextToken() != null) {
        reject("the JSON object must end the record, but more follows" + place(parser));
      }
    } catch (JsonEOFException e) {
      reject("is not valid JSON: the text ends too early, after " + record.length + " bytes");
    } catch (JsonProcessingException e) {
      reject("is not valid JSON" + place(e) + ": " + brief(e.getOriginalMessage()));
    } catch (IOException e) {
      reject("is not valid JSON: " + brief(e.getMessage()));
    } catch (IllegalStateException | IndexOutOfBoundsException e) {
      // a defect of the parser on hostile bytes must not end the stream
      reject("cannot be read as JSON: " + brief(e.toString()));
    }
    if (accepted()) {
      into.commitRow();
    }
    return accepted();
  }

  /** Walks down the pointer; below its last key lies the sample. */
  private void readLevel(JsonParser parser, int depth, Level as, Batch into) throws IOException {
    if (depth == unwrap.size()) {
      readSample(parser, as, into);
      return;
    }
    boolean found = false;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      if (!name.equals(unwrap.get(depth))) {
        parser.skipChildren();
      } else if (found) {
        reject("must hold the key " + name + " once, but has it twice" + place(parser));
        parser.skipChildren();
      } else if (token == JsonToken.START_OBJECT) {
        found = true;
        readLevel(parser, depth + 1, as, into);
      } else {
        found = true;
        reject("the value at " + pointer(depth) + " must be an object, but was " + kind(token));
        parser.skipChildren();
      }
    }
    if (!found) {
      reject("must hold an object at " + pointer(depth) + ", but has none");
    }
  }

  private String pointer(int depth) {
    return "/" + String.join("/", unwrap.subList(0, depth + 1));
  }

  private void readSample(JsonParser parser, Level as, Batch into) throws IOException {
    SampleSchema schema = schema(as);
    String[] names = as == Level.LOWER ? lowerNames : upperNames;
    int column = schema.featuresColumn();
    int features = column < 0 ? 0 : schema.fields().get(column).width();
    into.openRow();
    seen = 0;
    indexCount = 0;
    valueCount = 0;
    namedCount = 0;
    lacking.clear();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      int code = code(name, names);
      if (code == UNKNOWN) {
        parser.skipChildren();
        continue;
      }
      long bit = 1L << (code + FIRST_BIT);
      if ((seen & bit) != 0) {
        reject("must hold the key " + name + " once, but has it twice" + place(parser));
        parser.skipChildren();
      } else if (token != JsonToken.VALUE_NULL || code >= 0 || code == INDICES || code == VALUES) {
        seen |= bit;
        if (code >= 0) {
          readField(parser, token, schema, code, into);
        } else {
          readShared(parser, token, code, features);
        }
      }
    }
    finish(schema, into);
  }

  private int code(String name, String[] names) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    for (int i = 0; i < sharedNames.length; i++) {
      if (sharedNames[i].equals(name)) {
        return sharedCodes[i];
      }
    }
    return UNKNOWN;
  }

  private void readField(
      JsonParser parser, JsonToken token, SampleSchema schema, int column, Batch into)
      throws IOException {
    Field field = schema.fields().get(column);
    if (token == JsonToken.VALUE_NULL && !field.required()) {
      return;
    }
    if (field.kind() != Field.Kind.SCALAR) {
      readArray(parser, token, field, column, schema.sparse(), into);
    } else if (isNumber(token)) {
      double value = number(parser, field.name(), -1);
      String misfit = misfit(field, value);
      if (misfit != null) {
        reject(field.name() + misfit + place(parser));
      }
      into.set(column, 0, value);
    } else if (token == JsonToken.VALUE_STRING && isNamedClass(field)) {
      into.set(column, 0, namedClass(field, parser.getText()));
    } else {
      reject(field.name() + " must be a number, but was " + kind(token) + place(parser));
      parser.skipChildren();
    }
  }

  private void readArray(
      JsonParser parser, JsonToken token, Field field, int column, boolean sparse, Batch into)
      throws IOException {
    int width = field.width();
    if (token != JsonToken.START_ARRAY) {
      reject(
          field.name()
              + " must be an array of "
              + width
              + " numbers, but was "
              + kind(token)
              + place(parser));
      parser.skipChildren();
      return;
    }
    boolean compress = sparse && field.kind() == Field.Kind.FEATURES;
    double[] target = into.column(column);
    int at = into.size() * width;
    int n = 0;
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      if (isNumber(t)) {
        double value = number(parser, field.name(), n);
        if (n >= width) {
          n++;
          continue;
        }
        if (!compress) {
          target[at + n] = value;
        } else if (value != 0) {
          into.append(n, value);
        }
      } else if (t == JsonToken.VALUE_NULL && field.kind() == Field.Kind.FEATURES && mayLack()) {
        if (!compress && n < width) {
          target[at + n] = options.missing().number();
        }
      } else {
        entryIsNoNumber(parser, t, field.name(), n);
      }
      n++;
    }
    if (n != width) {
      reject(field.name() + " must have length " + width + ", but had " + n);
    }
  }

  private void readShared(JsonParser parser, JsonToken token, int code, int features)
      throws IOException {
    switch (code) {
      case ROLE -> {
        if (token == JsonToken.VALUE_STRING) {
          readRole(parser.getText());
        } else {
          reject("role must be train or validation, but was " + kind(token) + place(parser));
        }
      }
      case ID -> {
        if (token == JsonToken.VALUE_STRING || isNumber(token)) {
          id(IdHash.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength()));
        } else {
          reject("id must be a text or a number, but was " + kind(token) + place(parser));
        }
      }
      case TIME -> {
        if (isNumber(token)) {
          readTime(number(parser, "t", -1));
        } else if (token == JsonToken.VALUE_STRING) {
          readTime(parser.getText());
        } else {
          reject(
              "t must be milliseconds since 1970 or an RFC 3339 time, but was "
                  + kind(token)
                  + place(parser));
        }
      }
      case INDICES -> {
        readIndices(parser, token);
        return;
      }
      case VALUES -> {
        readValues(parser, token);
        return;
      }
      default -> {
        readNamed(parser, token, features);
        return;
      }
    }
    parser.skipChildren();
  }

  private void readIndices(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      reject("i must be an array of feature numbers, but was " + kind(token) + place(parser));
      parser.skipChildren();
      return;
    }
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      int index = -1;
      if (t == JsonToken.VALUE_NUMBER_INT) {
        double value = number(parser, "i", indexCount);
        index = value >= 0 && value <= Integer.MAX_VALUE ? (int) value : -1;
        if (index < 0) {
          reject(
              "i["
                  + indexCount
                  + "] must be a feature number, but was "
                  + quote(parser.getText())
                  + place(parser));
        }
      } else if (isNumber(t)) {
        reject(
            "i["
                + indexCount
                + "] must be a whole number, but was "
                + quote(parser.getText())
                + place(parser));
      } else {
        entryIsNoNumber(parser, t, "i", indexCount);
      }
      if (indexCount == indices.length) {
        indices = Arrays.copyOf(indices, 2 * indexCount);
      }
      indices[indexCount++] = index;
    }
  }

  private void readValues(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.START_ARRAY) {
      reject("v must be an array of numbers, but was " + kind(token) + place(parser));
      parser.skipChildren();
      return;
    }
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      double value = 0;
      if (isNumber(t)) {
        value = number(parser, "v", valueCount);
      } else {
        entryIsNoNumber(parser, t, "v", valueCount);
      }
      if (valueCount == values.length) {
        values = Arrays.copyOf(values, 2 * valueCount);
      }
      values[valueCount++] = value;
    }
  }

  /** Named features: a number counts under its name, a text makes a feature of its own. */
  private void readNamed(JsonParser parser, JsonToken token, int features) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      reject("f must be an object of features, but was " + kind(token) + place(parser));
      parser.skipChildren();
      return;
    }
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken t = parser.nextToken();
      if (isNumber(t)) {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
          reject(
              "f."
                  + quote(name)
                  + " must be finite, but was "
                  + shorten(parser.getText())
                  + place(parser));
        }
        addNamed(hasher.of(name), value, features);
      } else if (t == JsonToken.VALUE_STRING) {
        addNamed(hasher.of(name, parser.getText()), 1, features);
      } else if (t == JsonToken.VALUE_TRUE) {
        addNamed(hasher.of(name), 1, features);
      } else if (t == JsonToken.VALUE_NULL) {
        lacking.add(hasher.of(name), features);
      } else if (t != JsonToken.VALUE_FALSE) {
        reject(
            "f."
                + quote(name)
                + " must be a number, a text, true or false, but was "
                + kind(t)
                + place(parser));
        parser.skipChildren();
      }
    }
  }

  private void addNamed(int hash, double value, int features) {
    if (features == 0) {
      return;
    }
    if (namedCount == namedIndices.length) {
      namedIndices = Arrays.copyOf(namedIndices, 2 * namedCount);
      namedValues = Arrays.copyOf(namedValues, 2 * namedCount);
    }
    namedIndices[namedCount] = FeatureHash.index(hash, features);
    namedValues[namedCount] = FeatureHash.sign(hash) * value;
    namedCount++;
  }

  /** Puts sparse features in place and looks for what is missing. */
  private void finish(SampleSchema schema, Batch into) {
    List<Field> fields = schema.fields();
    int features = schema.featuresColumn();
    if (features >= 0) {
      boolean pairs = (seen & bits(INDICES)) != 0 || (seen & bits(VALUES)) != 0;
      boolean named = (seen & bits(NAMED)) != 0;
      boolean dense = (seen & bits(features)) != 0;
      if ((dense && (pairs || named)) || (pairs && named)) {
        String name = fields.get(features).name();
        reject("must hold one of " + name + ", i and v, and f, but has more");
      } else if (pairs && accepted()) {
        placePairs(schema, into);
      } else if (named && accepted()) {
        sparseRow.place(schema, namedIndices, namedValues, namedCount, into);
        lacking.place(schema, options.missing(), namedIndices, namedCount, into);
      }
      seen |= pairs || named ? bits(features) : 0;
    }
    for (int f = 0; f < fields.size(); f++) {
      if ((seen & bits(f)) == 0 && fields.get(f).required()) {
        reject(
            fields.get(f).name()
                + (f == features ? " (or i and v, or f) is missing" : " is missing"));
      }
    }
  }

  private void placePairs(SampleSchema schema, Batch into) {
    if (indexCount != valueCount) {
      reject("i and v must have the same length, but had " + indexCount + " and " + valueCount);
      return;
    }
    sparseRow.place(schema, indices, values, indexCount, into);
  }

  private static long bits(int code) {
    return 1L << (code + FIRST_BIT);
  }

  /** The current number; not finite when its text overflows, which is refused. */
  private double number(JsonParser parser, String name, int entry) throws IOException {
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      reject(
          name
              + (entry < 0 ? "" : "[" + entry + "]")
              + " must be finite, but was "
              + shorten(parser.getText())
              + place(parser));
      return 0;
    }
    return value;
  }

  private void entryIsNoNumber(JsonParser parser, JsonToken token, String name, int entry)
      throws IOException {
    reject(name + "[" + entry + "] must be a number, but was " + kind(token) + place(parser));
    parser.skipChildren();
  }

  private static boolean isNumber(JsonToken token) {
    return token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
  }

  private static String kind(@Nullable JsonToken token) {
    if (token == null) {
      return "empty";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NULL -> "null";
      default -> "something else";
    };
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 37) + "...";
  }

  private String place(JsonParser parser) {
    return " at byte " + (start + parser.currentTokenLocation().getByteOffset());
  }

  private String place(JsonProcessingException e) {
    return e.getLocation() == null || e.getLocation().getByteOffset() < 0
        ? ""
        : " at byte " + (start + e.getLocation().getByteOffset());
  }

  /** The parser's own words without its advice and its notes on the source. */
  private static String brief(@Nullable String message) {
    if (message == null) {
      return "unreadable";
    }
    int end = message.length();
    for (String tail : List.of("\n", " (start marker", ": enable `")) {
      int at = message.indexOf(tail);
      end = at >= 0 && at < end ? at : end;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(end, 160); i++) {
      char c = message.charAt(i);
      out.append(c < ' ' || c > '~' ? '?' : c);
    }
    return out.toString();
  }
}
