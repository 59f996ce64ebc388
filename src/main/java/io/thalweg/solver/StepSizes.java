package io.thalweg.solver;

import io.thalweg.settings.Parameter;
import io.thalweg.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of a method are its step sizes: the factors by which its variables, and the series
 * that it sums, move. With all of them halved it is the same method at half the pace.
 */
final class StepSizes {
  /** By method, in the order of the catalogue; keys that follow another one are left out. */
  private static final Map<String, List<String>> KEYS = keys();

  private StepSizes() {}

  private static Map<String, List<String>> keys() {
    Map<String, List<String>> out = new LinkedHashMap<>();
    out.put("mgbio", List.of("eta"));
    out.put("msgbio", List.of("eta"));
    out.put("vr-msgbio", List.of("eta"));
    out.put("perturbed-aid", List.of("eta", "tau", "eta-n"));
    out.put("stocbio-ineon", List.of("eta", "tau", "eta-n"));
    out.put("perturbed-gdmax", List.of("eta", "tau"));
    out.put("fdehbo", List.of("alpha", "beta", "lambda"));
    out.put("soba", List.of("rho", "gamma"));
    out.put("implicit-soba", List.of("rho", "gamma"));
    out.put("saba", List.of("rho", "gamma"));
    out.put("stocbio", List.of("alpha", "beta", "eta"));
    out.put("ttsa", List.of("alpha", "beta", "eta"));
    out.put("mrbo", List.of("alpha", "beta", "eta"));
    out.put("sustain", List.of("alpha", "beta", "eta"));
    out.put("vrbo", List.of("alpha", "beta", "eta"));
    out.put("f2sa", List.of("alpha", "gamma"));
    out.put("bome", List.of("lr-x", "lr-y", "lr-inner"));
    out.put("v-pbgd", List.of("alpha", "beta"));
    out.put("v-pbsgd", List.of("alpha", "beta"));
    out.put("galet", List.of("alpha", "beta", "rho"));
    out.put("bvfsm", List.of("lr-x", "lr-y", "lr-z"));
    out.put("bvfim", List.of("lr-x", "lr-y", "lr-z"));
    out.put("bgs-opt", List.of("alpha", "beta", "rho"));
    out.put("rxgf-qp1", List.of("cg", "gamma"));
    out.put("rxgf-qp2", List.of("cg", "gamma"));
    out.put("sgf", List.of("gamma"));
    out.put("sequential-qcqp", List.of("t0", "const"));
    out.put("msgd", List.of("eta"));
    out.put("geometric-step-decay", List.of("alpha0"));
    return out;
  }

  /** The keys of a method; none for one that moves by other rules. */
  static List<String> of(String method) {
    return KEYS.getOrDefault(method, List.of());
  }

  /**
   * The settings with every step size times a factor.
   *
   * @return null where the settings name no step size, and the method has no default for any
   */
  static @Nullable Settings scaled(Settings solver, MethodInfo info, double factor) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (String key : solver.keys()) {
      Object value = solver.raw(key);
      if (value != null) {
        out.put(key, value);
      }
    }
    boolean any = false;
    for (Parameter parameter : info.parameters()) {
      if (of(info.id()).contains(parameter.key())) {
        Object step = step(solver, parameter, factor);
        if (step != null) {
          out.put(parameter.key(), step);
          any = true;
        }
      }
    }
    return any ? Settings.of(path(solver), out) : null;
  }

  private static String path(Settings solver) {
    String below = solver.pathOf("x");
    return below.length() > 1 ? below.substring(0, below.length() - 2) : "";
  }

  private static @Nullable Object step(Settings solver, Parameter parameter, double factor) {
    String key = parameter.key();
    if (solver.isTree(key)) {
      return schedule(
          solver.child(key),
          parameter.defaultValue() instanceof Map<?, ?> map ? map : Map.of(),
          factor);
    }
    if (solver.has(key)) {
      return factor * solver.number(key);
    }
    if (parameter.defaultValue() instanceof Map<?, ?> map) {
      return schedule(Settings.of(solver.pathOf(key), strings(map)), Map.of(), factor);
    }
    return parameter.defaultValue() instanceof Number number ? factor * number.doubleValue() : null;
  }

  /** The size k and the floor of a schedule; what it does not name is that of the default. */
  private static Map<String, Object> schedule(Settings tree, Map<?, ?> otherwise, double factor) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (String key : tree.keys()) {
      Object value = tree.raw(key);
      if (value != null) {
        out.put(key, value);
      }
    }
    for (String key : List.of("k", "floor")) {
      if (tree.has(key)) {
        out.put(key, factor * tree.number(key));
      } else if (otherwise.get(key) instanceof Number number) {
        out.put(key, factor * number.doubleValue());
      }
    }
    return out;
  }

  private static Map<String, Object> strings(Map<?, ?> map) {
    Map<String, Object> out = new LinkedHashMap<>();
    map.forEach((key, value) -> out.put(String.valueOf(key), value));
    return out;
  }
}
