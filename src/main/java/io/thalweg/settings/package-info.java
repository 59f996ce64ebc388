/** A typed, read-only view of the settings a user wrote, keyed as in the job file. */
@NullMarked
package io.thalweg.settings;

import org.jspecify.annotations.NullMarked;
