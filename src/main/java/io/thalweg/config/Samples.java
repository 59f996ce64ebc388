package io.thalweg.config;

import io.thalweg.sample.Level;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the records look like and which level they serve.
 *
 * @param topic the one topic for both levels, or null when each has its own
 * @param split how one topic serves both levels
 * @param format what a record holds unless its header says otherwise
 * @param header names of the CSV columns by level; a level without an entry has the fields of the
 *     problem in their order
 * @param unwrap JSON pointer to the sample inside a record, or null
 * @param decode on which thread records are decoded
 * @param preparation what becomes of the texts and numbers of a sample
 * @param labels topic of labels that come apart from their records, or null
 */
public record Samples(
    @Nullable String topic,
    Split split,
    Format format,
    Map<Level, List<String>> header,
    @Nullable String unwrap,
    Decode decode,
    Preparation preparation,
    @Nullable String labels) {
  /**
   * Copies the headers.
   *
   * @param topic the one topic for both levels, or null when each has its own
   * @param split how one topic serves both levels
   * @param format what a record holds unless its header says otherwise
   * @param header names of the CSV columns by level; a level without an entry has the fields of the
   *     problem in their order
   * @param unwrap JSON pointer to the sample inside a record, or null
   * @param decode on which thread records are decoded
   * @param preparation what becomes of the texts and numbers of a sample
   * @param labels topic of labels that come apart from their records, or null
   */
  public Samples {
    Map<Level, List<String>> copy = new EnumMap<>(Level.class);
    header.forEach((level, names) -> copy.put(level, List.copyOf(names)));
    header = Collections.unmodifiableMap(copy);
  }

  /** From so many processors on, one is free: solver, two consumers and collector have the rest. */
  private static final int PROCESSORS_TO_DECODE_AHEAD = 4;

  /**
   * Whether records are decoded ahead of the solver.
   *
   * @param processors of the machine
   * @return as the job says; by itself where it is texts and a processor is free
   */
  public boolean decodesAhead(int processors) {
    return switch (decode) {
      case AUTO -> format != Format.BINARY && processors >= PROCESSORS_TO_DECODE_AHEAD;
      case INLINE -> false;
      case AHEAD -> true;
    };
  }

  /** On which thread records are decoded; the results are the same. */
  public enum Decode {
    /** Ahead where the machine has the cores for it. */
    AUTO,
    /** On the solver's thread, when a step needs them. */
    INLINE,
    /** On threads of their own, while the solver steps. */
    AHEAD
  }

  /** What a record holds. */
  public enum Format {
    /** One JSON object. */
    JSON,
    /** One line of comma-separated values. */
    CSV,
    /** The compact binary form. */
    BINARY
  }

  /**
   * How one topic serves both levels.
   *
   * @param kind by topic, by share or prequential
   * @param upperShare share of the samples that validate, 0 unless by share
   */
  public record Split(Kind kind, double upperShare) {
    /** The ways to share out samples. */
    public enum Kind {
      /** Each level has its topic, or each record names its role. */
      BY_ROLE,
      /** A hash of the sample's id decides. */
      BY_SHARE,
      /** Every batch serves as upper batch first and as lower batch then. */
      PREQUENTIAL
    }
  }
}
