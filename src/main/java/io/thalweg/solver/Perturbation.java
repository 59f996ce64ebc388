package io.thalweg.solver;

import io.thalweg.linalg.Kernels;
import io.thalweg.settings.Parameter;
import io.thalweg.settings.Range;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * When x is shaken to leave a strict saddle, and by how much: in move k, when the hypergradient
 * estimate is at most threshold eps and more than T steps have passed since the last time, by a
 * uniform draw from the ball of radius r (arXiv 2202.03684; threshold, spacing and order are
 * reconstructed). The count, the move of the last time and the generator are part of the state.
 *
 * <p>With a {@code stop-decrease} D, T steps after a shake the upper loss is compared with the one
 * before it: where it fell by less than D there was no saddle to leave, the point before the shake
 * comes back and no other shake follows.
 */
final class Perturbation {
  /** What a shake is. */
  enum Mode {
    /** None. */
    OFF("off"),
    /** x moves first, the hypergradient is that of the new place. */
    SHIFT("shift"),
    /** The step of x and the draw are taken at once. */
    FOLDED("folded");

    private final String id;

    Mode(String id) {
      this.id = id;
    }

    static Mode of(String id) {
      for (Mode mode : values()) {
        if (mode.id.equals(id)) {
          return mode;
        }
      }
      throw new IllegalArgumentException("no mode " + id);
    }
  }

  static final String OFF = Mode.OFF.id;
  static final String SHIFT = Mode.SHIFT.id;
  static final String FOLDED = Mode.FOLDED.id;

  /** The ways there are, off included. */
  static final List<String> MODES = List.of(SHIFT, FOLDED, OFF);

  private static final String STOP_DECREASE = "stop-decrease";

  private static final double DEFAULT_EPS = 0.01;
  private static final double DEFAULT_THRESHOLD = 0.8;
  private static final double DEFAULT_RADIUS = 0.01;
  private static final int DEFAULT_SPACING = 60;

  private final Mode mode;
  private final double least;
  private final double radius;
  private final int spacing;
  private final double stopDecrease;
  private final RandomState random;
  private final int count;
  private final int last;
  private final int returns;

  /** Slots that come back together, and where they and f are kept meanwhile. */
  private final int[] slots;

  private final int[] kept;
  private final int keptValue;

  private Perturbation(
      Settings tree, Mode mode, StateLayout layout, long seed, boolean stops, int[] together) {
    this.mode = mode;
    least =
        tree.number("threshold", DEFAULT_THRESHOLD, Range.POSITIVE)
            * tree.number("eps", DEFAULT_EPS, Range.POSITIVE);
    radius = tree.number("r", DEFAULT_RADIUS, Range.POSITIVE);
    spacing = Keys.atLeast(tree, "spacing", DEFAULT_SPACING, 0);
    boolean compares = stops && tree.has(STOP_DECREASE);
    stopDecrease = compares ? tree.number(STOP_DECREASE, 0, Range.NON_NEGATIVE) : 0;
    count = layout.counter("perturbations");
    last = layout.counter("last-perturbation");
    random = RandomState.of(layout, "perturbation-generator", seed);
    slots = compares ? together.clone() : new int[0];
    kept = new int[slots.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = layout.slot(layout.slotName(slots[i]) + "-before", layout.length(slots[i]));
    }
    keptValue = compares ? layout.slot("f-before", 1) : -1;
    returns = compares ? layout.counter("perturbations-taken-back") : -1;
  }

  /**
   * Reads {@code perturbation}: a mode, or {@code {mode, eps, threshold, r, spacing,
   * stop-decrease}}.
   *
   * @param together slots that come back with x
   */
  static Perturbation of(MethodContext context, int... together) {
    Settings solver = context.settings();
    String key = "perturbation";
    Settings tree;
    String mode;
    if (solver.isTree(key)) {
      tree = solver.child(key);
      Keys.allow(tree, names(keys(MODES, true)));
      mode = Keys.choice(tree, "mode", MODES, SHIFT);
    } else {
      tree = Settings.of(solver.pathOf(key), Map.of());
      mode = Keys.choice(solver, key, MODES, SHIFT);
    }
    return new Perturbation(tree, Mode.of(mode), context.layout(), context.seed(), true, together);
  }

