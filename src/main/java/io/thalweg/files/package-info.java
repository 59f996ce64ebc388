/** Ports of the pipeline on plain files: samples in, snapshots out, no broker. */
@NullMarked
package io.thalweg.files;

import org.jspecify.annotations.NullMarked;
