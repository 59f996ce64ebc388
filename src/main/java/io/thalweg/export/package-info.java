/** Models as files that other programs read: numpy's formats and ONNX, written by hand. */
@NullMarked
package io.thalweg.export;

import org.jspecify.annotations.NullMarked;
