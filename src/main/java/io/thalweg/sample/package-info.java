/**
 * What one sample is (its schema) and how many of them lie in memory (columns): no object per
 * sample.
 */
@NullMarked
package io.thalweg.sample;

import org.jspecify.annotations.NullMarked;
