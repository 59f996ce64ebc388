package io.thalweg.estimator;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import io.thalweg.linalg.Kernels;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Directions D_i(x) = A_i x + b_i along a path, against an independent implementation. */
class GoldenEstimatorsTest {
  static List<Arguments> estimators() {
    return List.of(
        Arguments.of("plain", new Plain()),
        Arguments.of("ema", new Momentum()),
        Arguments.of("storm", new Storm()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("estimators")
  void estimates_follow_the_reference(String name, Estimator estimator) {
    JsonNode golden = Golden.read("estimators");
    double[] weight = Golden.numbers(golden.get("weight"));
    JsonNode path = golden.get("path");
    double[] past = new double[3];
    for (int t = 0; t < path.size(); t++) {
      int sample = golden.get("index").get(t).intValue();
      double[] fresh = direction(golden, sample, Golden.numbers(path.get(t)));
      if (t > 0) {
        double[] before = direction(golden, sample, Golden.numbers(path.get(t - 1)));
        // in two ranges, as a caller that works through a long vector in parts would
        estimator.update(past, before, weight[t], fresh, 0, 1);
        estimator.update(past, before, weight[t], fresh, 1, 3);
      }
      Golden.assertClose(
          name + " at " + t,
          fresh,
          Golden.numbers(golden.get("estimates").get(name).get(t)),
          1e-12);
      past = fresh;
    }
  }

  private static double[] direction(JsonNode golden, int sample, double[] x) {
    double[] out = new double[3];
    Kernels.gemv(3, 3, Golden.numbers(golden.get("A").get(sample)), x, out);
    Kernels.axpy(1, Golden.numbers(golden.get("b").get(sample)), out);
    return out;
  }
}
