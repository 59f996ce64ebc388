package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.List;

/**
 * SABA: the steps of SOBA with every direction through SAGA tables over the records of two finite
 * sums, so that constant steps converge.
 *
 * <p>A step asks the oracle once for gy, Hv and Jv for every row of its lower batch and once for fy
 * and fx for every row of its upper one.
 */
final class Saba implements Method {
  private static final double RHO = 0.1;
  private static final double GAMMA = 0.05;
  private static final double DECAY = 0;
  private static final String ZERO = "zero";
  private static final String FIRST_PASS = "first-pass";
  private static final List<String> STARTS = List.of(ZERO, FIRST_PASS);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "saba",
        "SOBA with tables of the last directions of every record (SAGA): constant steps converge",
        "arXiv 2201.13409 (Dagréou et al., NeurIPS 2022), SABA; the mean over a batch of several"
            + " records is of this project",
        Needs.PRODUCTS,
        List.of(
            JointSteps.rho(RHO),
            JointSteps.gamma(GAMMA),
            JointSteps.decay(DECAY),
            Parameter.choice(
                "table",
                STARTS,
                ZERO,
                "start of the tables: at 0, or first-pass, in which nothing moves before every"
                    + " record of both levels was seen once")),
        "Finite data that come again and again, with a number (index) in every record, and memory"
            + " for tables.");
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    if (Methods.aggregates(solver)) {
      throw new SettingException(
          solver.pathOf(Aggregator.KEY),
          "has nothing to weigh: saba takes the records of a batch one by one");
    }
    boolean firstPass = Keys.choice(solver, "table", STARTS, ZERO).equals(FIRST_PASS);
    return new SabaRecipe(context, JointSteps.of(solver, RHO, GAMMA, DECAY), firstPass);
  }
}
