package io.thalweg.app;

import io.thalweg.problem.Problem;
import io.thalweg.settings.Settings;
import io.thalweg.solver.Constraints;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The same model trained by the same method on the same batches with its hyperparameters held at
 * their defaults (a box of one point): what a user would have without tuning. Scored before it
 * learns, like the tuned one. Written by the solver's thread, read by anyone.
 */
final class ReferenceModel implements Consumer<StepInput> {
  private final Solver solver;
  private final double[] scores = new double[3];
  private volatile double[] published = new double[3];

  ReferenceModel(Problem problem, Settings solverSettings, double[] lower, long seed) {
    double[] x = problem.defaultUpper();
    this.solver =
        Methods.create(
            solverSettings,
            problem,
            x,
            lower,
            Constraints.of(
                Settings.of("upper", Map.of()), x.length, new double[][] {x.clone(), x.clone()}),
            seed);
  }

  @Override
  public void accept(StepInput input) {
    solver.step(input);
    double[] step = solver.figures().scores();
    for (int k = 0; k < scores.length; k++) {
      scores[k] += step[k];
    }
    published = scores.clone();
  }

  /** Mean prequential loss so far, NaN before the first sample. */
  double loss() {
    double[] now = published;
    return now[0] / now[2];
  }

  /** Mean prequential error so far, NaN before the first sample. */
  double error() {
    double[] now = published;
    return now[1] / now[2];
  }
}
