/**
 * Methods as transitions from state and batches to the next state; nothing here waits, logs or
 * reads a clock.
 */
@NullMarked
package io.thalweg.solver;

import org.jspecify.annotations.NullMarked;
