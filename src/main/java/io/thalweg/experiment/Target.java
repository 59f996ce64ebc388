package io.thalweg.experiment;

/**
 * A level that a measure is to reach; reports say after how many samples.
 *
 * @param measure name of the measure
 * @param level reached at the first mark at or below it
 */
public record Target(String measure, double level) {}
