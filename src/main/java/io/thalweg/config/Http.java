package io.thalweg.config;

/**
 * Where the page, health and metrics of a job are served.
 *
 * @param enabled whether they are
 * @param bind address or host name to listen at
 * @param port TCP port, 0 for a free one
 */
public record Http(boolean enabled, String bind, int port) {}
