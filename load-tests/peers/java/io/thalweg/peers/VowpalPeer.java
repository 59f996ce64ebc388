package io.thalweg.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import vowpalWabbit.learner.VWLearners;
import vowpalWabbit.learner.VWScalarLearner;

/** Vowpal Wabbit in this process, fed its own text format. Its time includes the parser's. */
final class VowpalPeer implements Peer {
  private static final int DECIMALS = 10_000;

  private final VWScalarLearner learner;
  private final String[] lines = new String[Chunk.CAPACITY];
  private final double[] labels = new double[Chunk.CAPACITY];
  private final double[] margins = new double[Chunk.CAPACITY];
  private int rows;

  VowpalPeer(String flags) {
    learner = VWLearners.create("--quiet " + flags);
  }

  @Override
  public void prepare(Chunk chunk) {
    rows = chunk.rows();
    StringBuilder line = new StringBuilder();
    for (int r = 0; r < rows; r++) {
      line.setLength(0);
      line.append(chunk.label[r] > 0 ? "1 |" : "-1 |");
      for (int k = chunk.start[r]; k < chunk.start[r + 1]; k++) {
        line.append(' ').append(chunk.sparse ? chunk.index[k] : k - chunk.start[r]).append(':');
        decimal(chunk.value[k], line);
      }
      lines[r] = line.toString();
      labels[r] = chunk.label[r];
    }
  }

  /** Appends a number of four decimals. */
  private static void decimal(double number, StringBuilder out) {
    long units = Math.round(Math.abs(number) * DECIMALS);
    out.append(number < 0 ? "-" : "").append(units / DECIMALS).append('.');
    long fraction = units % DECIMALS;
    for (int place = DECIMALS / 10; place > 0; place /= 10) {
      out.append((char) ('0' + fraction / place % 10));
    }
  }

  @Override
  public void learn() {
    for (int r = 0; r < rows; r++) {
      margins[r] = learner.learn(lines[r]);
    }
  }

  @Override
  public void score(Tally tally) {
    for (int r = 0; r < rows; r++) {
      tally.margin(margins[r], labels[r]);
    }
  }

  @Override
  public void close() {
    try {
      learner.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
