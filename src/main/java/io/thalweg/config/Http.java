package io.thalweg.config;

import org.jspecify.annotations.Nullable;

/**
 * Where the page, health and metrics of a job are served, and who may command it there.
 *
 * @param enabled whether they are
 * @param bind address or host name to listen at
 * @param port TCP port, 0 for a free one
 * @param token what a command must show, null where none is taken
 */
public record Http(boolean enabled, String bind, int port, @Nullable Token token) {}
