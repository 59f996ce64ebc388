/** Bytes to records and back: sample formats, snapshots, checkpoints. */
@NullMarked
package io.thalweg.wire;

import org.jspecify.annotations.NullMarked;
