package io.thalweg.experiment;

import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraints;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.List;
import java.util.Map;

/** The method {@code auto}, as a job would run it, on records that serve both levels. */
final class AutoLearner implements StreamTrial.Learner {
  private final Solver solver;
  private final int models;
  private final double referenceStep;
  private double loss;
  private double weight;
  private double mixed;
  private double reference;

  AutoLearner(Problem problem, Map<String, ?> settings, double referenceStep, long seed) {
    this.referenceStep = referenceStep;
    solver =
        Methods.create(
            Settings.of("solver", settings),
            problem,
            problem.defaultUpper(),
            problem.defaultLower(),
            Constraints.of(
                Settings.of("upper", Map.of()), problem.upperDim(), problem.upperBounds()),
            seed);
    if (solver.step(new StepInput(List.of(), List.of())) instanceof Verdict.Refused refused) {
      throw new IllegalStateException(refused.reason());
    }
    int[] count = new int[1];
    solver.members((name, share, y) -> count[0]++);
    models = count[0];
  }

  @Override
  public Verdict take(Batch batch) {
    Verdict verdict = solver.step(StepInput.of(batch, batch));
    double[] scores = solver.figures().scores();
    loss += scores[0];
    weight += scores[2];
    return verdict;
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
  }

  private void hear(String figure, double value) {
    if (figure.equals("prequential-loss-mixed")) {
      mixed = value;
    } else if (figure.equals("reference-loss")) {
      reference = value;
    }
  }
}
