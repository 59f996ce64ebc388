package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.Kernels;
import io.thalweg.oracle.BilevelOracle;
import io.thalweg.oracle.Capability;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Field;
import io.thalweg.sample.Level;
import io.thalweg.sample.SampleSchema;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The estimators that belong to one method each, SPIDER to vrbo and SAGA to saba, on directions A_i
 * x + b_i along a given path, against an independent implementation.
 */
class GoldenVarianceReductionTest {
  private static final double TOLERANCE = 1e-12;
  private static final double NO_STEP = 1e-300;

  private final JsonNode golden = Golden.read("estimators");
  private final int records = golden.get("A").size();
  private final double[][] path = rows(golden.get("path"));
  private final Directions directions = new Directions();

  private static double[][] rows(JsonNode node) {
    double[][] out = new double[node.size()][];
    for (int i = 0; i < out.length; i++) {
      out[i] = Golden.numbers(node.get(i));
    }
    return out;
  }

  private int index(int t) {
    return golden.get("index").get(t).intValue();
  }

  private double[] expected(String name, int t) {
    return Golden.numbers(golden.get("estimates").get(name).get(t));
  }

  private MethodContext context() {
    return new MethodContext(
        Settings.of("solver", Map.of("method", "vrbo")),
        directions,
        null,
        Constraint.NONE,
        1,
        new StateLayout(directions.upperDim(), directions.lowerDim()));
  }

  @Test
  void the_table_of_saba_follows_the_reference() {
    MethodContext context = context();
    SagaTable table = new SagaTable(context, Level.UPPER, "upper", directions.upperDim(), false);
    State now = context.layout().allocate();
    State next = context.layout().allocateBeside(now);
    double[] estimate = new double[directions.upperDim()];
    for (int t = 0; t < path.length; t++) {
      Batch one = directions.batch(index(t));
      double[] fresh = new double[directions.upperDim()];
      directions.gradUpperX(path[t], new double[1], one, fresh);
      table.open(one);
      table.put(0, 0, fresh);
      table.estimate(now, next, one, estimate);
      table.keep(now, one);
      Golden.assertClose("saga at " + t, estimate, expected("saga", t), TOLERANCE);
      State old = now;
      now = next;
      next = old;
    }
  }

  /**
   * A move corrects its estimate at the point it comes to, which here the path says and no step
   * moves: after move k it is that of point k + 1, unless the next move refreshes it there.
   */
  @Test
  void the_estimate_of_vrbo_follows_the_reference() {
    int period = golden.get("spider_period").intValue();
    MethodContext context = context();
    VrboRecipe recipe =
        new VrboRecipe(
            context, NO_STEP, NO_STEP, new VrboRecipe.Counts(period, 1, 0, 1, records), 1);
    State now = context.layout().allocate();
    State next = context.layout().allocate();
    int refreshed = 0;
    for (int k = 0; k + 1 < path.length; k++) {
      Kernels.copy(path[k], now.x);
      now.counters[StateLayout.T] = k + 1;
      recipe.step(now, path[k + 1], next, input(recipe.next(now), index(k + 1)), new StepFigures());
      assertThat(next.x).containsExactly(path[k + 1]);
      if (k % period == 0) {
        refreshed++;
        assertThat(next.slots[context.layout().slots() - 1][0])
            .isCloseTo(Kernels.norm2(expected("spider", k)), within(TOLERANCE));
      }
      if ((k + 1) % period != 0) {
        double[] estimate = next.slots[2];
        assertThat(context.layout().slotName(2)).isEqualTo("e-x");
        Golden.assertClose("spider at " + (k + 1), estimate, expected("spider", k + 1), TOLERANCE);
      }
      State old = now;
      now = next;
      next = old;
    }
    assertThat(refreshed).isEqualTo(3);
  }

  /** All records where the move refreshes, then the one of the move as often as it is asked for. */
  private StepInput input(Consumption need, int index) {
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < need.upper(); i++) {
      batches.add(directions.batch(i < need.upper() - 2 ? i : index));
    }
    return new StepInput(batches, batches);
  }

  /** fx = mean of A_i x + b_i over the records that a batch names; nothing else is there. */
  private final class Directions implements BilevelOracle {
    private final SampleSchema schema =
        new SampleSchema(List.of(Field.index("index", records)), false);

    Batch batch(int record) {
      Batch out = new Batch(schema, 1);
      out.openRow();
      out.set(0, 0, record);
      out.commitRow();
      return out;
    }

    @Override
    public int upperDim() {
      return path[0].length;
    }

    @Override
    public int lowerDim() {
      return 1;
    }

    @Override
    public Set<Capability> capabilities() {
      return EnumSet.allOf(Capability.class);
    }

    @Override
    public SampleSchema schema(Level level) {
      return schema;
    }

    @Override
    public double upperValue(double[] x, double[] y, Batch xi) {
      return 0;
    }

    @Override
    public double lowerValue(double[] x, double[] y, Batch zeta) {
      return 0;
    }

    @Override
    public double upperGradients(double[] x, double[] y, Batch xi, double[] fx, double[] fy) {
      gradUpperX(x, y, xi, fx);
      return gradUpperY(x, y, xi, fy);
    }

    @Override
    public void gradUpperX(double[] x, double[] y, Batch xi, double[] fx) {
      double[] one = new double[fx.length];
      Arrays.fill(fx, 0);
      for (int r = 0; r < xi.size(); r++) {
        int i = (int) xi.column(0)[r];
        Kernels.gemv(fx.length, fx.length, Golden.numbers(golden.get("A").get(i)), x, one);
        Kernels.axpy(1.0 / xi.size(), one, fx);
        Kernels.axpy(1.0 / xi.size(), Golden.numbers(golden.get("b").get(i)), fx);
      }
    }

    @Override
    public double gradUpperY(double[] x, double[] y, Batch xi, double[] fy) {
      Arrays.fill(fy, 0);
      return 0;
    }

    @Override
    public void gradLowerX(double[] x, double[] y, Batch zeta, double[] gx) {
      Arrays.fill(gx, 0);
    }

    @Override
    public double gradLowerY(double[] x, double[] y, Batch zeta, double[] gy) {
      Arrays.fill(gy, 0);
      return 0;
    }

    @Override
    public void hvp(double[] x, double[] y, double[] v, Batch zeta, double[] hv) {
      Arrays.fill(hv, 0);
    }

    @Override
    public void jvp(double[] x, double[] y, double[] v, Batch zeta, double[] jv) {
      Arrays.fill(jv, 0);
    }
  }
}
