package io.thalweg.peers;

/** What one would write by hand: stochastic gradient steps of one size in a plain loop. */
final class LoopPeer implements Peer {
  private final double step;
  private final boolean bias;
  private final double[] y;
  private final double[] margins = new double[Chunk.CAPACITY];
  private double constant;
  private Chunk chunk;

  LoopPeer(Source source, double step) {
    this.step = step;
    bias = source.bias();
    y = new double[source.features()];
    chunk = new Chunk(source);
  }

  @Override
  public void prepare(Chunk next) {
    chunk = next;
  }

  @Override
  public void learn() {
    if (chunk.sparse) {
      learnSparse(chunk);
    } else {
      learnDense(chunk);
    }
  }

  private void learnDense(Chunk rows) {
    double[] value = rows.value;
    for (int r = 0; r < rows.rows(); r++) {
      int at = rows.start[r];
      double margin = constant;
      for (int j = 0; j < y.length; j++) {
        margin += y[j] * value[at + j];
      }
      double move = move(r, margin, rows.label[r]);
      for (int j = 0; j < y.length; j++) {
        y[j] += move * value[at + j];
      }
    }
  }

  private void learnSparse(Chunk rows) {
    int[] index = rows.index;
    double[] value = rows.value;
    for (int r = 0; r < rows.rows(); r++) {
      int from = rows.start[r];
      int to = rows.start[r + 1];
      double margin = constant;
      for (int k = from; k < to; k++) {
        margin += y[index[k]] * value[k];
      }
      double move = move(r, margin, rows.label[r]);
      for (int k = from; k < to; k++) {
        y[index[k]] += move * value[k];
      }
    }
  }

  /** Notes the prediction; how far to go along the row. */
  private double move(int row, double margin, double label) {
    margins[row] = margin;
    double move = step * (label - Tally.sigma(margin));
    if (bias) {
      constant += move;
    }
    return move;
  }

  @Override
  public void score(Tally tally) {
    for (int r = 0; r < chunk.rows(); r++) {
      tally.margin(margins[r], chunk.label[r]);
    }
  }
}
