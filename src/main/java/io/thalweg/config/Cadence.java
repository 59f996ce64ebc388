package io.thalweg.config;

import java.time.Duration;

/**
 * When a snapshot is published and committed: whichever comes first.
 *
 * @param steps after this many steps
 * @param time after this long
 */
public record Cadence(long steps, Duration time) {}
