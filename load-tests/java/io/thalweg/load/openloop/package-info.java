/** The open-loop generator: samples on a fixed schedule, four latencies seen from outside. */
@NullMarked
package io.thalweg.load.openloop;

import org.jspecify.annotations.NullMarked;
