package io.thalweg.telemetry;

/**
 * A sample that could not be used, for people; its bytes are in the topic of dead letters.
 *
 * @param where lane and offset it was read at
 * @param reason what was expected and what was found
 * @param timeMillis when it was committed
 * @param total how many there were in this process, this one included
 */
public record Letter(String where, String reason, long timeMillis, long total) {}
