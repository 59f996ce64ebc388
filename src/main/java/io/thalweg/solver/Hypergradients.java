package io.thalweg.solver;

import io.thalweg.oracle.Capability;
import io.thalweg.oracle.Completion;
import io.thalweg.settings.Range;
import io.thalweg.settings.SettingException;
import io.thalweg.settings.Settings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the option {@code hypergradient}: a name, {@code {name: {keys}}} or {@code {type: name,
 * keys}}; its keys may also stand next to it in the solver settings.
 */
final class Hypergradients {
  static final String DENSE = "dense";
  static final String LANCZOS = "lanczos";
  static final String LINEAR_SYSTEM = "linear-system";
  static final List<String> OPTIONS = List.of(DENSE, LANCZOS, LINEAR_SYSTEM);

  static final String AUTO = "auto";
  private static final String EXACT = "exact";
  private static final String TRACKED = "tracked";
  static final List<String> CLAMPS = List.of(AUTO, EXACT, TRACKED);

  /** Rows of H from which a decomposition costs more than telling that none is needed. */
  private static final int TRACKED_FROM = 64;

  static final double DEFAULT_MU = 0.01;
  static final double DEFAULT_LG = 100;
  static final int DEFAULT_KRYLOV = 20;

  private Hypergradients() {}

  /** What each option asks of an oracle. */
  static Map<String, Set<Capability>> needs() {
    Map<String, Set<Capability>> needs = new LinkedHashMap<>();
    needs.put(DENSE, set(Capability.FIRST_ORDER, Capability.DENSE));
    needs.put(LANCZOS, set(Capability.FIRST_ORDER, Capability.PRODUCTS));
    needs.put(LINEAR_SYSTEM, set(Capability.FIRST_ORDER, Capability.PRODUCTS));
    return Collections.unmodifiableMap(needs);
  }

  private static Set<Capability> set(Capability first, Capability second) {
    return Collections.unmodifiableSet(EnumSet.of(first, second));
  }

  /** What the option chosen in the settings asks of an oracle. */
  static Set<Capability> needs(Settings solver) {
    return needs().getOrDefault(option(solver).name, Set.of());
  }

  static Hypergradient of(MethodContext context, double lambda) {
    Settings solver = context.settings();
    Option option = option(solver);
    check(context, option);
    LinearSystem system = linearSystem(context, lambda);
    double cfy = radius(solver, "c-fy");
    double mu = solver.number("mu", DEFAULT_MU, Range.POSITIVE);
    double lg = lg(solver, mu);
    if (system != null) {
      return new LinearSystemHypergradient(
          context.oracle(), context.layout(), system.rho(), system.radius());
    }
    return option.name.equals(DENSE)
        ? new DenseHypergradient(
            context.oracle(),
            context.layout(),
            cfy,
            radius(solver, "c-gxy"),
            clamp(context, option, mu, lg))
        : new LanczosHypergradient(
            context.oracle(), context.layout(), cfy, mu, lg, krylov(option, solver));
  }

  /**
   * What the linear system is followed with.
   *
   * @param rho step size of z
   * @param radius bound on |z|, infinite when off
   */
  record LinearSystem(double rho, double radius) {}

  /** The settings of option linear-system, or null when another option is chosen. */
  static @Nullable LinearSystem linearSystem(MethodContext context, double lambda) {
    Settings solver = context.settings();
    Option option = option(solver);
    if (!option.name.equals(LINEAR_SYSTEM)) {
      return null;
    }
    check(context, option);
    double cfy = radius(solver, "c-fy");
    double mu = solver.number("mu", DEFAULT_MU, Range.POSITIVE);
    lg(solver, mu);
    return new LinearSystem(
        option.holding("rho", solver).number("rho", lambda, Range.POSITIVE),
        option.holding("radius", solver).number("radius", cfy / mu, POSITIVE_OR_OFF));
  }

  private static double lg(Settings solver, double mu) {
    double lg = solver.number("lg", Math.max(DEFAULT_LG, mu), Range.POSITIVE);
    if (!(mu <= lg)) {
      throw new SettingException(
          solver.pathOf("lg"), "must be at least mu = " + mu + ", but was " + lg);
    }
    return lg;
  }

