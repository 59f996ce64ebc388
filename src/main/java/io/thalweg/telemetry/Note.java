package io.thalweg.telemetry;

/**
 * Something that happened to the job, for people.
 *
 * @param timeMillis when
 * @param kind one word: leads, standby, restart, stop, data-loss
 * @param text what
 */
public record Note(long timeMillis, String kind, String text) {}
