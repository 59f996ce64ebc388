package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.problem.ToyCase;
import io.thalweg.settings.Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Methods of relaxed gradient flow against an independent implementation. */
class RelaxedFlowTest {
  private static final double TOLERANCE = 1e-9;

  private static ToyCase of(String name) {
    return switch (name) {
      case "convex" -> ToyCase.convex();
      case "nonconvex" -> ToyCase.nonconvex();
      default -> ToyCase.coreset();
    };
  }

  private static Map<String, Object> settings(JsonNode run, String name) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("lower-batches", 1);
    switch (name) {
      case "qp1", "qp2" -> {
        keys.put("method", "rxgf-" + name);
        keys.put("K", run.get("K").intValue());
        keys.put("ca", run.get("ca").doubleValue());
        keys.put("cg", run.get("cg").doubleValue());
      }
      case "rxgf" -> {
        keys.put("method", "sgf");
        for (String key : List.of("alpha", "gamma", "eps")) {
          keys.put(key, run.get(key).doubleValue());
        }
      }
      case "qcqp" -> {
        keys.put("method", "sequential-qcqp");
        for (String key : List.of("alpha", "eps", "w", "t0", "const")) {
          keys.put(key, run.get(key).doubleValue());
        }
      }
      default -> {
        keys.put("method", "rxgf-qp1");
        keys.put("alpha", run.get("alpha").doubleValue());
        keys.put("gamma", run.get("gamma").doubleValue());
      }
    }
    return keys;
  }

  private static Repeated at(ToyCase toy, Map<String, Object> keys, JsonNode z) {
    Solver solver =
        Methods.create(
            Settings.of("solver", keys), toy.problem(), toy.x(z), toy.y(z), Constraint.NONE, 0);
    Repeated run = new Repeated(solver, toy.lower(), toy.upper());
    run.step();
    return run;
  }

  private static void compare(ToyCase toy, String run, Repeated found, JsonNode z) {
    Golden.assertClose(run + ", x", found.x(), toy.x(z), TOLERANCE);
    Golden.assertClose(run + ", y", found.y(), toy.y(z), TOLERANCE);
  }

  /**
   * In the first move of qp1 and qp2 on the convex toy |grad h| is rounding of 0, and the direction
   * taken out of -grad f is the direction of that rounding: those runs are followed from the second
   * point on.
   */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "convex, qp1, 1",
    "convex, qp2, 1",
    "convex, rxgf, 0",
    "convex, qcqp, 0",
    "nonconvex, qp1, 0",
    "nonconvex, qp2, 0",
    "nonconvex, rxgf, 0",
    "nonconvex, qcqp, 0",
    "coreset, coreset, 0"
  })
  void iterates_follow_the_reference(String problem, String name, int from) {
    ToyCase toy = of(problem);
    JsonNode golden = toy.run(name);
    JsonNode z = golden.get("z");
    Repeated run = at(toy, settings(golden, name), z.get(from));
    assertThat(z).hasSize(50);
    for (int k = from; k < 50; k++) {
      compare(toy, name + " at " + k, run, z.get(k));
      run.step();
      if (golden.has("t")) {
        assertThat(run.figure("step-size"))
            .as("t at %d", k)
            .isCloseTo(golden.get("t").get(k).doubleValue(), within(1e-15));
      }
    }
    int left = golden.get("K").intValue() - 50;
    run.steps(left);
    System.out.printf("%s %s: f %s vs %s, gy %s vs %s%n", problem, name, f(toy, run), golden.get("end_f"), gy(toy, run), golden.get("end_gy"));
    if (golden.has("end_z")) {
      JsonNode e = golden.get("end_z");
      System.out.println(dist(run.x(), toy.x(e)) + " " + dist(run.y(), toy.y(e)));
    }
  }

  private static double dist(double[] a, double[] b) {
    double s = 0;
    for (int i = 0; i < a.length; i++) s += (a[i] - b[i]) * (a[i] - b[i]);
    return Math.sqrt(s);
  }

  private static double f(ToyCase toy, Repeated run) {
    return toy.problem().upperValue(run.x(), run.y(), toy.upper());
  }

  private static double gy(ToyCase toy, Repeated run) {
    double[] gy = new double[toy.problem().lowerDim()];
    toy.problem().gradLowerY(run.x(), run.y(), toy.lower(), gy);
    return Math.sqrt(Arrays.stream(gy).map(g -> g * g).sum());
  }
}
