package io.thalweg.load.report;

import java.util.List;

/**
 * How long a running job takes to answer commands.
 *
 * @param facts where and with what
 * @param rate samples per second that it takes in meanwhile
 * @param setting how it publishes
 * @param commands sent one after the other
 * @param rejected of them
 * @param roundTrip from the call to the committed answer, in milliseconds
 * @param targets what was asked
 * @param verdict one line
 */
public record ControlResult(
    Facts facts,
    double rate,
    String setting,
    int commands,
    int rejected,
    Latency roundTrip,
    List<Target> targets,
    String verdict) {}
