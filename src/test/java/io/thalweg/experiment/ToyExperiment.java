package io.thalweg.experiment;

import io.thalweg.solver.Verdict;
import java.util.List;
import java.util.Map;

/**
 * The value 1 halves with every step of two samples. Arms: one that does, one that breaks at a step
 * on even seeds, in one of the ways a run can break.
 */
final class ToyExperiment implements Experiment {
  private final Map<String, Object> failing;
  private final List<Expectation> expectations;

  ToyExperiment(Map<String, Object> failing, List<Expectation> expectations) {
    this.failing = failing;
    this.expectations = expectations;
  }

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public String summary() {
    return "Halving.";
  }

  @Override
  public String source() {
    return "none";
  }

  @Override
  public String duration() {
    return "0 s";
  }

  @Override
  public List<Arm> arms() {
    return List.of(
        new Arm("sound", Map.of("method", "half")),
        new Arm("frail", Map.of("method", "half"), failing));
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades("value", "v"), Measure.rootMeanSquare("mean", "m"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(Horizon.Unit.STEPS, 16, 2, 2, 4, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target("value", 0.25));
  }

  @Override
  public List<Expectation> expectations() {
    return expectations;
  }

  @Override
  public Trials open(Shelf shelf) {
    return (arm, seed) ->
        new Trial() {
          private int steps;
          private double value = 1;
          private boolean breaks;

          @Override
          public void draw() {}

          @Override
          public Verdict step() {
            steps++;
            breaks =
                seed % 2 == 0
                    && steps == arm.options().integer("step", Integer.MAX_VALUE)
                    && arm.name().equals("frail");
            String how = arm.options().text("how", "");
            if (breaks && how.equals("refused")) {
              return new Verdict.Refused("u was not finite");
            }
            if (breaks && how.equals("thrown")) {
              throw new IllegalStateException("thrown out");
            }
            value = breaks ? Double.NaN : value / 2;
            return Verdict.Advanced.INSTANCE;
          }

          @Override
          public long samples() {
            return 2L * steps;
          }

          @Override
          public long evaluations() {
            return 3L * steps;
          }

          @Override
          public void measure(double[] out) {
            out[0] = value;
            out[1] = value;
          }
        };
  }
}
