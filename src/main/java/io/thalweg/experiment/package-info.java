/**
 * Published experiments, reproduced from a seed in a plain loop: data generators with a known
 * optimum, runners, and their results as records.
 */
@NullMarked
package io.thalweg.experiment;

import org.jspecify.annotations.NullMarked;
