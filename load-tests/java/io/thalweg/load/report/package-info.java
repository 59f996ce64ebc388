/** Results as JSON, plots and the page that is made of them. */
@NullMarked
package io.thalweg.load.report;

import org.jspecify.annotations.NullMarked;
