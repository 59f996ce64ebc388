package io.thalweg.load.openloop;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A snapshot in the hands of a reader.
 *
 * @param micros when the reader had it in use
 * @param givenMicros when the solver took it, by its {@code time}, exact to a millisecond
 * @param epoch life of the solver
 * @param version its number
 * @param samples how many samples it says it learned from
 * @param taken how many samples lie before its positions
 * @param next per partition the first record it does not cover
 */
record SnapshotSeen(
    long micros,
    long givenMicros,
    long epoch,
    long version,
    long samples,
    long taken,
    Map<TopicPartition, Long> next) {}
