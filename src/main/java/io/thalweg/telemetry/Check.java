package io.thalweg.telemetry;

/**
 * One of the conditions of readiness.
 *
 * @param name which
 * @param ok whether it holds
 * @param detail how it stands, for people
 */
public record Check(String name, boolean ok, String detail) {}
