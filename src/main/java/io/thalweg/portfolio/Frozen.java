package io.thalweg.portfolio;

/**
 * Upper variables of the tuned members that stay as they begin.
 *
 * @param steps by entry j K + k of a model
 * @param penalties by group
 */
public record Frozen(boolean[] steps, boolean[] penalties) {}
