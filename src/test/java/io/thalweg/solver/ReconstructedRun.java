package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.thalweg.Golden;
import io.thalweg.problem.SaddleCase;
import io.thalweg.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A method on all samples of the strict saddle, beside the run of an independent implementation.
 */
final class ReconstructedRun {
  private static final double TOLERANCE = 1e-10;

  final JsonNode golden;
  private final String method;
  private final SaddleCase saddle = SaddleCase.strict();
  private final StepInput all = StepInput.of(saddle.lower(), saddle.upper());

  ReconstructedRun(String method) {
    this.method = method;
    golden = Golden.read("reconstructed").get(method);
  }

  /** After step 1, with settings of one's own. */
  Solver start(Map<String, ?> keys) {
    Solver solver =
        Methods.create(
            Settings.of("solver", keys),
            saddle.problem(),
            Golden.numbers(golden.get("x0")),
            Golden.numbers(golden.get("y0")),
            Constraint.NONE,
            1);
    solver.step(new StepInput(List.of(), List.of()));
    return solver;
  }

  void move(Solver solver) {
    assertThat(solver.step(all)).isInstanceOf(Verdict.Advanced.class);
  }

  /** Follows the reference to its end. */
  void replay(Consumer<Solver> afterEveryMove) {
    // in this file T is the length of the run
    JsonNode params = golden.get("params").<ObjectNode>deepCopy().without("T");
    Map<String, Object> keys = GoldenKeys.of(method, params);
    keys.put("method", method);
    Solver solver = start(keys);
    double[] x = new double[2];
    double[] y = new double[2];
    JsonNode iterates = golden.get("iterates");
    int moves = golden.get("params").get("T").intValue();
    for (int k = 0; k < moves; k++) {
      move(solver);
      solver.upper(x);
      solver.lower(y);
      if (k < iterates.get("x").size()) {
        close("x of move " + k, x, iterates.get("x").get(k));
        close("y of move " + k, y, iterates.get("y").get(k));
      }
      afterEveryMove.accept(solver);
    }
    close("last x", x, golden.get("end_x"));
    assertThat(saddle.truth().value(x)).isCloseTo(golden.get("end_F").doubleValue(), within(1e-10));
  }

  private static void close(String what, double[] found, JsonNode expected) {
    Golden.assertClose(what, found, Golden.numbers(expected), TOLERANCE);
  }
}
