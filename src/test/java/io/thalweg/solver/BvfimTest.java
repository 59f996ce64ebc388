package io.thalweg.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** BVFIM on the strict saddle, against an independent implementation. */
class BvfimTest {
  private final ReconstructedRun run = new ReconstructedRun("bvfim");

  private static double slack(Solver solver) {
    return Figures.of(solver).get("slack");
  }

  @Test
  void iterates_follow_the_reference_and_stay_in_the_interior() {
    double[] least = {Double.POSITIVE_INFINITY};
    run.replay(solver -> least[0] = Math.min(least[0], slack(solver)));
    assertThat(least[0]).isCloseTo(run.golden.get("min_slack").doubleValue(), within(1e-10));
  }

  @Test
  void a_step_that_would_leave_the_interior_is_halved_until_it_does_not() {
    Solver solver =
        run.start(Map.of("method", "bvfim", "lr-y", 1000, "lr-z", 0.3, "kz", 20, "ky", 3));
    for (int k = 0; k < 50; k++) {
      run.move(solver);
      assertThat(slack(solver)).isPositive();
    }
    assertThat(Figures.of(solver).get("halvings")).isGreaterThan(50 * 3);
  }
}
