package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * Move k = 0, 1, ... of F2SA from (x, y, z):
 *
 * <ol>
 *   <li>T times: draw s1, z becomes z - c_k gy(x, z; s1); draw w, s2, y becomes y - a_k (fy(x, y;
 *       w) + lambda_k gy(x, y; s2))
 *   <li>draw w, s3, s4, x becomes P_X(x - xi a (fx(x, y; w) + lambda_k (gx(x, y; s3) - gx(x, z;
 *       s4))))
 * </ol>
 *
 * <p>linear: lambda grows by delta, a_k = alpha / (1 + lambda_k), c_k = gamma, the step of x is xi
 * alpha. paper: lambda_k = lambda_0 (k + 1)^(1/7), a_k = alpha (k + 1)^(-5/7), c_k = gamma (k +
 * 1)^(-4/7), the step of x is xi a_k. Draws are batches: lower ones s1, s2 of every round, then s3,
 * s4; upper ones w of every round, then w.
 */
final class F2saRecipe implements Recipe {
  static final String LINEAR = "linear";
  static final String PAPER = "paper";
  static final List<String> GROWTHS = List.of(LINEAR, PAPER);
  static final int T = 5;
  static final double ALPHA = 0.2;
  static final double GAMMA = 0.3;
  static final double XI = 0.5;
  static final double LAMBDA0 = 1;
  static final double DELTA = 0.05;

  private final BilevelOracle oracle;
  private final UpperStep upperStep;
  private final int rounds;
  private final double alpha;
  private final double gamma;
  private final double xi;
  private final double lambda0;
  private final double delta;
  private final boolean linear;
  private final Consumption consumption;
  private final int z;
  private final int lambda;
  private final Figure hypergradient;
  private final Figure residual;
  private final double[] fx;
  private final double[] gx;
  private final double[] fy;
  private final double[] gy;

  F2saRecipe(MethodContext context) {
    Settings settings = context.settings();
    oracle = context.oracle();
    rounds = Keys.count(settings, "T", T);
    alpha = settings.number("alpha", ALPHA, Range.POSITIVE);
    gamma = settings.number("gamma", GAMMA, Range.POSITIVE);
    xi = settings.number("xi", XI, Range.POSITIVE);
    lambda0 = settings.number("lambda0", LAMBDA0, Range.POSITIVE);
    delta = settings.number("delta", DELTA, Range.POSITIVE);
    linear = Keys.choice(settings, "growth", GROWTHS, PAPER).equals(LINEAR);
    consumption = new Consumption(2 * rounds + 2, rounds + 1);
    z = context.layout().slot("z", oracle.lowerDim());
    lambda = context.layout().slot("lambda", 1);
    hypergradient = Figure.of(context, "hypergradient-norm");
    residual = Figure.of(context, "lower-residual");
    upperStep = UpperStep.of(context);
    fx = new double[oracle.upperDim()];
    gx = new double[oracle.upperDim()];
    fy = new double[oracle.lowerDim()];
    gy = new double[oracle.lowerDim()];
  }

  @Override
  public Consumption next(State now) {
    return consumption;
  }

  @Override
  public void begin(State initial) {
    Kernels.copy(initial.y, initial.slots[z]);
    initial.slots[lambda][0] = lambda0;
  }

  @Override
  public void step(State now, State next, StepInput input, StepFigures figures) {
    List<Batch> lower = input.lower();
    List<Batch> upper = input.upper();
    double penalty = now.slots[lambda][0];
    double log = StrictMath.log((double) now.t());
    double ofY = linear ? alpha / (1 + penalty) : alpha * StrictMath.exp(-5.0 / 7 * log);
    double ofZ = linear ? gamma : gamma * StrictMath.exp(-4.0 / 7 * log);
    double ofX = linear ? xi * alpha : xi * ofY;
    double[] x = now.x;
    double[] y = next.y;
    double[] follower = next.slots[z];
    Kernels.copy(now.y, y);
    Kernels.copy(now.slots[z], follower);
    for (int i = 0; i < rounds; i++) {
      double g = oracle.gradLowerY(x, follower, lower.get(2 * i), gy);
      Kernels.axpy(-ofZ, gy, follower);
      residual.note(next, Kernels.norm2(gy));
      double f = oracle.gradUpperY(x, y, upper.get(i), fy);
      if (i == 0) {
        figures.losses(f, g);
      }
      oracle.gradLowerY(x, y, lower.get(2 * i + 1), gy);
      Kernels.axpy(penalty, gy, fy);
      Kernels.axpy(-ofY, fy, y);
    }
    oracle.gradLowerX(x, y, lower.get(2 * rounds), gx);
    oracle.gradLowerX(x, follower, lower.get(2 * rounds + 1), fx);
    Kernels.axpy(-1, fx, gx);
    oracle.gradUpperX(x, y, upper.get(rounds), fx);
    Kernels.axpy(penalty, gx, fx);
    upperStep.take(x, ofX, fx, next);
    hypergradient.note(next, Kernels.norm2(fx));
    next.slots[lambda][0] =
        linear ? penalty + delta : lambda0 * StrictMath.exp(StrictMath.log(now.t() + 1.0) / 7);
  }

  @Override
  public void report(State now, Solver.Report sink) {
    hypergradient.report(now, sink);
    residual.report(now, sink);
    sink.figure("lambda", now.slots[lambda][0]);
    Kernels.add(now.y, -1, now.slots[z], gy);
    sink.figure("lower-distance", Kernels.norm2(gy));
  }
}
