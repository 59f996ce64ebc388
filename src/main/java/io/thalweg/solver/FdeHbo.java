package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * FdeHBO: STORM estimates of all three directions, products by central differences of gradients.
 *
 * <p>A step takes three lower and two upper batches and asks the oracle for 6 gy, 4 gx, 2 fy and 2
 * fx; with {@code exact} for 2 gy, 2 Hv, 2 Jv, 2 fy and 2 fx. The first move asks for half of that.
 */
final class FdeHbo implements Method {
  private static final double ALPHA = 0.1;
  private static final double BETA = 0.3;
  private static final double LAMBDA = 0.3;
  private static final double DELTA = 1e-5;
  private static final Range OR_OFF = new Range(0, true, Double.POSITIVE_INFINITY, false);

  @Override
  public MethodInfo info() {
    return new MethodInfo(
        "fdehbo",
        "Single loop with variance-reduced (STORM) estimates of all directions from gradients alone",
        "arXiv 2312.03807 (Yang, Xiao, Ji, NeurIPS 2023), FdeHBO; the number of batches and the"
            + " constants are reconstructed",
        Needs.GRADIENTS,
        List.of(
            Parameter.number("alpha", Range.POSITIVE, ALPHA, "step size of x"),
            Parameter.number("beta", Range.POSITIVE, BETA, "step size of y"),
            Parameter.number(
                "lambda", Range.POSITIVE, LAMBDA, "step size of v, the solution of H v = fy"),
            StormSteps.m("w0"),
            StormSteps.c("c-eta", "w0"),
            StormSteps.decay(),
            new Parameter(
                "r-v",
                Parameter.Kind.NUMBER,
                Range.POSITIVE,
                List.of(),
                null,
                false,
                "bound on |v|, at least 2 |fy| / mu, else v is biased; none when absent"),
            Parameter.number(
                "delta",
                Range.POSITIVE,
                DELTA,
                "radius of the differences; 1e-3 for data in single precision"),
            Parameter.of("scale-delta", Parameter.Kind.FLAG, true, "divide delta by max(1, |v|)"),
            Parameter.of(
                "exact",
                Parameter.Kind.FLAG,
                false,
                "products of the problem instead of differences (FMBO)")),
        "Gradients are all there is: large models whose second derivatives nobody wrote.");
  }

  @Override
  public Set<Capability> needs(Settings solver) {
    return solver.flag("exact", false)
        ? EnumSet.of(Capability.FIRST_ORDER, Capability.PRODUCTS)
        : Method.super.needs(solver);
  }

  @Override
  public Recipe recipe(MethodContext context) {
    Settings solver = context.settings();
    return new FdeHboRecipe(
        context,
        new FdeHboRecipe.Steps(
            solver.number("alpha", ALPHA, Range.POSITIVE),
            solver.number("beta", BETA, Range.POSITIVE),
            solver.number("lambda", LAMBDA, Range.POSITIVE),
            StormSteps.of(solver, "w0", "c-eta")),
        solver.number("r-v", Double.POSITIVE_INFINITY, OR_OFF),
        products(context));
  }

  private static FdeHboRecipe.Products products(MethodContext context) {
    Settings solver = context.settings();
    double delta = solver.number("delta", DELTA, Range.POSITIVE);
    boolean scaled = solver.flag("scale-delta", true);
    return solver.flag("exact", false)
        ? FdeHboRecipe.Products.exact(context.oracle())
        : FdeHboRecipe.Products.differences(context.oracle(), delta, scaled);
  }
}
