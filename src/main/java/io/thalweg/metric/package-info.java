/**
 * Figures about a run that are more than sums: ranking, regret, recovery. Each is a small state
 * that takes in one thing after the other, the same bits from the same things, and hands out its
 * arrays to be kept.
 */
@NullMarked
package io.thalweg.metric;

import org.jspecify.annotations.NullMarked;