  private static HessianClamp clamp(MethodContext context, Option option, double mu, double lg) {
    int q = context.oracle().lowerDim();
    String way = option.holding("clamp", context.settings()).text("clamp", AUTO);
    boolean tracked =
        switch (way) {
          case AUTO -> q >= TRACKED_FROM;
          case EXACT -> false;
          case TRACKED -> true;
          default ->
              throw new SettingException(
                  option.holding("clamp", context.settings()).pathOf("clamp"),
                  Keys.unknown(way, CLAMPS));
        };
    return tracked
        ? HessianClamp.tracked(context.layout(), q, mu, lg)
        : HessianClamp.exact(q, mu, lg);
  }

  private static int krylov(Option option, Settings solver) {
    Settings where = option.holding("krylov", solver);
    return Keys.count(where, "krylov", DEFAULT_KRYLOV);
  }

  private static final Range POSITIVE_OR_OFF = new Range(0, true, Double.POSITIVE_INFINITY, false);

  /** A radius that is off unless given. */
  private static double radius(Settings solver, String key) {
    return solver.number(key, Double.POSITIVE_INFINITY, POSITIVE_OR_OFF);
  }

  private record Option(String name, Settings own) {
    /** The tree that gives a key: the option's own or the solver's. */
    Settings holding(String key, Settings solver) {
      if (own.has(key) && solver.has(key)) {
        throw new SettingException(
            solver.pathOf(key), "is given twice: here and at " + own.pathOf(key));
      }
      return own.has(key) ? own : solver;
    }
  }

  private static Option option(Settings solver) {
    String key = "hypergradient";
    if (!solver.isTree(key)) {
      String name = solver.text(key, DENSE);
      if (!OPTIONS.contains(name)) {
        throw new SettingException(solver.pathOf(key), Keys.unknown(name, OPTIONS));
      }
      return new Option(name, Settings.of(solver.pathOf(key), Map.of()));
    }
    Settings tree = solver.child(key);
    String name;
    Settings own;
    List<String> known = new ArrayList<>();
    if (tree.has("type")) {
      name = tree.text("type");
      own = tree;
      known.add("type");
    } else {
      if (tree.keys().size() != 1) {
        throw new SettingException(
            solver.pathOf(key), "must name one of " + OPTIONS + ", but was " + solver.raw(key));
      }
      name = tree.keys().iterator().next();
      own = tree.child(name);
    }
    if (!OPTIONS.contains(name)) {
      throw new SettingException(solver.pathOf(key), Keys.unknown(name, OPTIONS));
    }
    if (name.equals(DENSE)) {
      known.add("clamp");
    } else if (name.equals(LANCZOS)) {
      known.add("krylov");
    } else if (name.equals(LINEAR_SYSTEM)) {
      known.add("rho");
      known.add("radius");
    }
    Keys.allow(own, known);
    return new Option(name, own);
  }

  private static void check(MethodContext context, Option option) {
    Set<Capability> offered = context.oracle().capabilities();
    Map<String, Set<Capability>> needs = needs();
    Set<Capability> needed = needs.getOrDefault(option.name, Set.of());
    if (!offered.containsAll(needed)) {
      List<String> possible = new ArrayList<>();
      for (String name : OPTIONS) {
        if (offered.containsAll(needs.getOrDefault(name, Set.of()))) {
          possible.add(name);
        }
      }
      throw new SettingException(
          context.settings().pathOf("hypergradient"),
          "must be one of "
              + possible
              + " because the problem offers only "
              + Methods.sorted(offered)
              + ", but was "
              + option.name);
    }
    long p = context.oracle().upperDim();
    long q = context.oracle().lowerDim();
    if (option.name.equals(DENSE) && Math.max(p, q) * q > Completion.MOST_ENTRIES) {
      throw new SettingException(
          context.settings().pathOf("hypergradient"),
          "must be linear-system or lanczos for a problem of this size: dense keeps "
              + q
              + " x "
              + q
              + " and "
              + p
              + " x "
              + q
              + " numbers");
    }
  }
}
