/** Running estimates of a gradient from many batches: plain, momentum, STORM. */
@NullMarked
package io.thalweg.estimator;

import org.jspecify.annotations.NullMarked;
