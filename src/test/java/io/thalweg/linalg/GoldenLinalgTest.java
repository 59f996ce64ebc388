package io.thalweg.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Projections and solves on indefinite matrices, against an independent implementation. */
class GoldenLinalgTest {
  private static final double TOLERANCE = 1e-10;

  static List<Arguments> cases() {
    List<Arguments> out = new ArrayList<>();
    JsonNode cases = Golden.read("linalg").get("cases");
    for (int i = 0; i < cases.size(); i++) {
      out.add(Arguments.of(i, cases.get(i)));
    }
    return out;
  }

  private static double[] get(JsonNode node, String name) {
    return Golden.numbers(node.get(name));
  }

  private static LinearMap map(double[] matrix, int n) {
    return (v, out) -> Kernels.gemv(n, n, matrix, v, out);
  }

  @ParameterizedTest(name = "case {0}")
  @MethodSource("cases")
  void ball_and_simplex(int number, JsonNode node) {
    double[] b = get(node, "b");
    Projections.ball(b, node.get("cfy").doubleValue());
    Golden.assertClose("ball", b, get(node, "ball"), TOLERANCE);
    b = get(node, "b");
    Projections.simplex(b, new double[b.length]);
    Golden.assertClose("simplex", b, get(node, "simplex"), TOLERANCE);
  }

  @ParameterizedTest(name = "case {0}")
  @MethodSource("cases")
  void operator_norm_ball(int number, JsonNode node) {
    double[] g = get(node, "G");
    int rows = node.get("G").size();
    new OperatorNormBall(rows, g.length / rows, node.get("cgxy").doubleValue()).clamp(g);
    Golden.assertClose("operator ball", g, get(node, "operator_ball"), TOLERANCE);
  }

  @ParameterizedTest(name = "case {0}")
  @MethodSource("cases")
  void eigenvalue_clamp_and_the_solve_with_it(int number, JsonNode node) {
    double[] h = get(node, "H");
    int n = node.get("H").size();
    SpectralClamp clamp =
        new SpectralClamp(n, node.get("mu").doubleValue(), node.get("lg").doubleValue());
    clamp.clamp(h);
    Golden.assertClose("clamp", h, get(node, "eig_clamp"), TOLERANCE);
    double[] out = new double[n];
    clamp.solve(get(node, "b"), out);
    Golden.assertClose("clamped solve", out, get(node, "clamped_solve"), TOLERANCE);
  }

  @ParameterizedTest(name = "case {0}")
  @MethodSource("cases")
  void lanczos_for_every_number_of_products(int number, JsonNode node) {
    double[] h = get(node, "H");
    int n = node.get("H").size();
    double[] out = new double[n];
    for (Iterator<Map.Entry<String, JsonNode>> it = node.get("lanczos").fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = it.next();
      LanczosSolve lanczos =
          new LanczosSolve(
              n,
              Integer.parseInt(entry.getKey()),
              node.get("mu").doubleValue(),
              node.get("lg").doubleValue());
      lanczos.solve(map(h, n), get(node, "b"), out);
      Golden.assertClose("k = " + entry.getKey(), out, Golden.numbers(entry.getValue()), TOLERANCE);
    }
  }

  @ParameterizedTest(name = "case {0}")
  @MethodSource("cases")
  void conjugate_gradients_for_every_number_of_iterations(int number, JsonNode node) {
    double[] spd = get(node, "spd");
    int n = node.get("spd").size();
    for (Iterator<Map.Entry<String, JsonNode>> it = node.get("cg").fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = it.next();
      double[] v = new double[n];
      new ConjugateGradient(n, 0)
          .solve(map(spd, n), get(node, "b"), v, Integer.parseInt(entry.getKey()));
      Golden.assertClose("N = " + entry.getKey(), v, Golden.numbers(entry.getValue()), TOLERANCE);
    }
  }

  @ParameterizedTest(name = "case {0}")
  @MethodSource("cases")
  void neumann_series_for_every_number_of_terms(int number, JsonNode node) {
    double[] spd = get(node, "spd");
    int n = node.get("spd").size();
    for (Iterator<Map.Entry<String, JsonNode>> it = node.get("neumann").fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> entry = it.next();
      double[] out = new double[n];
      new NeumannSeries(n)
          .solve(
              map(spd, n),
              get(node, "b"),
              node.get("eta_n").doubleValue(),
              Integer.parseInt(entry.getKey()),
              out);
      Golden.assertClose("Q = " + entry.getKey(), out, Golden.numbers(entry.getValue()), TOLERANCE);
    }
  }

  @Test
  void capped_simplex_in_both_geometries() {
    JsonNode node = Golden.read("robust_mean").get("projection");
    double[] z = get(node, "z");
    double cap = node.get("cap").doubleValue();
    double[] euclidean = z.clone();
    Projections.cappedSimplex(euclidean, cap);
    Golden.assertClose("euclidean", euclidean, get(node, "l2"), 1e-9);
    Projections.cappedSimplexEntropy(z, cap, new double[z.length]);
    Golden.assertClose("entropy", z, get(node, "kl"), 1e-9);
  }

  @Test
  void the_generator_draws_the_reference_sequence() {
    JsonNode golden = Golden.read("saddle_rng");
    long seed = golden.get("rng_start").longValue();
    SplitMix64 rng = new SplitMix64(seed);
    for (JsonNode raw : golden.get("next64")) {
      assertThat(Long.toUnsignedString(rng.nextLong())).isEqualTo(raw.asText());
    }
    for (JsonNode uniform : golden.get("uniform")) {
      assertThat(rng.uniform()).isEqualTo(uniform.doubleValue());
    }
    for (JsonNode gauss : golden.get("gauss")) {
      Golden.assertClose(
          "gauss", new double[] {rng.gaussian()}, new double[] {gauss.doubleValue()}, 1e-14);
    }
    double[] ball = new double[2];
    new SplitMix64(seed).ball(1, ball);
    Golden.assertClose("ball", ball, get(golden, "ball2_r1"), 1e-14);
    double[] sphere = new double[3];
    new SplitMix64(seed).sphere(2, sphere);
    Golden.assertClose("sphere", sphere, get(golden, "sphere3_r2"), 1e-14);
    assertThat(new SplitMix64(43).index(10)).isEqualTo(golden.get("index10").get(0).intValue());
  }
}
