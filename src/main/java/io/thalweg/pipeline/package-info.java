/** From polled records to cuts worth committing, with demand; ports for source and sink. */
@NullMarked
package io.thalweg.pipeline;

import org.jspecify.annotations.NullMarked;
