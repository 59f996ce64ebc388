package io.thalweg.experiment;

import io.thalweg.linalg.SplitMix64;
import io.thalweg.sample.Batch;
import io.thalweg.sample.Level;
import io.thalweg.solver.Constraint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many samples a method draws until |grad F| &lt;= eps on the noisy compatible PL game: the
 * rate experiment behind the claims eps^-4 (msgbio) and eps^-3 (vr-msgbio). Two games, of weak and
 * of ten times stronger coupling; a seed draws the initial point and the samples.
 */
final class PlGameRates implements Experiment {
  private static final String NORM = "gradient-norm";
  private static final String RMS = "gradient-rms";
  private static final long GAME = 1;
  private static final int BATCH = 10;
  private static final int STEPS = 20_000;
  private static final int SEEDS = 8;

  PlGameRates() {}

  @Override
  public String name() {
    return "pl-game-rates";
  }

  @Override
  public String summary() {
    return "Samples until |∇F| ≤ ε on the noisy bilevel PL game: msgbio about ε^-4, vr-msgbio about"
        + " ε^-3.";
  }

  @Override
  public String source() {
    return "arXiv 2303.03944, theorems 2 and 3; compatible game with d 10, r 5, n 1000, noise 1";
  }

  @Override
  public String duration() {
    return "1 min";
  }

  /** The game of the acceptance numbers. */
  static CompatibleGame.Spec game(double coupling) {
    return new CompatibleGame.Spec(10, 5, 1000, coupling, 0.1, 0.3, 1);
  }

  @Override
  public List<Arm> arms() {
    List<Arm> out = new ArrayList<>();
    for (double coupling : new double[] {0.01, 0.1}) {
      for (String method : List.of("msgbio", "vr-msgbio")) {
        for (String form : List.of("dense", "lanczos", "linear-system")) {
          out.add(arm(method, form, coupling));
        }
      }
    }
    return out;
  }

  private static String name(String method, String form, double coupling) {
    return method + "-" + form + (coupling > 0.05 ? "-strong" : "-weak");
  }

  private static Arm arm(String method, String form, double coupling) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method);
    keys.put("hypergradient", form);
    keys.put("gamma", 1);
    keys.put("lambda", 1);
    keys.put("eta", Map.of("k", 1, "m", 8));
    keys.put("mu", 0.2);
    keys.put("lg", 2);
    keys.put("c", 1);
    return new Arm(name(method, form, coupling), keys, Map.of("coupling", coupling));
  }

  @Override
  public List<Measure> measures() {
    return List.of(
        Measure.decades(NORM, "|∇F|"), Measure.rootMeanSquare(RMS, "root mean square of |∇F|"));
  }

  @Override
  public Horizon horizon(boolean quick) {
    return new Horizon(
        Horizon.Unit.STEPS, quick ? 300 : STEPS, quick ? 20 : 50, 1.05, quick ? 2 : 16, 0);
  }

  @Override
  public List<Target> targets() {
    return List.of(new Target(NORM, 0.1), new Target(NORM, 0.05));
  }

  @Override
  public List<Expectation> expectations() {
    List<Expectation> out = new ArrayList<>();
    for (String form : List.of("dense", "linear-system")) {
      slope(out, name("msgbio", form, 0.01), "3.84 for msgbio", 3.3, 4.3);
      slope(out, name("vr-msgbio", form, 0.01), "2.99 for vr-msgbio", 2.5, 3.4);
    }
    String msgbio = name("msgbio", "dense", 0.01);
    String vr = name("vr-msgbio", "dense", 0.01);
    reach(out, msgbio, 0.1, 164);
    reach(out, msgbio, 0.05, 4000);
    reach(out, vr, 0.1, 122);
    reach(out, vr, 0.05, 1100);
    reach(out, vr, 0.03, 4450);
    out.add(
        new Expectation(
            vr + ": samples to ε over those of msgbio, largest ratio for ε ≤ 0.07",
            "fewer samples than msgbio for ε ≤ 0.07",
            List.of(msgbio, vr),
            STEPS,
            SEEDS,
            r -> new Rates(r, vr, RMS).largestRatio(new Rates(r, msgbio, RMS), 0.07),
            0,
            1));
    for (String method : List.of("msgbio", "vr-msgbio")) {
      String dense = name(method, "dense", 0.1);
      String linear = name(method, "linear-system", 0.1);
      out.add(
          new Expectation(
              linear + ": floor over that of dense",
              "5.27e-2 against 5.24e-2",
              List.of(dense, linear),
              STEPS,
              SEEDS,
              r -> new Rates(r, linear, RMS).floor() / new Rates(r, dense, RMS).floor(),
              0.9,
              1.1));
    }
    return out;
  }

  private static void slope(
      List<Expectation> out, String arm, String published, double least, double most) {
    out.add(
        new Expectation(
            arm + ": slope of log samples against log 1/ε",
            published,
            List.of(arm),
            STEPS,
            SEEDS,
            r -> new Rates(r, arm, RMS).slope(),
            least,
            most));
  }

  private static void reach(List<Expectation> out, String arm, double eps, int step) {
    out.add(
        new Expectation(
            arm + ": step at which the root mean square over runs first falls to " + eps,
            "about " + step + "; a factor 2 either way",
            List.of(arm),
            2L * step,
            SEEDS,
            r -> new Rates(r, arm, NORM).firstCrossing(eps),
            step / 2.0,
            step * 2.0));
  }

  @Override
  public Trials open(Shelf shelf) {
    return PlGameRates::start;
  }

  private static Trial start(Arm arm, long seed) {
    CompatibleGame game = new CompatibleGame(game(arm.options().number("coupling")), GAME);
    SplitMix64 rng = new SplitMix64(GAME + seed);
    int d = game.problem().upperDim();
    double[] x = Starts.gaussian(d, 1, rng);
    double[] y = Starts.gaussian(d, 1, rng);
    Batch lower = game.all(Level.LOWER);
    Batch upper = game.all(Level.UPPER);
    double[] scratch = new double[d];
    return new SolverTrial(
        arm,
        new SolverTrial.Instance(
            game.problem(),
            x,
            y,
            Constraint.NONE,
            Samples.drawn(lower, upper, BATCH, BATCH, rng),
            (xt, yt, out) -> {
              out[0] = game.gradientNorm(xt, scratch);
              out[1] = out[0];
            }),
        GAME);
  }
}
