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
  private final RecordStream stream;
  private final Parts parts;
  private final AutoLearner learner;
  private final Batch batch;
  private final Batch none;
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

    /** Whether members and hyperparameters are judged by it. */
    boolean isJudged(int i);

    /** Whether it is learned. */
    boolean isLearned(int i);

    /** Whether what is lost on it counts; it then is judged or learned. */
    boolean isMeasured(int i);
  }

  OneByOneTrial(RecordStream stream, Parts parts, SampleSchema schema, AutoLearner learner) {
    this.stream = stream;
    this.parts = parts;
    this.learner = learner;
    batch = new Batch(schema, 1);
    none = new Batch(schema, 1);
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
      if (parts.isJudged(i) || parts.isLearned(i)) {
        verdict = take(i);
      }
    }
    return verdict;
  }

  private Verdict take(int i) {
    batch.clear();
    stream.append(batch, i);
    batch.column(batch.schema().column("source"))[0] = parts.source(i);
    Batch learned = parts.isLearned(i) ? batch : none;
    Verdict verdict = learner.take(learned, parts.isJudged(i) ? batch : none);
    removed += learner.removed();
    if (parts.isMeasured(i) && learner.removed() == 0) {
      loss += learned == batch ? learner.scores()[0] : learner.judgedLoss();
      weight++;
    }
    return verdict;
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
