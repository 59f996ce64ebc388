/** Plain records about the log: lanes, positions, ledgers, cuts, snapshots, checkpoints. */
@NullMarked
package io.thalweg.stream;

import org.jspecify.annotations.NullMarked;
