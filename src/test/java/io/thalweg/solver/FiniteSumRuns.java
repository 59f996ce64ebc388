package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.linalg.SplitMix64;
import io.thalweg.problem.FiniteSumCase;
import io.thalweg.sample.Batch;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs over the finite sum of the golden files, fed in the order in which its authors drew. */
final class FiniteSumRuns {
  final FiniteSumCase sum = new FiniteSumCase();

  /**
   * What is drawn for a step, in order: L and U one record, q a number below Q that we draw too.
   */
  private static String order(String method, Map<String, ?> keys, Consumption need) {
    return switch (method) {
      case "soba", "implicit-soba", "saba" -> "LU";
      case "fdehbo" -> "LLULU";
      case "stocbio" ->
          "L".repeat((int) keys.get("inner-steps"))
              + "U"
              + "L".repeat(need.lower() - (int) keys.get("inner-steps"));
      case "mrbo" -> "LU" + "L".repeat(need.lower() - 1);
      case "ttsa", "sustain" -> "LUq" + "L".repeat(need.lower() - 1);
      case "f2sa" -> "LUL".repeat((int) keys.get("T")) + "ULL";
      case "vrbo" -> {
        int small = (int) keys.get("small-batch");
        int times = (int) keys.get("inner-steps") + 1;
        String both = ("L".repeat(small) + "U".repeat(small)).repeat(times);
        yield (need.lower() > small * times ? "*" : "") + both;
      }
      default -> throw new IllegalArgumentException(method);
    };
  }

  /** The settings of a run by the names of the golden files. */
  static Map<String, Object> keys(String method, JsonNode params) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    for (var it = params.fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = it.next();
      JsonNode value = entry.getValue();
      switch (entry.getKey()) {
        case "K", "rng_start" -> {}
        case "lam" -> keys.put("lambda", value.doubleValue());
        case "lam0" -> keys.put("lambda0", value.doubleValue());
        case "T" -> keys.put("T", value.intValue());
        case "growth" -> keys.put("growth", value.textValue());
        case "c_eta" -> keys.put("c-eta", value.doubleValue());
        case "r_v" -> keys.put("r-v", value.doubleValue());
        case "d" -> {
          keys.put("delta", value.doubleValue());
          keys.put("scale-delta", false);
        }
        case "const" -> keys.put("decay", 0);
        case "exact" -> keys.put("exact", value.booleanValue());
        case "D" -> keys.put("inner-steps", value.intValue());
        case "m" -> {
          if (method.equals("vrbo")) {
            keys.put("inner-steps", value.intValue());
          } else {
            keys.put("m", value.doubleValue());
          }
        }
        case "q" -> keys.put("period", value.intValue());
        case "Q" -> keys.put("neumann-terms", value.intValue());
        case "S2" -> {
          keys.put("small-batch", value.intValue());
          keys.put("large-batch", 24);
        }
        default -> keys.put(entry.getKey(), value.doubleValue());
      }
    }
    return keys;
  }

  Solver create(Map<String, ?> keys, long seed) {
    return Methods.create(
        Settings.of("solver", keys), sum.problem(), sum.x0(), sum.y0(), Constraint.NONE, seed);
  }

  /** All records in every batch. */
  StepInput everything(Consumption need) {
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

  /** One record in every batch, drawn one after the other. */
  final class Drawn {
    final List<Integer> indices = new ArrayList<>();
    private final SplitMix64 rng;
    private final Map<String, ?> keys;
    private final int n = sum.lower().size();

    Drawn(Map<String, ?> keys, long seed) {
      this.keys = keys;
      rng = new SplitMix64(seed);
    }

    StepInput next(Consumption need) {
      List<Batch> lower = new ArrayList<>();
      List<Batch> upper = new ArrayList<>();
      if (need.equals(Consumption.NONE)) {
        return new StepInput(lower, upper);
      }
      for (char what : order((String) keys.get("method"), keys, need).toCharArray()) {
        switch (what) {
          case 'L' -> lower.add(sum.lower(draw(n)));
          case 'U' -> upper.add(sum.upper(draw(n)));
          case 'q' ->
              assertThat(draw((int) keys.get("neumann-terms")))
                  .as("q as the method drew it")
                  .isEqualTo(need.lower() - 2);
          default -> {
            for (int i = 0; i < n; i++) {
              lower.add(sum.lower(i));
              upper.add(sum.upper(i));
            }
          }
        }
      }
      return new StepInput(lower, upper);
    }

    private int draw(int below) {
      int index = rng.index(below);
      indices.add(index);
      return index;
    }
  }

  /** The first step and {@code moves} more. */
  double[] play(Solver solver, Drawn drawn, int moves) {
    for (int k = 0; k <= moves; k++) {
      assertThat(solver.step(drawn.next(solver.next()))).isInstanceOf(Verdict.Advanced.class);
    }
    return x(solver);
  }

  static double[] x(Solver solver) {
    double[] x = new double[solver.upperDim()];
    solver.upper(x);
    return x;
  }

  static double[] y(Solver solver) {
    double[] y = new double[solver.lowerDim()];
    solver.lower(y);
    return y;
  }
}
