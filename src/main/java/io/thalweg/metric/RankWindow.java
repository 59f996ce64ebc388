package io.thalweg.metric;

/**
 * The area under the ROC curve of the last {@value #SAMPLES} samples, with the bins of {@link
 * RankCounts}.
 */
public final class RankWindow {
  /** Samples that are looked at. */
  public static final int SAMPLES = 4096;

  private static final int PER_WORD = 4;
  private static final int BITS = 16;
  private static final long MASK = 0xffff;

  /** Bin and class of the samples, four to a word, then how many ever came. */
  private final long[] state = new long[SAMPLES / PER_WORD + 1];

  private final RankCounts all = new RankCounts();

  /** No samples. */
  public RankWindow() {}

  /**
   * Takes a sample in, the oldest out.
   *
   * @param score the larger, the likelier positive
   * @param positive its class
   */
  public void add(double score, boolean positive) {
    int last = state.length - 1;
    int at = (int) (state[last] % SAMPLES);
    int shift = BITS * (at % PER_WORD);
    long sample = 2L * RankCounts.bin(score) + (positive ? 1 : 0);
    state[at / PER_WORD] = (state[at / PER_WORD] & ~(MASK << shift)) | (sample << shift);
    state[last]++;
  }

  /**
   * The area under the curve.
   *
   * @return in [0, 1]; NaN where samples of one class are missing
   */
  public double auc() {
    java.util.Arrays.fill(all.state(), 0);
    long size = Math.min(SAMPLES, state[state.length - 1]);
    for (int i = 0; i < size; i++) {
      int sample = (int) ((state[i / PER_WORD] >>> (BITS * (i % PER_WORD))) & MASK);
      all.count(sample >> 1, (sample & 1) == 1, 1);
    }
    return all.auc();
  }

  /**
   * Everything that is remembered, to be saved and restored.
   *
   * @return the live array
   */
  public long[] state() {
    return state;
  }
}
