/** Data sets that travel with the program, prepared for the problems that learn from them. */
@NullMarked
package io.thalweg.data;

import org.jspecify.annotations.NullMarked;
