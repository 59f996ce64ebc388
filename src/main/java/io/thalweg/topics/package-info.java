/**
 * Topics as code: what the topics of a job look like, what a cluster has, the difference, and how
 * to close it without ever deleting anything.
 */
@NullMarked
package io.thalweg.topics;

import org.jspecify.annotations.NullMarked;
