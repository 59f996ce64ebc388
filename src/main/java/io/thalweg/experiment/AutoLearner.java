package io.thalweg.experiment;

import io.thalweg.metric.RankCounts;
import io.thalweg.oracle.Ranking;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraints;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.Standardization;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The method {@code auto}, as a job would run it, on records that serve both levels. They go to it
 * in batches of one, so that the loss of each is known; batches make no difference to it.
 */
final class AutoLearner implements StreamTrial.Learner {
  private final Solver solver;
  private final int models;
  private final double referenceStep;
  private final Recoveries recoveries;
  private final RankCounts ranks = new RankCounts();
  private final Batch record;
  private final StepInput input;
  private final double[] upper;
  private double loss;
  private double weight;
  private double mixed;
  private double reference;

  AutoLearner(
      Problem problem,
      Map<String, ?> settings,
      @Nullable Standardization standardization,
      double referenceStep,
      Recoveries recoveries,
      long seed) {
    this.referenceStep = referenceStep;
    this.recoveries = recoveries;
    Solver own =
        Methods.create(
            Settings.of("solver", settings),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraints.of(
                Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
            seed);
    solver = standardization == null ? own : standardization.around(own, problem);
    if (solver.step(new StepInput(List.of(), List.of())) instanceof Verdict.Refused refused) {
      throw new IllegalStateException(refused.reason());
    }
    int[] count = new int[1];
    solver.members((name, share, y) -> count[0]++);
    models = count[0];
    record = new Batch(problem.schema(Level.LOWER), 1);
    input = StepInput.of(record, record);
    upper = new double[solver.upperDim()];
  }

  @Override
  public Verdict take(Batch batch) {
    for (int r = 0; r < batch.size(); r++) {
      record.clear();
      record.appendRow(batch, r);
      Verdict verdict = solver.step(input);
      if (verdict instanceof Verdict.Refused) {
        return verdict;
      }
      double[] scores = solver.figures().scores();
      if (scores[2] > 0) {
        loss += scores[0];
        weight += scores[2];
        recoveries.add(scores[0]);
      }
      Ranking ranking = solver.figures().ranking();
      for (int i = 0; i < ranking.size(); i++) {
        ranks.add(ranking.score(i), ranking.isPositive(i));
      }
    }
    return Verdict.Advanced.INSTANCE;
  }

  /** Takes in records that are learned, and others that are judged. */
  Verdict take(Batch learned, Batch judged) {
    return solver.step(StepInput.of(learned, judged));
  }

  /** Mean loss of the records judged last. */
  double judgedLoss() {
    return solver.figures().upperLoss();
  }

  /** Loss, error and weight of the records learned last. */
  double[] scores() {
    return solver.figures().scores();
  }

  /** How many of them were left out. */
  int removed() {
    return solver.figures().removals();
  }

  /** A figure that the method reports, 0 where it does not. */
  double figure(String name) {
    double[] out = new double[1];
    solver.report(
        (figure, value) -> {
          if (figure.equals(name)) {
            out[0] = value;
          }
        });
    return out[0];
  }

  @Override
  public int models() {
    return models;
  }

  @Override
  public void measure(double[] out) {
    if (weight > 0) {
      solver.report(this::hear);
    } else {
      mixed = StreamTrial.UNKNOWING;
      reference = StreamTrial.UNKNOWING;
    }
    out[0] = weight > 0 ? loss / weight : StreamTrial.UNKNOWING;
    out[1] = mixed;
    out[2] = reference;
    out[3] = out[0] / reference;
    out[4] = referenceStep;
    out[5] = StreamTrial.known(ranks.auc());
    out[6] = recoveries.mean();
    solver.upper(upper);
    int penalties = upper.length - solver.ownUpper();
    out[7] = geometricMean(0, penalties);
    out[8] = geometricMean(penalties, upper.length);
  }

  /** L2 weights are tuned on the log scale, step sizes always are. */
  private double geometricMean(int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += upper[i];
    }
    return StrictMath.exp(sum / (to - from));
  }

  private void hear(String figure, double value) {
    if (figure.equals("prequential-loss-mixed")) {
      mixed = value;
    } else if (figure.equals("reference-loss")) {
      reference = value;
    }
  }
}
