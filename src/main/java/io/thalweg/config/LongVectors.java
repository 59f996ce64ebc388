package io.thalweg.config;

/**
 * How vectors are published that are too long to stand in every snapshot.
 *
 * @param inline entries up to which a vector stands in its snapshot whole
 * @param keyframeEvery snapshots after which a longer one is written whole again, at the latest
 */
public record LongVectors(int inline, int keyframeEvery) {}
