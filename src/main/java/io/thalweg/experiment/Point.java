package io.thalweg.experiment;

/**
 * One look at a run.
 *
 * @param mark number of the mark, 0 for the start; equal marks of two runs of one arm belong
 *     together
 * @param step calls of the method so far
 * @param samples samples drawn so far, both levels together
 * @param evaluations oracle calls so far, counted per sample
 * @param seconds CPU time of the steps so far, without drawing and measuring
 * @param values one per measure
 */
public record Point(
    int mark, long step, long samples, long evaluations, double seconds, double[] values) {}
