package io.thalweg.solver;

import io.thalweg.problem.Problem;
import io.thalweg.problem.Problems;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the contract tests run a method on: a problem it is made for and settings that keep it
 * stable there. A method that is not listed runs on a random game with its defaults.
 *
 * @param problem settings of the problem
 * @param solver settings beside {@code method}
 */
public record MethodFixture(Map<String, Object> problem, Map<String, Object> solver) {
  private static final Map<String, Object> GAME =
      Map.of("type", "pl-game", "dx", RandomGame.DX, "dy", RandomGame.DY, "c", 0.5);

  /** Bounded below in y, as the game's linear upper level is not. */
  private static final Map<String, Object> SADDLE = Map.of("type", "strict-saddle");

  private static final Map<String, Object> MINIMAX = Map.of("type", "minimax-saddle");

  /** Terms that come again and again. */
  private static final Map<String, Object> FINITE = Map.of("type", "finite-sum");

  private static final MethodFixture DEFAULT = new MethodFixture(GAME, Map.of());

  private static final Map<String, MethodFixture> BY_METHOD = byMethod();

  private static Map<String, MethodFixture> byMethod() {
    Map<String, MethodFixture> out = new LinkedHashMap<>();
    Map<String, Object> clamped = Map.of("mu", 0.3, "c-fy", 0.5, "c-gxy", 0.2);
    out.put(
        "auto",
        new MethodFixture(
            Map.of("type", "logistic-regression", "features", 4),
            Map.of("reference", Map.of("l2", 0.8))));
    out.put("mgbio", new MethodFixture(GAME, clamped));
    out.put("msgbio", new MethodFixture(GAME, clamped));
    out.put("vr-msgbio", new MethodFixture(GAME, clamped));
    out.put("perturbed-aid", new MethodFixture(SADDLE, Map.of("perturbation", shaken())));
    out.put("stocbio-ineon", new MethodFixture(SADDLE, Map.of("eps", 1e-9, "big-batch", 2)));
    out.put("perturbed-gdmax", new MethodFixture(MINIMAX, Map.of("perturbation", shaken())));
    out.put("rxgf-qp1", new MethodFixture(SADDLE, Map.of()));
    out.put("rxgf-qp2", new MethodFixture(SADDLE, Map.of()));
    out.put("sgf", new MethodFixture(SADDLE, Map.of()));
    out.put("sequential-qcqp", new MethodFixture(SADDLE, Map.of("eps", 1)));
    out.put("msgd", new MethodFixture(Map.of("type", "online-pca", "d", 4), Map.of()));
    out.put(
        "geometric-step-decay",
        new MethodFixture(
            Map.of("type", "phase-retrieval", "d", 4),
            Map.of("model", "proximal", "K", 30, "T", 5, "random-stop", true)));
    out.put("bvfsm", new MethodFixture(SADDLE, Map.of("kz", 5, "ky", 4)));
    out.put("bvfim", new MethodFixture(SADDLE, Map.of("kz", 5, "ky", 4)));
    out.put("fdehbo", new MethodFixture(GAME, Map.of("r-v", 0.5)));
    out.put("saba", new MethodFixture(FINITE, Map.of()));
    out.put("ttsa", new MethodFixture(GAME, Map.of("c-fy", 0.2)));
    out.put("sustain", new MethodFixture(GAME, Map.of("c-fy", 0.2)));
    out.put("vrbo", new MethodFixture(GAME, Map.of("period", 3, "small-batch", 2)));
    return out;
  }

  /** Shakes x whenever it may. */
  private static Map<String, Object> shaken() {
    return Map.of("eps", 1e6, "r", 0.05, "spacing", 4, "stop-decrease", 1e-6);
  }

  public static MethodFixture of(String method) {
    return BY_METHOD.getOrDefault(method, DEFAULT);
  }

  Problem create() {
    return Problems.create(Settings.of("problem", problem));
  }
}
