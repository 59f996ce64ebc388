package io.thalweg.load.openloop;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * A place in the topics that somebody had reached at some time.
 *
 * @param micros when it was seen
 * @param next per partition the first record not reached yet
 */
record Seen(long micros, Map<TopicPartition, Long> next) {}
