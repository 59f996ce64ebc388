/** Workloads: what is sent when, and what is asked of it. */
@NullMarked
package io.thalweg.load.workload;

import org.jspecify.annotations.NullMarked;
