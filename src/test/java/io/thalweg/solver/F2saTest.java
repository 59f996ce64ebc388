package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.FiniteSumCase;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** F2SA on the finite sum, against an independent implementation. */
class F2saTest {
  private static final double TOLERANCE = 1e-10;
  private static final int TERMS = 24;

  private final FiniteSumCase sum = new FiniteSumCase();

  private Solver solver(JsonNode params, Map<String, Object> more) {
    Map<String, Object> keys = GoldenKeys.of("f2sa", params);
    keys.put("method", "f2sa");
    keys.putAll(more);
    Solver solver =
        Methods.create(
            Settings.of("solver", keys), sum.problem(), sum.x0(), sum.y0(), Constraint.NONE, 1);
    solver.step(new StepInput(List.of(), List.of()));
    return solver;
  }

  @Test
  void full_batches_follow_the_reference_to_its_end() {
    JsonNode golden = sum.run("full", "f2sa");
    Solver solver = solver(golden.get("params"), Map.of("growth", "linear"));
    StepInput all = all(solver.next());
    for (int k = 0; k < golden.get("params").get("K").intValue(); k++) {
      step(solver, all, golden, k);
    }
    assertEnd(solver, golden);
    assertThat(Recorded.of(solver).doubles.get("lambda")[0]).isCloseTo(101, within(1e-9));
  }

  @Test
  void draws_come_in_the_order_of_the_reference() {
    JsonNode golden = sum.run("stochastic", "f2sa");
    int[] drawn = new int[golden.get("indices").size()];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = golden.get("indices").get(i).intValue();
    }
    SplitMix64 rng = new SplitMix64(golden.get("params").get("rng_start").longValue());
    int[] at = {0};
    IntSupplier draws =
        () -> {
          int index = rng.index(TERMS);
          if (at[0] < drawn.length) {
            assertThat(index).isEqualTo(drawn[at[0]++]);
          }
          return index;
        };
    Solver solver = solver(golden.get("params"), Map.of());
    int rounds = golden.get("params").get("T").intValue();
    for (int k = 0; k < golden.get("params").get("K").intValue(); k++) {
      List<Batch> lower = new ArrayList<>();
      List<Batch> upper = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        lower.add(sum.lower(draws.getAsInt()));
        upper.add(sum.upper(draws.getAsInt()));
        lower.add(sum.lower(draws.getAsInt()));
      }
      upper.add(sum.upper(draws.getAsInt()));
      lower.add(sum.lower(draws.getAsInt()));
      lower.add(sum.lower(draws.getAsInt()));
      step(solver, new StepInput(lower, upper), golden, k);
    }
    assertThat(at[0]).isEqualTo(drawn.length);
    assertEnd(solver, golden);
  }

  private StepInput all(Consumption need) {
    List<Batch> lower = new ArrayList<>();
    List<Batch> upper = new ArrayList<>();
    for (int i = 0; i < need.lower(); i++) {
      lower.add(sum.lower());
    }
    for (int i = 0; i < need.upper(); i++) {
      upper.add(sum.upper());
    }
    return new StepInput(lower, upper);
  }

  /** Move k; lambda of the file is the one the move uses, the other values are those after it. */
  private static void step(Solver solver, StepInput input, JsonNode golden, int k) {
    JsonNode iterates = golden.get("iterates");
    if (k < iterates.get("x").size()) {
      assertClose(solver, "lambda", iterates.get("lam"), k);
    }
    assertThat(solver.step(input)).isInstanceOf(Verdict.Advanced.class);
    if (k < iterates.get("x").size()) {
      assertClose(solver, "x", iterates.get("x"), k);
      assertClose(solver, "y", iterates.get("y"), k);
      assertClose(solver, "z", iterates.get("z"), k);
    }
  }

  private static void assertClose(Solver solver, String slot, JsonNode values, int k) {
    Golden.assertClose(
        slot + " of move " + k,
        Recorded.of(solver).doubles.get(slot),
        Golden.numbers(values.get(k)),
        TOLERANCE);
  }

  private void assertEnd(Solver solver, JsonNode golden) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    Golden.assertClose("last x", x, Golden.numbers(golden.get("end_x")), TOLERANCE);
    assertThat(sum.gap(x)).isCloseTo(golden.get("end_gap").doubleValue(), within(1e-9));
  }
}
