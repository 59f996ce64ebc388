package io.thalweg.config;

import java.time.Duration;

/**
 * When a snapshot is published and committed: whichever comes first.
 *
 * @param steps after this many steps
 * @param soonest least time between snapshots; equal to {@code time} when it does not adapt
 * @param time after this long at the latest
 * @param share part of the time that commits may take where it adapts
 */
public record Cadence(long steps, Duration soonest, Duration time, double share) {}
