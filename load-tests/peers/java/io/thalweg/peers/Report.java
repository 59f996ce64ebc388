package io.thalweg.peers;

import java.util.List;

/**
 * A whole run, as it is kept in {@code peers.json}.
 *
 * @param command that writes it
 * @param machine where it was taken
 * @param rounds that medians are of, after one to warm up
 * @param share of the samples of a whole run; below 1 it was only a look
 * @param streams in the order they ran
 */
record Report(
    String command, Machine machine, int rounds, double share, List<StreamResult> streams) {}
