package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;

/**
 * Descent along an evaluated hypergradient that is shaken where it is small. In step k, with h the
 * hypergradient at x after the lower level was improved there:
 *
 * <pre>
 * |h| small and rested:   shift    x becomes P_X(x - eta p), h is evaluated there once more
 *                         folded   h becomes h + p
 * x becomes P_X(x - eta h)
 * </pre>
 *
 * p being the draw of {@link Perturbation}. Both evaluations see the same batches and go on from
 * the same variables of the lower level.
 */
final class PerturbedDescent implements Recipe {
  private final DescentDirection direction;
  private final int[] variables;
  private final Perturbation perturbation;
  private final UpperStep upperStep;
  private final double eta;
  private final int h;
  private final int norm;
  private final double[] drawn;
  private final StepFigures unseen = new StepFigures();

  PerturbedDescent(MethodContext context, DescentDirection direction) {
    this.direction = direction;
    variables = direction.variables();
    eta = context.settings().number("eta", PerturbedAid.DEFAULT_STEP, Range.POSITIVE);
    upperStep = UpperStep.of(context);
    int p = context.oracle().upperDim();
    h = context.layout().slot("h", p);
    norm = context.layout().slot("h-norm", 1);
    int[] together = new int[variables.length + 1];
    together[0] = StateLayout.X;
    System.arraycopy(variables, 0, together, 1, variables.length);
    perturbation = Perturbation.of(context, together);
    drawn = new double[p];
  }

  @Override
  public void begin(State initial) {
    perturbation.begin(initial);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    Batch zeta = input.lower().get(0);
    Batch xi = input.upper().get(0);
    Kernels.copy(now.x, next.x);
    for (int slot : variables) {
      Kernels.copy(now.slots[slot], next.slots[slot]);
    }
    perturbation.carry(now, next);
    double f = evaluate(next, zeta, xi, figures);
    if (perturbation.failed(now, f)) {
      perturbation.giveBack(now, next);
    } else if (perturbation.rested(now) && perturbation.small(next.slots[norm][0])) {
      perturbation.draw(now, next, drawn);
      perturbation.keep(next, f);
      shake(next, zeta, xi);
    } else {
      upperStep.take(next.x, eta, next.slots[h], next);
    }
  }

  private double evaluate(State next, Batch zeta, Batch xi, StepFigures figures) {
    double f = direction.evaluate(next, zeta, xi, next.slots[h], figures);
    next.slots[norm][0] = Kernels.norm2(next.slots[h]);
    return f;
  }

  private void shake(State next, Batch zeta, Batch xi) {
    double[] step = next.slots[h];
    if (perturbation.mode() == Perturbation.Mode.FOLDED) {
      Kernels.axpy(1, step, drawn);
      upperStep.jump(next.x, eta, drawn, next);
    } else {
      upperStep.jump(next.x, eta, drawn, next);
      evaluate(next, zeta, xi, unseen);
      upperStep.take(next.x, eta, step, next);
    }
  }

  @Override
  public void report(State now, Solver.Report sink) {
    sink.figure("hypergradient-norm", now.slots[norm][0]);
    sink.figure("lower-residual", direction.residual(now));
  }
}
