/**
 * Published experiments, reproduced from a seed in a plain loop. An {@link
 * io.thalweg.experiment.Experiment} declares arms, instances, measures and what is wanted; {@link
 * io.thalweg.experiment.ExperimentRunner} runs them and keeps finished runs on disk; {@link
 * io.thalweg.experiment.Report} says what was reached. Time is handed in as a counter.
 */
@NullMarked
package io.thalweg.experiment;

import org.jspecify.annotations.NullMarked;
