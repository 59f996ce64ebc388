/** Means and regressions that a bounded share of bad rows cannot move far. */
@NullMarked
package io.thalweg.robust;

import org.jspecify.annotations.NullMarked;
