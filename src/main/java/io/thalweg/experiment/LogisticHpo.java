package io.thalweg.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One L2 weight per feature of a logistic regression on the bank data: suboptimality of the exact
 * value function h(x) = f(x, y*(x)) against samples drawn. 52 features, the constant one included
 * and penalised like the others; split 60/20/20 as the published figures have it; x0 = log U(0, 1),
 * y0 = N(0, 1); batches of 64 per level, cut from passes in a new order each. A run fails when x
 * leaves [-60, 60].
 */
final class LogisticHpo implements Experiment {
  private static final String GAP = "suboptimality";

  /** As many as forty passes over the training and validation rows. */
  private static final long SAMPLES = 1_450_000;

  /** Marks lie at 133 000, 300 000 and 450 000 samples among others. */
  private static final int FIRST = 4_237;

  private static final double RATIO = 1.2247;
  private static final int SEEDS = 5;

  /** Largest eigenvalue of the Hessian of the loss; steps of the arms are multiples of 1/L. */
  private static final double L = 0.939;

  private static final List<Integer> BOX = List.of(-12, 6);

  /** Constant explicit steps of 1/4L bear penalties of at most 8L = e^2. */
  private static final List<Integer> LOW_BOX = List.of(-12, 2);

  private static final String IMPLICIT = "implicit-soba";
  private static final String FROM_ZERO = "-from-zero";
  private static final String UPPER_STEP = "upper-step";
  private static final String RMS = "rms";

  /** How far the first divided step moves an entry of x. */
  private static final double GAMMA = 0.1;

  /** A weight that keeps the fresh direction alone. */
  private static final double FRESH = 1e6;

  LogisticHpo() {}

  @Override
  public String name() {
    return "logistic-hpo";
  }

  @Override
  public String summary() {
    return "One L2 weight per feature of a logistic regression on the bank data: suboptimality of the"
        + " exact value function against samples drawn.";
  }

  @Override
  public String source() {
    return "the protocol of arXiv 2201.13409 (ijcnn1) on the UCI bank marketing data; steps from a scan"
        + " of {1/8 ... 2}/L by ratios {0.01 ... 1}; published h* 0.24476";
  }

  @Override
  public String duration() {
    return "15 min";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    Map<String, ?> implicit = implicit(0.1);
    out.add(arm(IMPLICIT, implicit, BankTrials.BOX, BOX));
    out.add(arm("soba", joint("soba", 2, 0.316, 0.5)));
    out.add(arm("saba", joint("saba", 0.25, 0.316, 0)));
    out.add(arm("stocbio", loops(0.25 / L / 0.01)));
    published(out);
    out.add(
        arm(
            IMPLICIT + "-drawn",
            implicit,
            BankTrials.BOX,
            BOX,
            BankTrials.SAMPLING,
            BankTrials.DRAWN));
    out.add(
        arm(
            IMPLICIT + "-other-split",
            implicit,
            BankTrials.BOX,
            BOX,
            BankTrials.SPLIT,
            BankTrials.OTHER));
    normalised(out, implicit(1));
    return out;
  }

  /** The settings of published curves that only a start at y = 0 bears. */
  private static void published(List<Arm> out) {
    List<Map<String, ?>> solvers =
        List.of(
            joint("soba", 2, 0.316, 0.5),
            joint("saba", 0.25, 0.1, 0),
            // as near as it has it to SOBA with a momentum of 0.1: only x is averaged
            with(
                momentum("msgbio", 2, 2 / L / 0.1),
                "eta",
                Map.of("schedule", "sqrt", "k", 1, "m", 0),
                "c",
                Map.of("v", FRESH, "r", FRESH, "w", 0.3)),
            momentum("vr-msgbio", 1, 1 / L / 0.1));
    for (Map<String, ?> solver : solvers) {
      out.add(arm(solver.get("method") + FROM_ZERO, solver, BankTrials.START, BankTrials.ZERO));
    }
  }

  /** The same box, and steps of x divided by roots of mean squares, for all. */
  private static void normalised(List<Arm> out, Map<String, ?> proximal) {
    Map<String, ?> saba = with(joint("saba", 0.25, 1, 0), "gamma", GAMMA / 10, UPPER_STEP, RMS);
    Map<String, ?> stocbio = with(loops(GAMMA), UPPER_STEP, RMS);
    Map<String, ?> storm = with(momentum("vr-msgbio", 1, GAMMA), UPPER_STEP, RMS);
    out.add(arm(IMPLICIT + "-no-mean", proximal, BankTrials.BOX, BOX));
    out.add(
        arm(
            "soba-rms",
            with(joint("soba", 2, 1, 0.5), "gamma", GAMMA, UPPER_STEP, RMS),
            BankTrials.BOX,
            BOX));
    out.add(arm("saba-rms", saba, BankTrials.BOX, BOX));
    out.add(arm("stocbio-rms", stocbio, BankTrials.BOX, BOX));
    out.add(
        arm(
            "msgbio-rms",
            with(momentum("msgbio", 2, GAMMA), UPPER_STEP, RMS),
            BankTrials.BOX,
            BOX));
    out.add(arm("vr-msgbio-rms", storm, BankTrials.BOX, BOX));
    for (String method : List.of("mrbo", "sustain", "ttsa")) {
      out.add(
          arm(
              method + "-rms",
              with(
                  Map.of("method", method, "alpha", GAMMA),
                  UPPER_STEP,
                  RMS,
                  "beta",
                  0.5 / L,
                  "eta",
                  0.25 / L,
                  "neumann-terms",
                  10),
              BankTrials.BOX,
              BOX));
    }
    Map<String, ?> penalty =
        Map.of("method", "f2sa", "T", 1, "alpha", 0.5 / L, "gamma", 0.5 / L, "xi", GAMMA * L / 0.5);
    out.add(arm("f2sa-rms", with(penalty, UPPER_STEP, RMS, "lambda0", 10), BankTrials.BOX, BOX));
    out.add(arm("saba-rms-low-box", saba, BankTrials.BOX, LOW_BOX));
    out.add(arm("stocbio-rms-low-box", stocbio, BankTrials.BOX, LOW_BOX));
    out.add(arm("vr-msgbio-rms-low-box", storm, BankTrials.BOX, LOW_BOX));
  }

