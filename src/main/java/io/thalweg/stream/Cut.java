package io.thalweg.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A point of the stream worth committing: all that must become visible together.
 *
 * @param snapshot what readers get, or null when only dead letters are to be kept
 * @param checkpoint what a restart gets; its {@code previous} is filled in when it is encoded
 * @param deadLetters what could not be used since the last cut
 */
public record Cut(
    @Nullable Snapshot snapshot, Checkpoint checkpoint, List<DeadLetter> deadLetters) {}
