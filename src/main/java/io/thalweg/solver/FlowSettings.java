package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * Level and step of the quadratic programs, from the number K of steps that are planned: alpha = ca
 * K^(-1/3), gamma = cg K^power. {@code alpha} and {@code gamma} given are taken as they are.
 *
 * @param alpha factor of the level
 * @param gamma step size
 */
record FlowSettings(double alpha, double gamma) {
  /** What every flow wants of its start. */
  static final String START = " Start y nearly stationary, with |gy| below 1e-3.";

  private static final String STEPS = "K";
  private static final int DEFAULT_STEPS = 8000;

  private static final String ORIGIN = "the default is that of the reference runs on the toy";
  private static final double CUBE_ROOT = -1.0 / 3;

  /**
   * Reads them.
   *
   * @param ca default of ca
   * @param cg default of cg
   * @param power exponent of K in gamma
   */
  static FlowSettings of(MethodContext context, double ca, double cg, double power) {
    Settings settings = context.settings();
    double steps = Keys.count(settings, STEPS, DEFAULT_STEPS);
    double alpha = settings.number("ca", ca, Range.POSITIVE) * StrictMath.pow(steps, CUBE_ROOT);
    double gamma = settings.number("cg", cg, Range.POSITIVE) * StrictMath.pow(steps, power);
    return new FlowSettings(
        settings.number("alpha", alpha, Range.POSITIVE),
        settings.number("gamma", gamma, Range.POSITIVE));
  }

  /** The keys of a program whose gamma falls with a power of K. */
  static List<Parameter> parameters(double ca, double cg, String power) {
    List<Parameter> out = new ArrayList<>();
    out.add(
        Parameter.integer(
            STEPS,
            Keys.COUNT,
            DEFAULT_STEPS,
            "steps that are planned; in a stream, how many the method may take to settle"));
    out.add(Parameter.number("ca", Range.POSITIVE, ca, "alpha = ca K^(-1/3); " + ORIGIN));
    out.add(Parameter.number("cg", Range.POSITIVE, cg, "gamma = cg K^" + power + "; " + ORIGIN));
    out.add(direct("alpha", "factor of the level; ca K^(-1/3) when absent"));
    out.add(direct("gamma", "step size, below 2 / L of f; cg K^" + power + " when absent"));
    out.add(LowerStationarity.parameter());
    return List.copyOf(out);
  }

  private static Parameter direct(String key, String meaning) {
    return new Parameter(
        key, Parameter.Kind.NUMBER, Range.POSITIVE, List.of(), null, false, meaning);
  }
}
