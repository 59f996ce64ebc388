/**
 * The job file: read with the place of every key, laid over by the environment and the command
 * line, checked against its JSON Schema, and turned into plain records. All mistakes are reported
 * at once.
 */
@NullMarked
package io.thalweg.config;

import org.jspecify.annotations.NullMarked;
