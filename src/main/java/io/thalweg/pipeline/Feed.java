package io.thalweg.pipeline;

import io.thalweg.sample.Level;
import org.jspecify.annotations.Nullable;

/**
 * One topic or file that is read with a demand of its own, so that a level that is ahead can be
 * held back alone.
 *
 * @param topic its name
 * @param level the level its records belong to unless they say otherwise; null when the role is
 *     decided record by record
 */
public record Feed(String topic, @Nullable Level level) {}
