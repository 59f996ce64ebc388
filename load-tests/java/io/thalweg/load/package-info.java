/** Load tests: their command line, and what all of them share. */
@NullMarked
package io.thalweg.load;

import org.jspecify.annotations.NullMarked;
