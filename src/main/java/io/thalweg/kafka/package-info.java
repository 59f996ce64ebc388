/** Adapters between the pipeline's ports and Kafka; no other package knows the clients' types. */
@NullMarked
package io.thalweg.kafka;

import org.jspecify.annotations.NullMarked;
