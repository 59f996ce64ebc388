/**
 * Thalweg and other learners of streams on the same streams in one run. The only code of the
 * project that knows those others; it is no part of the program.
 */
@NullMarked
package io.thalweg.peers;

import org.jspecify.annotations.NullMarked;
