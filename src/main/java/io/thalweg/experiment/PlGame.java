package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.sample.Level;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Deterministic methods on the compatible PL game without noise: linear rates and floors. */
final class PlGame implements Experiment {
  private static final String NORM = "gradient-norm";
  private static final CompatibleGame.Spec GAME =
      new CompatibleGame.Spec(10, 5, 1000, 0.1, 0.1, 0.3, 0);

  private static final int STEPS = 6000;
  private static final int SEEDS = 8;

  /** Figures vary with the spectrum drawn; the median over draws comes within this of them. */
  private static final double SPREAD = 0.25;

  PlGame() {}

  @Override
  public String name() {
    return "pl-game";
  }

  @Override
  public String summary() {
    return "Rates and floors of full-batch methods on bilevel PL games whose lower Hessian is singular:"
        + " steps until |∇F| falls to 1e-2, 1e-4, 1e-6.";
  }

  @Override
  public String source() {
    return "arXiv 2303.03944, section 6; compatible form with d 10, r 5, n 1000, coupling 0.1, no noise";
  }

  @Override
  public String duration() {
    return "4 min";
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (String form : List.of("dense", "lanczos", "linear-system")) {
      out.add(mgbio("mgbio-" + form, form, 0.5, 0.9));
    }
    out.add(mgbio("mgbio-dense-small-steps", "dense", 0.01, 0.01));
    String galet = "method: galet, alpha: 0.01, beta: 0.5, rho: 0.5";
    out.add(arm("galet-warm", galet + ", T: 5, warm: true"));
    out.add(arm("galet-cold-10", galet + ", T: 10"));
    out.add(arm("galet-cold-50", galet + ", T: 50"));
    String bome = "method: bome, lr-x: 0.01, lr-y: 0.01, lr-inner: 0.5";
    out.add(arm("bome-10", bome + ", T: 10"));
    out.add(arm("bome-50", bome + ", T: 50"));
    for (int gamma : new int[] {10, 30}) {
      Map<String, Object> keys = SettingsText.read("method: v-pbgd, beta: 0.5, T: 10");
      keys.put("gamma", gamma);
      keys.put("alpha", 0.5 / (1 + gamma));
      out.add(new Arm("v-pbgd-" + gamma, keys));
    }
    out.add(arm("bvfsm", "method: bvfsm, lr-x: 0.1, lr-y: 0.1, lr-z: 0.1"));
    return out;
  }

  private static Arm arm(String name, String solver) {
    return new Arm(name, SettingsText.read(solver));
  }

  private static Arm mgbio(String name, String form, double gamma, double lambda) {
    Map<String, Object> keys = SettingsText.read("method: mgbio, eta: 1, mu: 0.2, lg: 2");
    keys.put("hypergradient", form);
    keys.put("gamma", gamma);
    keys.put("lambda", lambda);
    return new Arm(name, keys);
  }

  @Override
  public List<Measure> measures() {
    return List.of(Measure.decades(NORM, "|∇F|"), Measure.decades("upper-gap", "F − F*"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 200 : STEPS, quick ? 50 : 100, 1.02, quick ? 2 : SEEDS, 1e-8);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(NORM, 1e-2), new Target(NORM, 1e-4), new Target(NORM, 1e-6));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    steps(out, "mgbio-dense-small-steps", 1210, 2750, 4265);
    steps(out, "mgbio-dense", 17, 42, 70);
    steps(out, "galet-warm", 670, 1950, 3330);
    floor(out, "galet-cold-10", 3e-2);
    floor(out, "galet-cold-50", 2e-3);
    floor(out, "bome-10", 8e-3);
    floor(out, "bome-50", 8e-4);
    floor(out, "v-pbgd-10", 1.3e-2);
    floor(out, "v-pbgd-30", 6.5e-3);
    out.add(
        new Expectation(
            "bvfsm: |∇F| at the end, best of the draws",
            "diverges: the upper level is unbounded in y",
            List.of("bvfsm"),
            STEPS,
            SEEDS,
            r -> r.quantile("bvfsm", NORM, r.lastMark(), 0),
            1e3,
            Double.POSITIVE_INFINITY));
    return out;
  }

  private void steps(List<Expectation> out, String arm, int... published) {
    for (int i = 0; i < published.length; i++) {
      double level = targets().get(i).level();
      out.add(
          new Expectation(
              arm + ": steps to |∇F| ≤ " + Numbers.plain(level) + ", median",
              "about " + published[i] + " on one game; a quarter either way over eight",
              List.of(arm),
              STEPS,
              SEEDS,
              Statistic.medianTo(arm, NORM, level),
              (1 - SPREAD) * published[i],
              (1 + SPREAD) * published[i]));
    }
  }

  /** Floors vary by an order of magnitude between draws. */
  private static void floor(List<Expectation> out, String arm, double published) {
    out.add(
        new Expectation(
            arm + ": floor of |∇F|, median",
            Numbers.plain(published) + " on one game; a factor 4 either way over eight",
            List.of(arm),
            STEPS,
            SEEDS,
            Statistic.medianAt(arm, NORM, STEPS),
            published / 4,
            published * 4));
  }

  @Override
  public Trials open(Shelf shelf) {
    return PlGame::start;
  }

  /** The seed draws the game; every game is entered at the same point. */
  private static Trial start(Arm arm, long seed) {
    CompatibleGame game = new CompatibleGame(GAME, seed);
    SplitMix64 rng = new SplitMix64(5);
    double[] x = Starts.gaussian(GAME.d(), 1, rng);
    double[] y = Starts.gaussian(GAME.d(), 1, rng);
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            game.problem(),
            x,
            y,
            Constraint.NONE,
            Samples.full(game.all(Level.LOWER), game.all(Level.UPPER)),
            new Gauge(game)),
        seed);
  }

  /** |grad F| and F - F*. */
  private static final class Gauge implements SolverTrial.Gauge {
    private final CompatibleGame game;
    private final double[] scratch = new double[GAME.d()];

    Gauge(CompatibleGame game) {
      this.game = game;
    }

    @Override
    public void measure(double[] x, double[] y, double[] out) {
      out[0] = game.gradientNorm(x, scratch);
      out[1] = game.gap(x);
    }
  }
}
