/** Samples per CPU-second from Kafka to committed snapshots, and the cost of its parts. */
@NullMarked
package io.thalweg.load.bench;

import org.jspecify.annotations.NullMarked;
