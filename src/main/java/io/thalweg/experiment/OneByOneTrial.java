package io.thalweg.experiment;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Verdict;

/**
 * One pass over a stream, labels at once, in steps of a hundredth of its records, each of which
 * goes in alone: so it is known what was lost on which. Not all of them are judged, learned or
 * measured.
 */
final class OneByOneTrial implements Trial {
  private static final int MOST_JUDGED = 4096;

  private final RecordStream stream;
  private final Parts parts;
  private final AutoLearner learner;
  private final Batch batch;

  /** Records that are judged alone, until one comes that is learned: a step takes both. */
  private final Batch judged;

  private int step;
  private long from;
  private long to;
  private double loss;
  private double weight;
  private long removed;

  /** What becomes of the records. */
  interface Parts {
    /** Where a record is from. */
    int source(int i);

    /**
     * Whether members and hyperparameters are judged by it. If records are not judged and learned
     * at once, there is one that is judged before each that is learned.
     */
    boolean isJudged(int i);

    /** Whether it is learned. */
    boolean isLearned(int i);

    /** Whether what is lost on it counts, if it is learned; if it is judged alone it does. */
    boolean isMeasured(int i);
  }

  OneByOneTrial(RecordStream stream, Parts parts, SampleSchema schema, AutoLearner learner) {
    this.stream = stream;
    this.parts = parts;
    this.learner = learner;
    batch = new Batch(schema, 1);
    judged = new Batch(schema, MOST_JUDGED);
  }

  @Override
  public void draw() {
    from = to;
    step++;
    to = (long) stream.size() * step / StreamTrial.STEPS;
  }

  @Override
  public Verdict step() {
    Verdict verdict = Verdict.Advanced.INSTANCE;
    for (long record = from; record < to; record++) {
      int i = (int) record;
      if (parts.isLearned(i)) {
        batch.clear();
        append(batch, i);
        verdict = parts.isJudged(i) ? learner.take(batch) : learner.take(batch, judged);
        note(i);
      } else if (parts.isJudged(i) && !judged.isFull()) {
        append(judged, i);
      }
    }
    return verdict;
  }

  private void append(Batch into, int i) {
    stream.append(into, i);
    into.column(into.schema().column("source"))[into.size() - 1] = parts.source(i);
  }

  private void note(int i) {
    if (judged.size() > 0) {
      loss += learner.judgedLoss() * judged.size();
      weight += judged.size();
      judged.clear();
    } else if (parts.isMeasured(i) && learner.removed() == 0) {
      loss += learner.scores()[0];
      weight++;
    }
    removed += learner.removed();
  }

  @Override
  public long samples() {
    return to;
  }

  @Override
  public long evaluations() {
    return to * learner.models();
  }

  /** Loss on the records that count, share left out, trust in false labels, and two weights. */
  @Override
  public void measure(double[] out) {
    out[0] = weight > 0 ? loss / weight : StreamTrial.UNKNOWING;
    out[1] = to > 0 ? (double) removed / to : 0;
    out[2] = learner.figure("robust-trust");
    out[3] = learner.figure("source-weight-3");
    out[4] = learner.figure("class-weight-0");
  }
}
