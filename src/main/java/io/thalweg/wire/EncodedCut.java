package io.thalweg.wire;

import io.thalweg.stream.DeadLetter;
import io.thalweg.stream.Header;
import io.thalweg.stream.Positions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cut as it is to be stored: everything in it becomes visible together.
 *
 * @param snapshot value of the snapshot record, or null when this cut publishes none
 * @param snapshotHeaders headers of the snapshot record, empty when there is none
 * @param sha hex SHA-256 of the newest snapshot up to here, empty before the first
 * @param checkpoint value of the checkpoint record
 * @param deadLetters what could not be used since the last cut
 * @param positions where every lane stands
 */
public record EncodedCut(
    byte @Nullable [] snapshot,
    List<Header> snapshotHeaders,
    String sha,
    byte[] checkpoint,
    List<DeadLetter> deadLetters,
    Positions positions) {}
