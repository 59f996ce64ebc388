package io.thalweg.config;

/**
 * Where the page, health and metrics are served.
 *
 * @param bind address to listen at
 * @param port port to listen at, 0 for a free one
 */
public record Http(String bind, int port) {}