  /** Reads the keys of a tree that has no mode off; the draws come from the given seed. */
  static Perturbation of(Settings tree, StateLayout layout, long seed) {
    List<String> modes = List.of(SHIFT, FOLDED);
    List<String> known = names(keys(modes, false));
    Keys.allow(tree, known);
    return new Perturbation(
        tree, Mode.of(Keys.choice(tree, "mode", modes, SHIFT)), layout, seed, false, new int[0]);
  }

  /** The key {@code perturbation} of a method's entry in the catalogue. */
  static Parameter parameter() {
    return new Parameter(
        "perturbation",
        Parameter.Kind.TREE,
        Range.ANY,
        MODES,
        SHIFT,
        false,
        "how x is shaken where the hypergradient is small: shift moves x and evaluates again, folded"
            + " adds the draw to the step",
        keys(MODES, true));
  }

  /** The keys within. */
  static List<Parameter> keys(List<String> modes, boolean stops) {
    List<Parameter> out = new ArrayList<>();
    out.add(Parameter.choice("mode", modes, SHIFT, "what a shake is"));
    out.add(
        Parameter.number(
            "eps",
            Range.POSITIVE,
            DEFAULT_EPS,
            "norm of the hypergradient that counts as converged"));
    out.add(
        Parameter.number(
            "threshold",
            Range.POSITIVE,
            DEFAULT_THRESHOLD,
            "x is shaken at a norm of at most threshold eps"));
    out.add(
        Parameter.number(
            "r", Range.POSITIVE, DEFAULT_RADIUS, "radius of the ball the draws come from"));
    out.add(
        Parameter.integer(
            "spacing",
            new Range(0, false, Integer.MAX_VALUE, false),
            DEFAULT_SPACING,
            "T: more steps than this lie between two shakes"));
    if (stops) {
      out.add(
          new Parameter(
              STOP_DECREASE,
              Parameter.Kind.NUMBER,
              Range.NON_NEGATIVE,
              List.of(),
              null,
              false,
              "the point before a shake comes back, and no other shake follows, when the upper loss"
                  + " fell by less in T steps; never when absent"));
    }
    return List.copyOf(out);
  }

  private static List<String> names(List<Parameter> keys) {
    return keys.stream().map(Parameter::key).toList();
  }

  Mode mode() {
    return mode;
  }

  /** The number k of the move that starts in a state, from 0 on: step 1 does not move. */
  private static long move(State now) {
    return now.t() - 1;
  }

  /** Before step 1: the first move may shake. */
  void begin(State initial) {
    initial.counters[last] = -spacing - 1L;
    random.begin(initial);
  }

  /** Whether more than T steps have passed and there is something left to look for. */
  boolean rested(State now) {
    return mode != Mode.OFF
        && move(now) - now.counters[last] > spacing
        && (returns < 0 || now.counters[returns] == 0);
  }

  /** Whether a hypergradient of that norm is small. */
  boolean small(double norm) {
    return norm <= least;
  }

  /**
   * Draws and notes it in {@code next}.
   *
   * @param out receives the draw, length p
   */
  void draw(State now, State next, double[] out) {
    random.of(now).ball(radius, out);
    random.put(next);
    next.counters[count]++;
    next.counters[last] = move(now);
  }

  /**
   * Keeps the point that is left, for a way back to it.
   *
   * @param f upper loss there
   */
  void keep(State next, double f) {
    for (int i = 0; i < slots.length; i++) {
      Kernels.copy(next.slots[slots[i]], next.slots[kept[i]]);
    }
    if (keptValue >= 0) {
      next.slots[keptValue][0] = f;
    }
  }

  /** Brings what is kept for a way back from one state to the next. */
  void carry(State now, State next) {
    for (int slot : kept) {
      Kernels.copy(now.slots[slot], next.slots[slot]);
    }
    if (keptValue >= 0) {
      next.slots[keptValue][0] = now.slots[keptValue][0];
    }
  }

  /**
   * Whether the last shake led nowhere, T steps ago.
   *
   * @param f upper loss now
   */
  boolean failed(State now, double f) {
    return keptValue >= 0
        && now.counters[count] > 0
        && move(now) - now.counters[last] == spacing
        && now.counters[returns] == 0
        && now.slots[keptValue][0] - f < stopDecrease;
  }

  /** The point before the last shake comes back. */
  void giveBack(State now, State next) {
    for (int i = 0; i < slots.length; i++) {
      Kernels.copy(now.slots[kept[i]], next.slots[slots[i]]);
    }
    next.counters[returns]++;
  }
}
