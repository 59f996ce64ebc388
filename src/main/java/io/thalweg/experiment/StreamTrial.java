package io.thalweg.experiment;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Verdict;

/**
 * One pass over a stream in steps of a hundredth of its records: every record is predicted, and
 * learned when its label comes. With late labels the last step goes on past the end, by records
 * whose own labels never come, until the last label of the stream is in: so every record of it
 * counts once, and no other.
 */
final class StreamTrial implements Trial {
  /** Steps of a whole pass. */
  static final int STEPS = 100;

  /** The loss of even odds, which is that of a model of zero weights. */
  static final double UNKNOWING = StrictMath.log(2);

  /** The area under the ROC curve of even odds. */
  private static final double NO_ORDER = 0.5;

  private final RecordStream stream;
  private final int delay;
  private final Learner learner;
  private final Batch batch;
  private int step;
  private long records;

  /** What goes along a stream. */
  interface Learner {
    /** Takes the next records in. */
    Verdict take(Batch batch);

    /** Models that learn. */
    int models();

    /** Measures what was lost on the records whose labels came. */
    void measure(double[] out);
  }

  /** An area under the ROC curve that is not known before records of both classes came. */
  static double known(double auc) {
    return Double.isNaN(auc) ? NO_ORDER : auc;
  }

  StreamTrial(RecordStream stream, SampleSchema schema, int delay, Learner learner) {
    this.stream = stream;
    this.delay = delay;
    this.learner = learner;
    batch = new Batch(schema, stream.size() / STEPS + 1 + delay);
  }

  @Override
  public void draw() {
    batch.clear();
    long to = (long) stream.size() * (step + 1) / STEPS;
    for (long i = records; i < to; i++) {
      stream.append(batch, (int) i);
    }
    records = to;
    step++;
    if (step == STEPS) {
      for (int i = 0; i < delay; i++) {
        stream.append(batch, i % stream.size());
      }
    }
  }

  @Override
  public Verdict step() {
    return batch.size() == 0 ? Verdict.Advanced.INSTANCE : learner.take(batch);
  }

  @Override
  public long samples() {
    return records;
  }

  @Override
  public long evaluations() {
    return records * learner.models();
  }

  @Override
  public void measure(double[] out) {
    learner.measure(out);
  }
}
