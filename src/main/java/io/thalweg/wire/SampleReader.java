package io.thalweg.wire;

import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the decoders of all formats share: the answers about the last sample, and their wording. */
abstract class SampleReader {
  private static final int LONGEST_QUOTE = 40;

  /** A hundred million days from 1970, in milliseconds; below 2^53, so that a double holds it. */
  private static final double LAST_TIME = 8.64e15;

  /** The field that holds the class. */
  private static final String LABEL = "y";

  private final SampleSchema lower;
  private final SampleSchema upper;

  private @Nullable Level role;
  private boolean hasId;
  private long idHash;
  private long eventTime = Long.MIN_VALUE;
  private String rejection = "";

  final SampleOptions options;

  SampleReader(Map<Level, SampleSchema> schemas, SampleOptions options) {
    this.options = options;
    SampleSchema forLower = schemas.get(Level.LOWER);
    SampleSchema forUpper = schemas.get(Level.UPPER);
    if (forLower == null || forUpper == null) {
      throw new IllegalArgumentException(
          "expected a schema per level, but had those of " + schemas.keySet());
    }
    lower = forLower;
    upper = forUpper;
  }

  /** Takes up a record that is not empty; returns how many samples it carries. */
  abstract int open(byte[] record);

  /** Decodes one sample; the outcome is {@link #accepted()}. */
  abstract boolean decode(int index, Level as, Batch into);

  final SampleSchema schema(Level level) {
    return level == Level.LOWER ? lower : upper;
  }

  /** Whether a word is a field of either level, and so not one of the words all samples share. */
  final boolean isField(String name) {
    return lower.column(name) >= 0 || upper.column(name) >= 0;
  }

  /** Forgets the answers about the sample before. */
  final void reset() {
    role = null;
    hasId = false;
    idHash = 0;
    eventTime = Long.MIN_VALUE;
    rejection = "";
  }

  /** Refuses; the first reason is the one that is kept. */
  final void reject(String reason) {
    if (rejection.isEmpty()) {
      rejection = reason;
    }
  }

  final boolean accepted() {
    return rejection.isEmpty();
  }

  final @Nullable Level role() {
    return role;
  }

  final long idHash() {
    return idHash;
  }

  final boolean hasId() {
    return hasId;
  }

  final long eventTime() {
    return eventTime;
  }

  final String rejection() {
    return rejection;
  }

  final void role(Level level) {
    role = level;
  }

  final void id(long hash) {
    idHash = hash;
    hasId = true;
  }

  /** Whether a field is the label, and labels are told by texts. */
  final boolean isNamedClass(Field field) {
    return !options.classes().isEmpty() && field.name().equals(LABEL);
  }

  /** The number of a class by its text; 0 for one that is refused. */
  final double namedClass(Field field, String text) {
    int number = options.classes().indexOf(text);
    if (number < 0) {
      reject(
          field.name()
              + " must be one of "
              + String.join(", ", options.classes())
              + ", but was "
              + quote(text));
    }
    return Math.max(0, number);
  }

  /** Whether a sample may lack features. */
  final boolean mayLack() {
    return options.missing() != Missing.REJECT;
  }

  /** The level a word names. */
  final void readRole(String word) {
    if (word.equals("train")) {
      role = Level.LOWER;
    } else if (word.equals("validation")) {
      role = Level.UPPER;
    } else {
      reject("role must be train or validation, but was " + quote(word));
    }
  }

  /** Milliseconds since 1970 as a number. */
  final void readTime(double millis) {
    if (Math.abs(millis) <= LAST_TIME) {
      eventTime = (long) millis;
    } else {
      reject("t must be milliseconds since 1970, but was " + millis);
    }
  }

  /** An RFC 3339 time. */
  final void readTime(String text) {
    try {
      eventTime = OffsetDateTime.parse(text.replace(' ', 'T')).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      reject("t must be milliseconds since 1970 or an RFC 3339 time, but was " + quote(text));
    }
  }

  /** Why a value does not fit its field, null when it does; finiteness is checked before. */
  static @Nullable String misfit(Field field, double value) {
    return switch (field.rule()) {
      case FINITE -> null;
      case NON_NEGATIVE -> value >= 0 ? null : " must not be negative, but was " + value;
      case INDEX -> {
        boolean whole = value >= 0 && value == Math.rint(value);
        if (whole && (field.below() == 0 || value < field.below())) {
          yield null;
        }
        yield " must be a whole number from 0 "
            + (field.below() == 0 ? "on" : "to " + (field.below() - 1))
            + ", but was "
            + value;
      }
      case LABEL ->
          value == 1 || value == 0 || value == -1 ? null : " must be 1, 0 or -1, but was " + value;
    };
  }

  /** Text of unknown origin made fit for a log line: short, printable, in quotes. */
  static String quote(CharSequence text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length() && i < LONGEST_QUOTE; i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c > '~' ? '?' : c);
    }
    return out.append(text.length() > LONGEST_QUOTE ? "...\"" : "\"").toString();
  }
}
