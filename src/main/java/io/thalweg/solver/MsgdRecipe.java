package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;

/**
 * The step of momentum SGD: with k = 0, 1, ... and x_{-1} = x_0
 *
 * <pre>
 * x_{k+1} = P_X(x_k - eta_k grad f(x_k; xi_k) + m_k (x_k - x_{k-1}))
 * </pre>
 *
 * where x_k and x_{k-1} are the projected points. Step 1 is x_0, step k + 2 makes x_{k+1}.
 */
final class MsgdRecipe implements Recipe {
  private final BilevelOracle oracle;
  private final Schedule eta;
  private final Annealing annealing;
  private final UpperStep upperStep;
  private final int previous;
  private final int norm;
  private final double[] gradient;
  private final double[] none;

  MsgdRecipe(MethodContext context, Schedule eta, Annealing annealing) {
    this.oracle = context.oracle();
    this.eta = eta;
    this.annealing = annealing;
    this.upperStep = UpperStep.of(context);
    previous = context.layout().slot("previous", oracle.upperDim());
    norm = context.layout().slot("gradient-norm", 1);
    gradient = new double[oracle.upperDim()];
    none = new double[oracle.lowerDim()];
  }

  @Override
  public Consumption next(State now) {
    return Consumption.ONE_UPPER;
  }

  @Override
  public void begin(State initial) {
    Kernels.copy(initial.x, initial.slots[previous]);
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    long k = now.t() - 1;
    double loss = oracle.upperGradients(now.x, now.y, input.upper().get(0), gradient, none);
    figures.losses(loss, Double.NaN);
    double step = stepSize(k);
    double momentum = annealing.momentum(k);
    double[] before = now.slots[previous];
    for (int i = 0; i < next.x.length; i++) {
      next.x[i] = now.x[i] - step * gradient[i] + momentum * (now.x[i] - before[i]);
    }
    upperStep.project(next);
    figures.hypergradient(gradient);
    Kernels.copy(now.x, next.slots[previous]);
    next.slots[norm][0] = Kernels.norm2(gradient);
  }

  /** The momentum is that of the way from x_{k-1}. */
  @Override
  public void moved(State now, Constraint constraint) {
    constraint.project(now.slots[previous]);
  }

  private double stepSize(long k) {
    return eta.at(k + 1) * annealing.stepFactor(k);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    long last = Math.max(0, now.t() - 2);
    sink.figure("hypergradient-norm", now.slots[norm][0]);
    sink.figure("step-size", stepSize(last));
    sink.figure("momentum", annealing.momentum(last));
  }
}
