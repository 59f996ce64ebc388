package io.thalweg.experiment;

import io.thalweg.oracle.CountingOracle;
import io.thalweg.problem.Problem;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.Constraint;
import io.thalweg.solver.Consumption;
import io.thalweg.solver.Methods;
import io.thalweg.solver.Solver;
import io.thalweg.solver.StepInput;
import io.thalweg.solver.Verdict;
import java.util.List;

/** A method of the catalogue at work on a problem whose answer is known. */
public final class SolverTrial implements Trial {
  private final CountingOracle oracle;
  private final Solver solver;
  private final Samples samples;
  private final Gauge gauge;
  private final double[] x;
  private final double[] y;
  private StepInput input = new StepInput(List.of(), List.of());
  private long drawn;

  /** Measures a point. */
  @FunctionalInterface
  public interface Gauge {
    /**
     * Measures.
     *
     * @param x upper variable, not modified
     * @param y lower variable, not modified
     * @param out receives one value per measure of the experiment
     */
    void measure(double[] x, double[] y, double[] out);
  }

  /**
   * What a run is made of.
   *
   * @param problem of this run alone: problems keep scratch
   * @param x1 initial upper variable
   * @param y1 initial lower variable
   * @param constraint set of the upper variable
   * @param samples the stream
   * @param gauge measures, of this run alone
   */
  public record Instance(
      Problem problem,
      double[] x1,
      double[] y1,
      Constraint constraint,
      Samples samples,
      Gauge gauge) {}

  /**
   * A run at its initial point.
   *
   * @param arm the method and its settings
   * @param instance what it runs on
   * @param seed of the method's own generator
   * @throws io.thalweg.settings.SettingException when the method does not take the settings
   */
  public SolverTrial(Arm arm, Instance instance, long seed) {
    oracle = new CountingOracle(instance.problem());
    solver =
        Methods.create(
            arm.settings(), oracle, instance.x1(), instance.y1(), instance.constraint(), seed);
    samples = instance.samples();
    gauge = instance.gauge();
    x = instance.x1().clone();
    y = instance.y1().clone();
  }

  @Override
  public void draw() {
    Consumption next = solver.next();
    List<Batch> upper = samples.next(Level.UPPER, next.upper());
    List<Batch> lower = samples.next(Level.LOWER, next.lower());
    input = new StepInput(lower, upper);
    upper.forEach(batch -> drawn += batch.size());
    lower.forEach(batch -> drawn += batch.size());
  }

  @Override
  public Verdict step() {
    return solver.step(input);
  }

  @Override
  public long samples() {
    return drawn;
  }

  @Override
  public long evaluations() {
    return oracle.evaluations();
  }

  @Override
  public void measure(double[] out) {
    if (solver.steps() > 0) {
      solver.upper(x);
      solver.lower(y);
    }
    gauge.measure(x, y, out);
  }
}
