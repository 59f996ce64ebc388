package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import io.thalweg.sample.SampleDecoder;
import io.thalweg.sample.SampleSchema;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How records become steps.
 *
 * @param feeds the topics or files
 * @param schemas sample schema of each level
 * @param lowerRows records per lower batch
 * @param upperRows records per upper batch
 * @param linger how long the first record of a batch waits for it to fill
 * @param roles which level a sample belongs to
 * @param decoders makes one decoder per feed
 * @param reads the levels that steps take samples of; those of another are left out and counted
 * @param keepsRecords whether the records of a batch are kept until its step, for a solver that may
 *     send some of them to the dead letters
 */
public record Assembly(
    List<Feed> feeds,
    Map<Level, SampleSchema> schemas,
    int lowerRows,
    int upperRows,
    Duration linger,
    Roles roles,
    Supplier<SampleDecoder> decoders,
    Set<Level> reads,
    boolean keepsRecords) {
  /**
   * For steps that take samples of both levels.
   *
   * @param feeds the topics or files
   * @param schemas sample schema of each level
   * @param lowerRows records per lower batch
   * @param upperRows records per upper batch
   * @param linger how long the first record of a batch waits for it to fill
   * @param roles which level a sample belongs to
   * @param decoders makes one decoder per feed
   */
  public Assembly(
      List<Feed> feeds,
      Map<Level, SampleSchema> schemas,
      int lowerRows,
      int upperRows,
      Duration linger,
      Roles roles,
      Supplier<SampleDecoder> decoders) {
    this(
        feeds,
        schemas,
        lowerRows,
        upperRows,
        linger,
        roles,
        decoders,
        EnumSet.allOf(Level.class),
        false);
  }

  /**
   * Copies the collections and checks the sizes.
   *
   * @param feeds the topics or files
   * @param schemas sample schema of each level
   * @param lowerRows records per lower batch
   * @param upperRows records per upper batch
   * @param linger how long the first record of a batch waits for it to fill
   * @param roles which level a sample belongs to
   * @param decoders makes one decoder per feed
   * @param reads the levels that steps take samples of, at least one; one alone has the topic to
   *     itself and shares nothing out
   * @param keepsRecords whether the records of a batch are kept until its step, for a solver that
   *     may send some of them to the dead letters
   */
  public Assembly {
    feeds = List.copyOf(feeds);
    schemas = Map.copyOf(schemas);
    reads = Set.copyOf(reads);
    for (Feed feed : feeds) {
      if (reads.size() < 2 && (feed.level() == null || !reads.contains(feed.level()))) {
        throw new IllegalArgumentException(
            "topic " + feed.topic() + " must stand for the one level that is read: " + reads);
      }
    }
    if (reads.size() < 2 && roles.sharesBatches()) {
      throw new IllegalArgumentException(
          "batches that serve both levels need steps that take both, but read is " + reads);
    }
    if (roles.split() instanceof Roles.Split.Labels
        && (feeds.size() != 2
            || feeds.get(0).level() != Level.LOWER
            || feeds.get(1).level() != Level.UPPER)) {
      throw new IllegalArgumentException(
          "labels that come apart need a topic of records and then one of labels, but had "
              + feeds);
    }
    if (lowerRows < 1 || upperRows < 1) {
      throw new IllegalArgumentException(
          "solver.batch must be at least 1 record per level, but was lower "
              + lowerRows
              + ", upper "
              + upperRows);
    }
  }

  /** In which order records and labels come, null where there are no such. */
  @Nullable Turns turns() {
    return roles.split() instanceof Roles.Split.Labels labels ? labels.turns() : null;
  }

  boolean reads(Level level) {
    return reads.contains(level);
  }

  SampleSchema schema(Level level) {
    SampleSchema schema = schemas.get(level);
    if (schema == null) {
      throw new IllegalStateException("no sample schema for the " + level.role() + " level");
    }
    return schema;
  }

  int rows(Level level) {
    return level == Level.LOWER ? lowerRows : upperRows;
  }
}
