/** The command line: mains and wiring; nothing else is decided here. */
@NullMarked
package io.thalweg.app;

import org.jspecify.annotations.NullMarked;
