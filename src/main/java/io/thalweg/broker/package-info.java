/**
 * A real single-node Kafka broker (KRaft) as a child process on loopback, for the demo, for tests
 * and for anyone without a cluster at hand.
 *
 * <p>The broker's classes are never on the class path of this process: the child gets a class path
 * of its own, so that a full disk or a garbage collection in the broker cannot stop or slow the
 * solver.
 */
@NullMarked
package io.thalweg.broker;

import org.jspecify.annotations.NullMarked;
