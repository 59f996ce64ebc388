/** The HTTP server of a job: its page, its health, its metrics; the only user of reactor-netty. */
@org.jspecify.annotations.NullMarked
package io.thalweg.page;
