package io.thalweg.pipeline;

import io.thalweg.oracle.BilevelOracle;
import io.thalweg.solver.Solver;
import java.util.function.LongSupplier;

/**
 * What is tuned, by what, under which name.
 *
 * @param job name of the job
 * @param method id of the method
 * @param config fingerprint of the configuration
 * @param software version of the program
 * @param oracle the problem; scored prequentially when it predicts
 * @param solver the method at work; restored from the checkpoint when there is one
 * @param upper names and units of the upper coordinates
 * @param memberEntries entries of y up to which the members of a portfolio are published with their
 *     vectors; of longer ones, name and weight
 * @param cadence when cuts are taken
 * @param clockMillis wall clock for the snapshots' time stamps, never for arithmetic
 */
public record Tuning(
    String job,
    String method,
    String config,
    String software,
    BilevelOracle oracle,
    Solver solver,
    UpperView upper,
    int memberEntries,
    Cadence cadence,
    LongSupplier clockMillis) {}
