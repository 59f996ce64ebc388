package io.thalweg.portfolio;

/**
 * Which weights of records are tuned, and how.
 *
 * @param classes whether there is a weight for every class
 * @param simplex whether those of the classes always have the mean 1; else each goes its own way
 * @param least lower bound of a class weight, before they are brought to the mean 1
 * @param most upper bound of a class weight, before they are brought to the mean 1
 * @param sources whether there is a weight for every source
 * @param theta change of the logarithm of a weight, or of its log odds, by one record
 * @param frozenClasses which class weights stay at 1; of length 0 for none
 * @param frozenSources which source weights stay as they begin, the factor of the age last; of
 *     length 0 for none
 */
public record WeightTuning(
    boolean classes,
    boolean simplex,
    double least,
    double most,
    boolean sources,
    double theta,
    boolean[] frozenClasses,
    boolean[] frozenSources) {}
