/**
 * Models that learn one record after the other, each with steps of its own, and the weights by
 * which they are trusted. Learning is in place: a record that could lead anywhere non-finite is
 * refused before it touches a model.
 */
@NullMarked
package io.thalweg.portfolio;

import org.jspecify.annotations.NullMarked;
