package io.thalweg.pipeline;

/**
 * A place where records or batches wait between two parts of the pipeline. The first one that is
 * full, seen from the end, lies before what is slowest.
 *
 * @param name poll, decode, batches, lower, upper or commit
 * @param depth what waits there now: records, samples, or cuts before the commit
 * @param capacity what it holds before it asks for nothing more, 0 where that is not known
 */
public record Stage(String name, long depth, long capacity) {}
