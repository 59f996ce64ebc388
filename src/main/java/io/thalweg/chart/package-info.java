/** Charts as PNG and SVG files; the only user of the plotting library. */
@NullMarked
package io.thalweg.chart;

import org.jspecify.annotations.NullMarked;