  private static Map<String, ?> implicit(double beta) {
    return Map.of(
        "method", IMPLICIT, "rho", 2 / L, "gamma", GAMMA, "beta", beta, "rms", 0.99, "decay", 0.5);
  }

  /** Lower steps are multiples of 1/L, steps of x are the lower ones divided by the ratio. */
  private static Map<String, ?> joint(String method, double lower, double ratio, double decay) {
    return Map.of("method", method, "rho", lower / L, "gamma", lower / L / ratio, "decay", decay);
  }

  private static Map<String, ?> loops(double beta) {
    return Map.of(
        "method",
        "stocbio",
        "alpha",
        0.25 / L,
        "beta",
        beta,
        "eta",
        0.25 / L,
        "inner-steps",
        10,
        "neumann-terms",
        10);
  }

  private static Map<String, ?> momentum(String method, double lower, double gamma) {
    return Map.of(
        "method",
        method,
        "hypergradient",
        "linear-system",
        "gamma",
        gamma,
        "lambda",
        lower / L,
        "rho",
        lower / L);
  }

  /** Settings, and others after them: names and values in turn. */
  private static Map<String, ?> with(Map<String, ?> settings, Object... others) {
    Map<String, Object> out = new LinkedHashMap<>(settings);
    for (int i = 0; i < others.length; i += 2) {
      out.put((String) others[i], others[i + 1]);
    }
    return out;
  }

  private static Arm arm(String name, Map<String, ?> solver, Object... options) {
    return new Arm(name, solver, with(Map.of(), options));
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.decades(GAP, "h(x) − h*"),
        Measure.plain("test-loss", "log loss on the test rows"),
        Measure.plain("test-error", "error on the test rows"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.SAMPLES,
        quick ? 20_000 : SAMPLES,
        quick ? 2_000 : FIRST,
        quick ? 2.5 : RATIO,
        quick ? 2 : SEEDS,
        0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(GAP, 1e-2), new Target(GAP, 1e-3), new Target(GAP, 2e-4));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    out.add(worst(300_000, "at most 1e-3 within 3e5 samples, all seeds", 1e-3));
    out.add(worst(SAMPLES, "at most 2e-4 within 1.5e6 samples, all seeds", 2e-4));
    table(out, "soba", 5, 1.8e-2, 1.4e-2, 1.1e-2);
    table(out, "saba", 5, 1.6e-2, 9.5e-3, 3.9e-3);
    table(out, "stocbio", 5, 1.4e-2, 8.8e-3, 4.3e-3);
    table(out, "soba" + FROM_ZERO, 5, 1.8e-2, 1.4e-2, 1.1e-2);
    table(out, "saba" + FROM_ZERO, 5, 1.6e-2, 9.5e-3, 3.9e-3);
    table(out, "msgbio" + FROM_ZERO, 5, 1.2e-2, 9.4e-3, 6.4e-3);
    table(out, "vr-msgbio" + FROM_ZERO, 3, 1.2e-2, 8.7e-3, 5.2e-3);
    return out;
  }

  private static Expectation worst(long at, String published, double most) {
    return new Expectation(
        IMPLICIT + ": h − h* after " + at + " samples, worst of five seeds",
        published,
        List.of(IMPLICIT),
        at,
        SEEDS,
        Statistic.worstAt(IMPLICIT, GAP, at),
        Double.NEGATIVE_INFINITY,
        most);
  }

  /** Published medians are those of the runs that finished, and so many did. */
  private static void table(List<Expectation> out, String arm, int finished, double... published) {
    long[] at = {140_000, 450_000, SAMPLES};
    for (int i = 0; i < at.length; i++) {
      out.add(
          new Expectation(
              arm + ": h − h* after " + at[i] + " samples, median of the runs that finished",
              Numbers.plain(published[i]) + ", a factor 2 either way",
              List.of(arm),
              at[i],
              SEEDS,
              Statistic.medianOfFinished(arm, GAP, at[i]),
              published[i] / 2,
              published[i] * 2));
    }
    out.add(
        new Expectation(
            arm + ": runs that failed",
            finished + " of 5 finished",
            List.of(arm),
            SAMPLES,
            SEEDS,
            Statistic.failures(arm),
            0,
            SEEDS - finished));
  }

  @Override
  public Trials open(Shelf shelf) {
    return new BankTrials(shelf);
  }
}
