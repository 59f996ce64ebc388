/** Upper and lower objectives with closed-form derivatives: what can be tuned. */
@NullMarked
package io.thalweg.problem;

import org.jspecify.annotations.NullMarked;
