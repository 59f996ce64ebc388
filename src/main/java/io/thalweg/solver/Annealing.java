package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/**
 * The momentum of a step and its change of phase. With k = 0, 1, ... the number of the move, m the
 * momentum and a the move of the change, from k = a on
 *
 * <pre>
 * step       eta becomes eta (1 - m), m stays
 * momentum   m_k = m max(0, 1 - (k - a + 1) / length), eta stays
 * </pre>
 */
final class Annealing {
  static final Range MOMENTUM = new Range(0, false, 1, true);
  static final double DEFAULT_MOMENTUM = 0.9;

  private static final String KEY = "anneal";
  private static final String NONE = "none";
  private static final String STEP = "step";
  private static final String FALLING = "momentum";
  private static final List<String> KINDS = List.of(NONE, STEP, FALLING);

  private final double momentum;
  private final String kind;
  private final long from;
  private final long length;

  private Annealing(double momentum, String kind, long from, long length) {
    this.momentum = momentum;
    this.kind = kind;
    this.from = from;
    this.length = length;
  }

  static Annealing of(Settings solver) {
    double momentum = solver.number("momentum", DEFAULT_MOMENTUM, MOMENTUM);
    if (!solver.isTree(KEY)) {
      String kind = Keys.choice(solver, KEY, KINDS, NONE);
      if (!kind.equals(NONE)) {
        throw new SettingException(
            solver.pathOf(KEY),
            "must say when: {kind: "
                + kind
                + ", at: 1000"
                + (kind.equals(FALLING) ? ", length: 1000}" : "}")
                + ", but was "
                + kind);
      }
      return new Annealing(momentum, NONE, 0, 1);
    }
    Settings tree = solver.child(KEY);
    Keys.allow(tree, List.of("kind", "at", "length"));
    String kind = Keys.choice(tree, "kind", KINDS, NONE);
    require(tree, "at", !kind.equals(NONE), kind);
    require(tree, "length", kind.equals(FALLING), kind);
    return new Annealing(
        momentum, kind, Keys.atLeast(tree, "at", 0, 0), Keys.count(tree, "length", 1));
  }

  private static void require(Settings tree, String key, boolean needed, String kind) {
    if (needed && !tree.has(key)) {
      throw new SettingException(
          tree.pathOf(key), "is required with kind: " + kind + ", a number of steps");
    }
    if (!needed && tree.has(key)) {
      throw new SettingException(tree.pathOf(key), "has no meaning with kind: " + kind);
    }
  }

  static Parameter parameter() {
    List<Parameter> keys = new ArrayList<>();
    keys.add(Parameter.choice("kind", KINDS, NONE, "what falls from the change of phase on"));
    keys.add(steps("at", 0, "steps taken before the change of phase"));
    keys.add(steps("length", 1, "momentum: steps over which it falls to 0"));
    return new Parameter(
        KEY,
        Parameter.Kind.TREE,
        Range.ANY,
        List.of(NONE),
        NONE,
        false,
        "change of phase, {kind: step|momentum, at, length}: step makes eta smaller by 1 -"
            + " momentum, momentum lets it fall to 0",
        List.copyOf(keys));
  }

  private static Parameter steps(String key, int least, String meaning) {
    return new Parameter(
        key,
        Parameter.Kind.INTEGER,
        new Range(least, false, Double.POSITIVE_INFINITY, true),
        List.of(),
        null,
        false,
        meaning);
  }

  /** What the step size of step k is multiplied by. */
  double stepFactor(long k) {
    return kind.equals(STEP) && k >= from ? 1 - momentum : 1;
  }

  /** m_k. */
  double momentum(long k) {
    return kind.equals(FALLING) && k >= from
        ? momentum * Math.max(0, 1 - (double) (k - from + 1) / length)
        : momentum;
  }
}
