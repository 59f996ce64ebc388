package io.thalweg.peers;

import java.lang.management.ManagementFactory;

/**
 * One run of one peer over one stream: chunk by chunk the stream is drawn, brought into the peer's
 * form, learned and scored. Only learning is timed.
 */
final class Heat {
  private final Source source;
  private final Chunk chunk;
  private final Tally early = new Tally();
  private final Tally late = new Tally();
  private long wall;
  private long cpu;
  private long processCpu;

  private Heat(Source source) {
    this.source = source;
    chunk = new Chunk(source);
  }

  static Outcome run(Source source, Entry entry, int samples) {
    System.gc(); // nobody pays for what the one before left behind
    try (Peer peer = entry.start().get()) {
      return new Heat(source).run(peer, samples);
    }
  }

  /** Mean log-loss of the model that the labels were drawn from, NaN where nobody knows. */
  static double bayesLoss(Source source, int samples) {
    Chunk chunk = new Chunk(source);
    Source.Rows stream = source.open();
    Tally tally = new Tally();
    for (int done = 0; done < samples; done += chunk.rows()) {
      draw(stream, chunk, Math.min(samples - done, Chunk.CAPACITY));
      for (int r = 0; r < chunk.rows(); r++) {
        tally.margin(chunk.truth[r], chunk.label[r]);
      }
    }
    return tally.loss();
  }

  private static void draw(Source.Rows stream, Chunk chunk, int rows) {
    chunk.clear();
    for (int r = 0; r < rows; r++) {
      stream.next(chunk);
    }
  }

  private Outcome run(Peer peer, int samples) {
    Source.Rows stream = source.open();
    int half = samples / 2;
    for (int done = 0; done < samples; done += chunk.rows()) {
      int end = done < half ? half : samples;
      draw(stream, chunk, Math.min(end - done, Chunk.CAPACITY));
      peer.prepare(chunk);
      timed(peer);
      peer.score(done < half ? early : late);
    }
    Tally all = early.with(late);
    return new Outcome(
        wall / 1e9,
        cpu / 1e9,
        processCpu / 1e9,
        all.loss(),
        all.error(),
        late.loss(),
        late.error());
  }

  private void timed(Peer peer) {
    long processBefore = processCpu();
    long before = threadCpu();
    long start = System.nanoTime();
    peer.learn();
    wall += System.nanoTime() - start;
    cpu += threadCpu() - before;
    processCpu += processCpu() - processBefore;
  }

  private static long threadCpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long processCpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
