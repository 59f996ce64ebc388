/** Meters, health and what the page shows of a job; listens to the pipeline and decides nothing. */
@org.jspecify.annotations.NullMarked
package io.thalweg.telemetry;
