package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.stream.Header;
import io.thalweg.stream.Lane;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which level a sample belongs to: its header, else its {@code role} field, else the topic
 * it came on, else a hash of its id (or of its address) against the split. A hash and never a draw:
 * a replay must not leak a training sample into validation.
 *
 * @param split how records of a topic without a level are divided
 */
public record Roles(Split split) {
  /** Name of the header that names a role. */
  public static final String HEADER = "thalweg-role";

  /** How one topic serves both levels. */
  public sealed interface Split {
    /** Levels have topics of their own. */
    record Topics() implements Split {}

    /**
     * A fraction of the records is held out for the upper level.
     *
     * @param upper the fraction, in (0, 1)
     */
    record Hash(double upper) implements Split {
      /**
       * Checks the fraction.
       *
       * @param upper the fraction, in (0, 1)
       */
      public Hash {
        if (!(upper > 0 && upper < 1)) {
          throw new IllegalArgumentException(
              "samples.split.upper must be in (0, 1), but was " + upper);
        }
      }
    }

    /** Every batch serves the upper level first and the lower level then. */
    record Prequential() implements Split {}

    /**
     * The same, where labels come on a topic of their own: both topics fill one batch. The topic of
     * the lower level brings the records and that of the upper level their labels, whatever role a
     * record names.
     *
     * @param turns in which order
     */
    record Labels(Turns turns) implements Split {}
  }

  /** Whether every batch serves both levels. */
  boolean sharesBatches() {
    return split instanceof Split.Prequential || split instanceof Split.Labels;
  }

  /** What the headers of a record say, as far as it matters. */
  RecordHead head(List<Header> headers) {
    RecordHead head = RecordHead.of(headers);
    return split instanceof Split.Labels && head.role() != null
        ? new RecordHead(head.contentType(), null, null)
        : head;
  }

  /**
   * The level a role's name stands for.
   *
   * @param role {@code train} or {@code validation}
   * @return its level, or null for any other text
   */
  public static @Nullable Level named(String role) {
    for (Level level : Level.values()) {
      if (level.role().equals(role)) {
        return level;
      }
    }
    return null;
  }

  /**
   * The level of a sample whose header does not say.
   *
   * @param decoder that has just read it
   * @param ofFeed the level its topic stands for, or null
   * @param lane where it was read
   * @param offset number of its record
   * @param index number of the sample within the record
   * @return the level
   */
  Level of(SampleDecoder decoder, @Nullable Level ofFeed, Lane lane, long offset, int index) {
    Level named = decoder.role();
    if (named != null) {
      return named;
    }
    return ofFeed != null ? ofFeed : byHash(decoder.hasId(), decoder.idHash(), lane, offset, index);
  }

  /**
   * The level of a sample whose header, body and topic do not say.
   *
   * @param hasId whether it carries an id
   * @param idHash hash of the id
   * @param lane where it was read
   * @param offset number of its record
   * @param index number of the sample within the record
   * @return the level
   */
  public Level byHash(boolean hasId, long idHash, Lane lane, long offset, int index) {
    if (!(split instanceof Split.Hash hash)) {
      return Level.LOWER;
    }
    long word = hasId ? idHash : address(lane, offset, index);
    return (mix(word) >>> 11) * 0x1.0p-53 < hash.upper() ? Level.UPPER : Level.LOWER;
  }

  private static long address(Lane lane, long offset, int index) {
    long h = 0xcbf29ce484222325L; // FNV-1a over the topic's name
    for (byte b : lane.topic().getBytes(StandardCharsets.UTF_8)) {
      h = (h ^ (b & 0xff)) * 0x100000001b3L;
    }
    return mix(mix(mix(h + lane.partition()) + offset) + index);
  }

  /** The finaliser of SplitMix64. */
  private static long mix(long word) {
    long z = word + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
