package io.thalweg.experiment;

import io.thalweg.sample.Batch;
import io.thalweg.sample.SampleSchema;
import io.thalweg.solver.Verdict;
import java.util.function.IntPredicate;

/**
 * One pass over a stream, labels at once, in steps of a hundredth of its records, each of which
 * goes in alone: so it is known what was lost on which. Records that do not count are learned like
 * the others, and left out of the measure.
 */
final class OneByOneTrial implements Trial {
  private final RecordStream stream;
  private final IntPredicate ignored;
  private final AutoLearner learner;
  private final Batch batch;
  private int step;
  private long from;
  private long to;
  private double loss;
  private double weight;
  private long removed;

  OneByOneTrial(
      RecordStream stream, IntPredicate ignored, SampleSchema schema, AutoLearner learner) {
    this.stream = stream;
    this.ignored = ignored;
    this.learner = learner;
    batch = new Batch(schema, 1);
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
    for (long i = from; i < to; i++) {
      batch.clear();
      stream.append(batch, (int) i);
      verdict = learner.take(batch);
      removed += learner.removed();
      double[] scores = learner.scores();
      if (!ignored.test((int) i)) {
        loss += scores[0];
        weight += scores[2];
      }
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

  /** Loss on the records that count, share left out, trust in false labels. */
  @Override
  public void measure(double[] out) {
    out[0] = weight > 0 ? loss / weight : StreamTrial.UNKNOWING;
    out[1] = to > 0 ? (double) removed / to : 0;
    out[2] = learner.figure("robust-trust");
  }
}
