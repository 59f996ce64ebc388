/**
 * Kernels over {@code double[]} and the only door to EJML: nothing here knows samples or streams.
 */
@NullMarked
package io.thalweg.linalg;

import org.jspecify.annotations.NullMarked;
