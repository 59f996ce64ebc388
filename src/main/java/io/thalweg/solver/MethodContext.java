package io.thalweg.solver;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.settings.Settings;

/**
 * What a method is built from.
 *
 * @param settings the {@code solver} settings
 * @param oracle the problem
 * @param constraint set of the upper variable
 * @param seed start of the generator, for methods that draw
 * @param layout where the method declares its state
 */
record MethodContext(
    Settings settings,
    BilevelOracle oracle,
    Constraint constraint,
    long seed,
    StateLayout layout) {}
