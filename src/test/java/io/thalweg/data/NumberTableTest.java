package io.thalweg.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import io.thalweg.Golden;
import java.io.IOException;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** The tables of the program hold the test problems of the golden cases, bit for bit. */
class NumberTableTest {
  /** One row out of several nodes. */
  private static double[] joined(JsonNode... parts) {
    DoubleStream out = DoubleStream.empty();
    for (JsonNode part : parts) {
      out = DoubleStream.concat(out, DoubleStream.of(Golden.numbers(part)));
    }
    return out.toArray();
  }

  @Test
  void the_finite_sum_is_that_of_the_golden_case() throws IOException {
    JsonNode problem = Golden.read("fd_finite_sum").get("problem");
    double[][] lower = NumberTable.load("finite-sum-lower");
    double[][] upper = NumberTable.load("finite-sum-upper");
    assertThat(lower.length).isEqualTo(24);
    assertThat(upper.length).isEqualTo(24);
    for (int i = 0; i < 24; i++) {
      assertThat(lower[i])
          .isEqualTo(
              joined(problem.get("A").get(i), problem.get("C").get(i), problem.get("a").get(i)));
      assertThat(upper[i]).isEqualTo(joined(problem.get("t").get(i), problem.get("r").get(i)));
    }
  }

  @Test
  void the_toy_is_that_of_the_golden_case() throws IOException {
    JsonNode golden = Golden.read("rxgf_toy");
    double[][] toy = NumberTable.load("rxgf-toy");
    JsonNode convex = golden.get("convex");
    assertThat(toy[0]).isEqualTo(joined(convex.get("c")));
    assertThat(toy[1]).isEqualTo(joined(convex.get("d")));
    assertThat(toy[2]).isEqualTo(joined(convex.get("H")));
    assertThat(toy[3]).isEqualTo(joined(convex.get("z0")));
    assertThat(toy[4]).isEqualTo(joined(golden.get("nonconvex").get("z0")));
  }

  @Test
  void a_table_that_does_not_exist_is_named() {
    assertThatIOException()
        .isThrownBy(() -> NumberTable.load("nowhere"))
        .withMessageContaining("/data/nowhere.csv");
  }
}
