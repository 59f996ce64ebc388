/**
 * What keeps an eye on a method at work: detectors of drift in a sequence of losses, and the ladder
 * of measures against a method that goes wrong. They hear numbers and answer what they make of
 * them; what is done about it is the business of whoever asked.
 */
@NullMarked
package io.thalweg.watch;

import org.jspecify.annotations.NullMarked;
