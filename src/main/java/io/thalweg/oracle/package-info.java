/** Stochastic values, gradients and products of the two levels at a point, for one batch. */
@NullMarked
package io.thalweg.oracle;

import org.jspecify.annotations.NullMarked;
